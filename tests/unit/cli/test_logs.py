"""`mor-cli logs` without a running node reads the file of the last run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli.main import app
from node.core.log import LogOptions, configure_logging, get_logger, request_context
from node.core.paths import AppDirs


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    configure_logging(LogOptions(folder=AppDirs.under(tmp_path).logs))
    with request_context("abc"):
        get_logger("node.router").info("session", state="active")
    get_logger("node.chain").warning("endpoint failed", host="1rpc.io")
    get_logger("node.wire").error("refused")
    configure_logging(LogOptions(folder=None))
    with (AppDirs.under(tmp_path).logs / "node.log").open("a") as file:
        file.write("a line that is none\n")
    yield tmp_path


def cli(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["logs", *words, "--home", str(home)])


def test_lines_in_words(home: Path) -> None:
    lines = cli(home).stdout.splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == [
        "INFO    router: session request_id=abc state=active",
        "WARNING chain: endpoint failed host=1rpc.io",
        "ERROR   wire: refused",
    ]


def test_lines_of_a_level_and_the_newest_of_them(home: Path) -> None:
    told = json.loads(cli(home, "--level", "warning", "--json").stdout)
    assert [line["text"] for line in told] == ["endpoint failed", "refused"]
    told = json.loads(cli(home, "--limit", "1", "--json").stdout)
    assert [line["text"] for line in told] == ["refused"]


def test_an_unknown_level_is_a_mistake_of_use(home: Path) -> None:
    told = cli(home, "--level", "loud")
    assert told.exit_code == 2
    assert "debug, info, warning, error" in told.output


def test_a_folder_without_a_log(tmp_path: Path) -> None:
    assert cli(tmp_path).stdout == "No lines.\n"
