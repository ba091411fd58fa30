"""Clocks: the offset of the demo, and a clock for tests that only moves when told."""

import asyncio

from node.core.clock import FakeClock, SystemClock


def test_the_offset_moves_the_wall_clock_only() -> None:
    plain, moved = SystemClock(), SystemClock(offset_millis=3_600_000)
    assert 3_599_000 < moved.unix_millis() - plain.unix_millis() < 3_601_000
    assert abs(moved.monotonic() - plain.monotonic()) < 5


async def test_sleepers_wake_when_their_time_has_come() -> None:
    clock = FakeClock()
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (5, 10):
            group.create_task(sleeper(seconds))
        await asyncio.sleep(0)
        clock.advance(6)
        await asyncio.sleep(0)
        assert woken == [5]
        clock.advance(6)
    assert woken == [5, 10]
