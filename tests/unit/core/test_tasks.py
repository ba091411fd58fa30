"""Task scopes keep, report and end what they started."""

import asyncio
import logging

import pytest

from node.core.tasks import TaskScope, all_of


async def test_leaving_ends_what_still_runs() -> None:
    ended = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with TaskScope("test") as tasks:
        tasks.spawn(endless(), name="endless")
        await asyncio.sleep(0)
    assert ended.is_set()


async def test_a_failure_is_logged_and_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> None:
        raise ValueError("on purpose")

    async def fine() -> str:
        await asyncio.sleep(0)
        return "fine"

    async with TaskScope("test") as tasks:
        with caplog.at_level(logging.ERROR):
            failing = tasks.spawn(broken(), name="broken")
            other = tasks.spawn(fine(), name="fine")
            assert await other == "fine"
            await asyncio.wait({failing})
            await asyncio.sleep(0)
    assert "test:broken" in caplog.text


async def test_a_closed_scope_starts_nothing() -> None:
    scope = TaskScope("test")
    await scope.aclose()
    await scope.aclose()

    async def never() -> None:
        raise AssertionError("it was started")

    with pytest.raises(RuntimeError):
        scope.spawn(never(), name="never")


async def _slowly(value: int, ended: list[int], started: asyncio.Event) -> int:
    try:
        started.set()
        await asyncio.Event().wait()
    finally:
        # What is closed on the way out takes a moment, too.
        await asyncio.sleep(0)
        ended.append(value)
    return value


async def test_results_come_in_order() -> None:
    late = asyncio.Event()

    async def first() -> str:
        await late.wait()
        return "first"

    async def second() -> str:
        late.set()
        return "second"

    assert await all_of(first(), second()) == ["first", "second"]
    assert await all_of() == []


async def test_a_failure_is_raised_when_the_others_have_ended() -> None:
    ended: list[int] = []
    started = asyncio.Event()

    async def broken() -> int:
        await started.wait()
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        await all_of(_slowly(1, ended, started), broken())
    assert ended == [1]


async def test_giving_up_ends_all() -> None:
    ended: list[int] = []
    both = [asyncio.Event(), asyncio.Event()]
    async with TaskScope("test") as tasks:
        tasks.spawn(_both(ended, both), name="both")
        for item in both:
            await item.wait()
    assert sorted(ended) == [1, 2]


async def _both(ended: list[int], started: list[asyncio.Event]) -> None:
    await all_of(_slowly(1, ended, started[0]), _slowly(2, ended, started[1]))
