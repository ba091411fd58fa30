"""Pauses between attempts: growing, bounded, kept over a restart, over at once after an unlock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import PayoutEmptyError, RpcUnavailableError, WalletLockedError
from node.router.retrying import LONGEST_RECONNECT_S, LONGEST_RETRY_S, RetryQueue
from node.store.db import Database
from node.store.journal import journal_database
from node.store.retries import Duty, RetryBook

REFUSED = PayoutEmptyError("The payout account is empty.")
OFFLINE = RpcUnavailableError("No connection.")
LOCKED = WalletLockedError("The wallet is locked.")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with journal_database(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def queue(database: Database, clock: FakeClock) -> RetryQueue:
    return RetryQueue(RetryBook(database), clock)


async def _pauses(queue: RetryQueue, clock: FakeClock, error: Exception, times: int) -> list[int]:
    pauses = []
    for _ in range(times):
        retry = await queue.failed(Duty.CLOSE, "one", error)  # type: ignore[arg-type]
        pauses.append(retry.next_at - clock.unix_seconds())
    return pauses


async def test_pauses_double_up_to_a_quarter_of_an_hour(
    queue: RetryQueue, clock: FakeClock
) -> None:
    assert await _pauses(queue, clock, REFUSED, 7) == [30, 60, 120, 240, 480, 900, 900]


async def test_a_lost_connection_is_asked_about_every_half_minute_at_least(
    queue: RetryQueue, clock: FakeClock
) -> None:
    pauses = await _pauses(queue, clock, OFFLINE, 6)
    assert pauses == [5, 10, 20, 20, 20, 20]
    assert LONGEST_RECONNECT_S <= 25


async def test_another_reason_begins_anew_but_the_time_of_the_first_failure_stays(
    queue: RetryQueue, clock: FakeClock
) -> None:
    began = clock.unix_seconds()
    await _pauses(queue, clock, REFUSED, 5)
    clock.advance(500)
    retry = await queue.failed(Duty.CLOSE, "one", OFFLINE)
    assert retry.next_at == clock.unix_seconds() + 5
    assert (retry.since, retry.attempts, retry.code) == (began, 6, OFFLINE.code)


async def test_nothing_is_tried_before_its_time_also_after_a_restart(
    database: Database, queue: RetryQueue, clock: FakeClock
) -> None:
    assert await queue.is_due(Duty.CLOSE, "one")
    await queue.failed(Duty.CLOSE, "one", REFUSED)
    later = RetryQueue(RetryBook(database), clock)
    assert not await later.is_due(Duty.CLOSE, "one")
    clock.advance(30)
    assert await later.is_due(Duty.CLOSE, "one")
    await later.done(Duty.CLOSE, "one")
    assert await later.all(Duty.CLOSE) == {}


async def test_a_locked_wallet_is_asked_once_and_again_when_it_is_unlocked(
    database: Database, queue: RetryQueue, clock: FakeClock
) -> None:
    retry = await queue.failed(Duty.CLAIM, "one", LOCKED)
    assert "Unlock" in retry.reason
    clock.advance(10 * LONGEST_RETRY_S)
    assert not await queue.is_due(Duty.CLAIM, "one")
    queue.wake()
    assert await queue.is_due(Duty.CLAIM, "one")
    # The key may be another one after a restart: it is tried once.
    assert await RetryQueue(RetryBook(database), clock).is_due(Duty.CLAIM, "one")


async def test_waking_makes_everything_due_once(queue: RetryQueue) -> None:
    await queue.failed(Duty.CLOSE, "one", REFUSED)
    await queue.failed(Duty.CLOSE, "two", REFUSED)
    queue.wake()
    assert await queue.is_due(Duty.CLOSE, "one")
    await queue.failed(Duty.CLOSE, "one", REFUSED)
    assert not await queue.is_due(Duty.CLOSE, "one")
    assert await queue.is_due(Duty.CLOSE, "two")
    await queue.failed(Duty.CLOSE, "three", REFUSED)
    assert not await queue.is_due(Duty.CLOSE, "three")


async def test_a_clock_that_was_set_back_delays_nothing_for_days(
    queue: RetryQueue, clock: FakeClock
) -> None:
    await queue.failed(Duty.CLOSE, "one", REFUSED)
    clock.advance(-86_400)
    assert await queue.is_due(Duty.CLOSE, "one")
