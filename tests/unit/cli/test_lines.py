"""Reading what a person types: the node goes on meanwhile, and Ctrl+C or SIGTERM end at once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.cli.lines import Lines

# A shell starts what runs in its background, perhaps these tests, with Ctrl+C ignored.
HEEDS_CTRL_C = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from node.cli.main import main
main()
"""


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pipe in the place of the terminal; the end to write to."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "r", encoding="utf-8") as stdin, os.fdopen(writing, "wb", 0) as end:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield end.fileno()


async def test_lines_arrive_whole_and_in_order_however_they_were_written(typed: int) -> None:
    lines = Lines()
    os.write(typed, b"first\n  sec")
    assert await lines.ask("") == "first"
    asyncio.get_running_loop().call_soon(os.write, typed, "ond ü\nthird\n".encode())
    assert await asyncio.wait_for(lines.ask(""), 10) == "second ü"
    assert await lines.ask("") == "third"


async def test_the_loop_runs_while_nobody_types(typed: int) -> None:
    async def work() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        os.write(typed, b"now\n")

    typing = asyncio.gather(Lines().ask(""), work())
    assert (await asyncio.wait_for(typing, 10))[0] == "now"


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with Path(os.devnull).open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield


@pytest.mark.usefixtures("nothing")
async def test_the_end_of_the_input_is_an_empty_line() -> None:
    assert await Lines().ask("") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows delivers no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_waiting_conversation_ends_in_order(tmp_path: Path, number: int, code: int) -> None:
    command = [sys.executable, "-c", HEEDS_CTRL_C, "--home", str(tmp_path), "chat"]
    with subprocess.Popen(
        [*command, "--local", "any"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.read(2) == b"> "
            program.send_signal(number)
            assert program.wait(15) == code
        finally:
            program.kill()
