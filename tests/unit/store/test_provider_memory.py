"""Approvals and activity over a restart, on a real file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import UnixMillis, UnixSeconds
from node.store.journal import journal_database
from node.store.provider_memory import Activity, ProviderMemory

BID, USER, MODEL = BidId(b"\x01" * 32), Address(b"\x02" * 20), ModelId(b"\x03" * 32)
NOW = UnixMillis(1_793_520_000_000)
WINDOW = 300_000


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[ProviderMemory]:
    async with journal_database(tmp_path / "journal.db") as database:
        yield ProviderMemory(database)


async def given(memory: ProviderMemory, now: int, user: Address = USER) -> int:
    return await memory.give_approval(BID, user, MODEL, UnixMillis(now), WINDOW)


async def test_approval_times_strictly_increase_per_bid_and_user(memory: ProviderMemory) -> None:
    assert [await given(memory, NOW) for _ in range(3)] == [NOW, NOW + 1, NOW + 2]
    assert await given(memory, NOW, Address(b"\x09" * 20)) == NOW
    assert await given(memory, NOW + 10) == NOW + 10


async def test_approval_times_increase_over_a_restart_with_a_clock_set_back(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        await given(ProviderMemory(database), NOW)
    async with journal_database(tmp_path / "journal.db") as database:
        assert await given(ProviderMemory(database), NOW - 5_000) == NOW + 1


async def test_a_clock_that_was_far_ahead_does_not_rule_for_ever(memory: ProviderMemory) -> None:
    await given(memory, NOW + 3_600_000)
    assert await given(memory, NOW) == NOW


async def test_recent_approvals_are_found_again(memory: ProviderMemory) -> None:
    await given(memory, NOW - 200_000)
    await given(memory, NOW, Address(b"\x09" * 20))
    found = await memory.approvals_since(UnixMillis(NOW - 120_000))
    assert [(item.user.raw[0], item.model_id) for item in found] == [(9, MODEL)]


async def test_activity_only_moves_forward_and_is_forgotten_after_a_day(
    memory: ProviderMemory,
) -> None:
    now = UnixSeconds(NOW // 1000)
    fresh, old = SessionId(b"\x05" * 32), SessionId(b"\x06" * 32)

    def used(session_id: SessionId, ago_s: int) -> Activity:
        moment = now - ago_s
        return Activity(
            session_id=session_id,
            message_at=UnixMillis(moment * 1000),
            active_at=UnixSeconds(moment),
        )

    await memory.note_activity([used(fresh, 10), used(old, 25 * 3600)])
    await memory.note_activity([used(fresh, 60)])
    assert await memory.recall(now) == (used(fresh, 10),)
