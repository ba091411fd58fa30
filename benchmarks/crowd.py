"""Many at once: 200 paced streams for a minute, reads of the API, honest users among dawdlers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

from benchmarks.load import Answer, Door, ask, request_bytes
from benchmarks.pair import Pair, open_pair
from benchmarks.rows import Row, Scale, percentile

STREAMS = 200
SECONDS = 60.0
CHUNKS = 40
RATE = 4.0
DAWDLERS = 200
READERS = 8
_CACHED = "/v1/models"


def run(scale: Scale) -> Iterator[Row]:
    with asyncio.Runner() as runner:
        rows = _measure(scale)
        try:
            while True:
                yield runner.run(anext(rows))
        except StopAsyncIteration:
            return
        finally:
            runner.run(rows.aclose())


async def _measure(scale: Scale) -> AsyncGenerator[Row, None]:
    streams = 2 if scale.quick else STREAMS
    async with open_pair(streams) as pair:
        for door in pair.sessions:
            await ask(door, chunks=1)
        async for row in _minute(pair, streams, scale):
            yield row
        async for row in _reads(pair.sessions[0], scale):
            yield row
        async for row in _among_dawdlers(pair, scale):
            yield row


async def _minute(pair: Pair, streams: int, scale: Scale) -> AsyncGenerator[Row, None]:
    """Every stream asks again and again; an answer that is not whole counts as lost."""
    loop = asyncio.get_running_loop()
    before, until = pair.memory_mib(), loop.time() + scale.of(int(SECONDS), 1)
    answers: list[Answer] = []
    lost = 0

    async def talk(door: Door) -> None:
        nonlocal lost
        while loop.time() < until:
            try:
                answers.append(await ask(door, chunks=scale.of(CHUNKS, 2), rate=RATE))
            except (RuntimeError, OSError):
                lost += 1

    await asyncio.gather(*(talk(door) for door in pair.sessions))
    delays = [delay for answer in answers for delay in answer.delays]
    asked = len(answers) + lost
    yield Row(
        name=f"lost answers, {streams} streams for a minute",
        value=lost,
        unit="answers",
        note=f"of {asked}, {len(delays):,} chunks",
    )
    for share, label in ((0.5, "p50"), (0.99, "p99")):
        yield Row(
            name=f"age of a chunk, {streams} streams, {label}",
            value=percentile(delays, share),
            unit="ms",
            note=f"{streams * RATE:g} chunks/s wanted",
        )
    yield Row(
        name=f"memory grown by {streams} streams, both nodes",
        value=pair.memory_mib() - before,
        unit="MiB",
        note=f"from {before:.0f}",
    )


async def _reads(door: Door, scale: Scale) -> AsyncGenerator[Row, None]:
    """Reads that need no chain, over kept connections."""
    rounds = scale.of(250, 5)
    head = "".join(f"{name}: {value}\r\n" for name, value in door.headers)
    request = f"GET {_CACHED} HTTP/1.1\r\nhost: 127.0.0.1:{door.port}\r\n{head}\r\n".encode()
    times: list[float] = []

    async def read() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        try:
            for _ in range(rounds):
                began = time.monotonic()
                writer.write(request)
                await _whole_answer(reader)
                times.append((time.monotonic() - began) * 1000)
        finally:
            writer.close()

    began = time.monotonic()
    await asyncio.gather(*(read() for _ in range(READERS)))
    elapsed = time.monotonic() - began
    yield Row(name="reads of the API", value=len(times) / elapsed, unit="requests/s")
    yield Row(name="a read of the API, p99", value=percentile(times, 0.99), unit="ms")


async def _whole_answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"refused: {head[:200]!r}")
    length = next(
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    await reader.readexactly(length)


async def _among_dawdlers(pair: Pair, scale: Scale) -> AsyncGenerator[Row, None]:
    """First tokens while connections lie open that send a byte now and then."""
    door, rounds = pair.sessions[0], scale.of(100, 2)
    alone = [await ask(door, chunks=1) for _ in range(rounds)]
    async with _dawdlers(door, scale.of(DAWDLERS, 2)):
        beside = [await ask(door, chunks=1) for _ in range(rounds)]
    bare, slow = (
        percentile([answer.first_ms for answer in answers], 0.99) for answers in (alone, beside)
    )
    yield Row(
        name="first token among slow senders, p99",
        value=slow,
        unit="ms",
        note=f"alone {bare:.1f}",
    )


@asynccontextmanager
async def _dawdlers(door: Door, count: int) -> AsyncGenerator[None, None]:
    request = request_bytes(door, chunks=1, rate=0, stream=True)
    writers: list[asyncio.StreamWriter] = []

    async def drip() -> None:
        position = 0
        while True:
            for writer in writers:
                if not writer.is_closing():
                    writer.write(request[position : position + 1])
            position += 1
            await asyncio.sleep(1)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            _, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writers.append(writer)
        dripping = tasks.create_task(drip())
        try:
            yield
        finally:
            dripping.cancel()
            for writer in writers:
                writer.close()
