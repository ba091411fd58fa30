"""Guessing is slowed down after twenty failures in a minute."""

import asyncio

from node.core.clock import FakeClock
from node.http_api.limits import AUTH_FAILURES_PER_MINUTE
from node.http_api.refusal import HttpRefusal
from node.http_api.throttle import FailureThrottle, MinuteQuota


def refusal() -> HttpRefusal:
    return HttpRefusal(401, "no", code="api.unauthorised")


async def status_of_failure(throttle: FailureThrottle, clock: FakeClock) -> int:
    """Status of one more failure; a pause is passed by moving the clock."""
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(throttle.failed(refusal()))
        for _ in range(3):
            await asyncio.sleep(0)
        if not waiting.done():
            clock.advance(1.0)
    return waiting.result().status


async def test_the_twentieth_failure_starts_the_pause_and_a_minute_ends_it() -> None:
    clock, attacks = FakeClock(), []
    throttle = FailureThrottle(clock, lambda: attacks.append(clock.monotonic()))
    statuses = [
        await status_of_failure(throttle, clock) for _ in range(AUTH_FAILURES_PER_MINUTE + 2)
    ]
    assert statuses == [401] * AUTH_FAILURES_PER_MINUTE + [429, 429]
    assert len(attacks) == 1
    clock.advance(61)
    assert await status_of_failure(throttle, clock) == 401


async def test_slow_failures_are_never_throttled() -> None:
    clock = FakeClock()
    throttle = FailureThrottle(clock)
    for _ in range(3 * AUTH_FAILURES_PER_MINUTE):
        assert await status_of_failure(throttle, clock) == 401
        clock.advance(3.5)


async def test_a_throttled_answer_waits_and_says_when_to_come_back() -> None:
    clock = FakeClock()
    throttle = FailureThrottle(clock)
    for _ in range(AUTH_FAILURES_PER_MINUTE):
        await throttle.failed(refusal())
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(throttle.failed(refusal()))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        clock.advance(1.0)
    assert waiting.result().headers["retry-after"] == "60"


def test_a_quota_counts_the_last_minute() -> None:
    clock = FakeClock()
    quota = MinuteQuota(clock, 2)
    assert [quota.take(), quota.take(), quota.take()] == [True, True, False]
    clock.advance(59)
    assert not quota.take()
    clock.advance(2)
    assert [quota.take(), quota.take(), quota.take()] == [True, True, False]
