"""Task scopes keep, report and end what they started."""

import asyncio
import logging

import pytest

from node.core.tasks import TaskScope


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
