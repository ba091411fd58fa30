"""Refused duties survive a restart and vanish with what they were for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.units import UnixSeconds
from node.store.db import Database
from node.store.journal import SessionJournal, SessionState, journal_database
from node.store.retries import Duty, Retry, RetryBook
from tests.unit.store.records import an_entry

RETRY = Retry(
    duty=Duty.CLOSE,
    subject="intent-1",
    attempts=3,
    next_at=UnixSeconds(1_793_520_900),
    code="session.payout_empty",
    reason="The network's payout account cannot pay.",
    since=UnixSeconds(1_793_520_000),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with journal_database(tmp_path / "journal.db") as opened:
        yield opened


async def test_the_queue_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with journal_database(path) as database:
        book = RetryBook(database)
        await book.put(replace(RETRY, attempts=1))
        await book.put(RETRY)
        await book.put(replace(RETRY, duty=Duty.CLAIM, subject="wallet"))
    async with journal_database(path) as database:
        book = RetryBook(database)
        assert await book.get(Duty.CLOSE, "intent-1") == RETRY
        assert await book.all(Duty.CLOSE) == {"intent-1": RETRY}
        assert await book.get(Duty.CLAIM, "intent-1") is None


async def test_what_is_done_is_forgotten(database: Database) -> None:
    book = RetryBook(database)
    await book.put(RETRY)
    await book.drop(Duty.CLOSE, "intent-1")
    await book.drop(Duty.CLOSE, "unknown")
    assert await book.all(Duty.CLOSE) == {}


async def test_the_entry_vanishes_in_the_same_write_as_the_session_is_closed(
    database: Database,
) -> None:
    book, journal = RetryBook(database), SessionJournal(database)
    entry = an_entry(state=SessionState.ACTIVE)
    await journal.create(entry)
    await book.put(RETRY)
    await journal.save(replace(entry, state=SessionState.CLOSE_SIGNED))
    assert await book.get(Duty.CLOSE, "intent-1") is not None
    await journal.save(replace(entry, state=SessionState.CLOSED))
    assert await book.get(Duty.CLOSE, "intent-1") is None
