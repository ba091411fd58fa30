"""What client -> consumer node -> provider node -> model server costs over the direct way."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import NamedTuple

from benchmarks.load import Answer, ask, ask_all
from benchmarks.pair import Pair, open_pair
from benchmarks.rows import Row, Scale, median, percentile

CHUNKS = 20
RATE = 50.0
STREAMS = (1, 8, 32)
CROWD = 64


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
    streams = (1, 2) if scale.quick else STREAMS
    crowd = 2 if scale.quick else CROWD
    async with open_pair(crowd) as pair:
        idle = pair.memory_mib()
        for door in pair.sessions:
            await ask(door, chunks=2)
        for count in streams:
            async for row in _first_token(pair, count, scale):
                yield row
        for count in streams:
            async for row in _delays(pair, count, scale):
                yield row
        yield await _crowd(pair, crowd, scale)
        for count in streams:
            async for row in _saturation(pair, count, scale):
                yield row
        async for row in _whole(pair, scale):
            yield row
        yield Row(name="memory of both nodes, no stream yet", value=idle, unit="MiB")
        await ask_all(pair.sessions, chunks=scale.of(1000, 20))
        yield Row(
            name=f"memory of both nodes under {crowd} streams", value=pair.memory_mib(), unit="MiB"
        )


def _plural(count: int) -> str:
    return "1 stream" if count == 1 else f"{count} streams"


class _Load(NamedTuple):
    """The same requests through three doors."""

    chain: list[Answer]
    direct: list[Answer]
    relayed: list[Answer]


async def _side_by_side(pair: Pair, count: int, rounds: int, *, chunks: int, rate: float) -> _Load:
    """All doors by turns, so that a disturbance of the machine meets all of them."""
    doors = (pair.sessions[:count], (pair.direct,) * count, (pair.relayed,) * count)
    load = _Load([], [], [])
    for _ in range(rounds):
        for answers, chosen in zip(load, doors, strict=True):
            answers.extend(await ask_all(chosen, chunks=chunks, rate=rate))
    return load


async def _first_token(pair: Pair, count: int, scale: Scale) -> AsyncGenerator[Row, None]:
    rounds = scale.of(max(10, 100 // count), 2)
    load = await _side_by_side(pair, count, rounds, chunks=1, rate=0)
    for share, label in ((0.5, "p50"), (0.95, "p95")):
        own, bare, floor = (
            percentile([answer.first_ms for answer in answers], share) for answers in load
        )
        yield Row(
            name=f"added time to first token, {_plural(count)}, {label}",
            value=own - bare,
            unit="ms",
            note=f"{own:.2f} - {bare:.2f}; bare relays add {floor - bare:.2f}",
        )


async def _delays(pair: Pair, count: int, scale: Scale) -> AsyncGenerator[Row, None]:
    rounds = scale.of(6 if count == 1 else 3, 1)
    before = sum(pair.cpu_s())
    load = await _side_by_side(pair, count, rounds, chunks=CHUNKS, rate=RATE)
    spent = sum(pair.cpu_s()) - before
    chunks = sum(len(answer.delays) for answer in load.chain)
    yield Row(
        name=f"CPU per paced chunk, both nodes, {_plural(count)}",
        value=spent * 1000 / chunks,
        unit="ms",
        note="requests included",
    )
    for share, label in ((0.5, "p50"), (0.95, "p95")):
        own, bare, floor = (
            percentile([delay for answer in answers for delay in answer.delays], share)
            for answers in load
        )
        yield Row(
            name=f"added delay per chunk, {_plural(count)}, {label}",
            value=own - bare,
            unit="ms",
            note=f"{own:.2f} - {bare:.2f}; bare relays add {floor - bare:.2f}",
        )


async def _crowd(pair: Pair, count: int, scale: Scale) -> Row:
    rounds = scale.of(3, 1)
    load = await _side_by_side(pair, count, rounds, chunks=CHUNKS, rate=RATE)
    own = median([answer.whole_ms for answer in load.chain])
    bare = median([answer.whole_ms for answer in load.direct])
    return Row(
        name=f"time per answer, {count} streams, chain / direct",
        value=own / bare,
        unit="x",
        note=f"{own:.0f} ms / {bare:.0f} ms; {count * RATE:g} chunks/s wanted",
    )


async def _saturation(pair: Pair, count: int, scale: Scale) -> AsyncGenerator[Row, None]:
    """The best of three rounds: what other programs of the machine take away is not ours."""
    chunks = scale.of(max(500, 8000 // count), 30)
    total = chunks * count
    rates, costs = [], []
    loop = asyncio.get_running_loop()
    for _ in range(scale.of(3, 1)):
        before, began = pair.cpu_s(), loop.time()
        await ask_all(pair.sessions[:count], chunks=chunks)
        elapsed, after = loop.time() - began, pair.cpu_s()
        rates.append(total / elapsed)
        costs.append(
            tuple((late - early) * 1000 / total for early, late in zip(before, after, strict=True))
        )
    consumer, provider = min(costs, key=sum)
    yield Row(
        name=f"throughput, {_plural(count)}",
        value=max(rates),
        unit="chunks/s",
        note=f"best of {len(rates)}, worst {min(rates):,.0f}",
    )
    yield Row(
        name=f"CPU per chunk, both nodes, {_plural(count)}",
        value=consumer + provider,
        unit="ms",
        note=f"consumer {consumer:.3f}, provider {provider:.3f}",
    )


async def _whole(pair: Pair, scale: Scale) -> AsyncGenerator[Row, None]:
    rounds = scale.of(50, 2)
    own = [await ask(pair.sessions[0], chunks=CHUNKS, stream=False) for _ in range(rounds)]
    bare = [await ask(pair.direct, chunks=CHUNKS, stream=False) for _ in range(rounds)]
    yield Row(
        name="whole answer of 20 words, p50",
        value=median([answer.whole_ms for answer in own]),
        unit="ms",
        note=f"direct {median([answer.whole_ms for answer in bare]):.2f}",
    )
