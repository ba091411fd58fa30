"""200 streams at once through two nodes for a minute: none dropped, none mixed up, memory flat."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.core.paths import AppDirs
from node.service.dto import QuoteRequest
from node.service.remote import RemoteNode, running_node
from tests.support.echo_backend import words
from tests.support.process_market import ProcessMarket, credentials, open_process_market
from tests.support.programs import Program

STREAMS = 200
SECONDS = 60.0
CHUNKS = 40
RATE = 4.0
SAMPLE_S = 5.0
GROWTH = 1.10
"""The last third of the time may need so much more memory than the middle one."""
SESSION_S = 900


@dataclass(slots=True)
class Tally:
    answers: int = 0
    chunks: int = 0


@contextmanager
def echo_backend() -> Iterator[int]:
    """Port of a model server in a process of its own."""
    command = [sys.executable, "-m", "tests.support.echo_backend", str(CHUNKS), str(RATE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.kill()


@pytest.mark.timeout(400)
def test_two_hundred_streams_for_a_minute(tmp_path: Path) -> None:
    with echo_backend() as port:
        entry = {
            "modelName": "Echo",
            "apiType": "openai",
            "apiUrl": f"http://127.0.0.1:{port}/v1/chat/completions",
        }
        with open_process_market(tmp_path, entry, price=10**13, stake="100") as market:
            asyncio.run(_load(market))
            for program in (market.consumer, market.provider):
                assert program.process.is_running()
                assert "Traceback" not in program.output


async def _load(market: ProcessMarket) -> None:
    sessions = await _open_sessions(market, STREAMS)
    _, password = credentials(market.consumer)
    api_port = int(market.api_url.rpartition(":")[2])
    tally, until = Tally(), asyncio.get_running_loop().time() + SECONDS
    async with asyncio.TaskGroup() as tasks:
        memory = tasks.create_task(_memory(market, until))
        for number, session in enumerate(sessions):
            tasks.create_task(_talk(number, session, api_port, password, until, tally))
    assert tally.answers >= STREAMS * SECONDS * RATE / CHUNKS * 0.8
    assert tally.chunks == tally.answers * CHUNKS
    for samples in memory.result():
        third = len(samples) // 3
        middle, last = max(samples[third : 2 * third]), max(samples[2 * third :])
        assert last <= middle * GROWTH, samples


async def _open_sessions(market: ProcessMarket, count: int) -> list[str]:
    runtime = running_node(AppDirs.under(market.consumer.home))
    assert runtime is not None
    opened = []
    async with RemoteNode(runtime) as node:
        for _ in range(count):
            quote = await node.sessions.quote(
                QuoteRequest(model_id=market.model_id, duration_s=SESSION_S)
            )
            async with aclosing(node.sessions.open(quote.id)) as steps:
                last = [step async for step in steps][-1]
            assert last.session is not None
            opened.append(last.session.id)
    return opened


async def _memory(market: ProcessMarket, until: float) -> list[list[int]]:
    """Resident bytes of consumer and provider over the time."""
    loop, programs = asyncio.get_running_loop(), (market.consumer, market.provider)
    samples: list[list[int]] = [[], []]
    while loop.time() < until:
        for program, taken in zip(programs, samples, strict=True):
            taken.append(_resident(program))
        await asyncio.sleep(SAMPLE_S)
    return samples


def _resident(program: Program) -> int:
    return int(program.process.memory_info().rss)


async def _talk(
    number: int, session: str, port: int, password: str, until: float, tally: Tally
) -> None:
    """One prompt after the other on one session; every answer is read and compared."""
    turn = 0
    while asyncio.get_running_loop().time() < until:
        prompt = f"s{number}t{turn}"
        found = await _ask(prompt, session, port, password)
        assert found == words(prompt, CHUNKS), f"stream {number}: {found!r:.300}"
        tally.answers += 1
        tally.chunks += len(found)
        turn += 1


async def _ask(prompt: str, session: str, port: int, password: str) -> list[str]:
    body = json.dumps(
        {"model": "Echo", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    )
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {password}\r\nsession_id: {session}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        writer.write((head + body).encode())
        async with asyncio.timeout(SECONDS):
            text = (await reader.read(-1)).decode()
    finally:
        writer.close()
    assert text.startswith("HTTP/1.1 200"), text[:500]
    assert "data: [DONE]" in text, text[-500:]
    return [
        chunk["choices"][0]["delta"]["content"]
        for chunk in _chunks(text)
        if chunk["choices"][0]["delta"].get("content")
    ]


def _chunks(text: str) -> list[dict[str, list[dict[str, dict[str, str]]]]]:
    lines = (line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: {"))
    return [json.loads(line) for line in lines]
