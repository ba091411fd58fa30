"""Statistics of prompts and sessions served, on a real file."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import PromptStats
from node.core.units import UnixSeconds
from node.store.journal import journal_database
from node.store.session_stats import ServedSession, SessionStats, SessionTotals

SESSION = SessionId(b"\x01" * 32)


def a_prompt(ttft_ms: int, duration_ms: int, output_tokens: int) -> PromptStats:
    return PromptStats(
        ttft_ms=ttft_ms, duration_ms=duration_ms, input_tokens=10, output_tokens=output_tokens
    )


def a_served(session_id: SessionId, ends_at: int) -> ServedSession:
    return ServedSession(
        session_id=session_id,
        user=Address(b"\x02" * 20),
        model_id=ModelId(b"\x03" * 32),
        bid_id=BidId(b"\x04" * 32),
        opened_at=UnixSeconds(1),
        ends_at=UnixSeconds(ends_at),
        closed_at=UnixSeconds(0),
    )


@pytest.fixture
async def stats(tmp_path: Path) -> AsyncIterator[SessionStats]:
    async with journal_database(tmp_path / "journal.db") as database:
        yield SessionStats(database)


async def test_totals_are_integer_means_and_sums(stats: SessionStats) -> None:
    assert await stats.totals(SESSION, "consumer") == SessionTotals()
    # 7 tokens in 2 whole seconds, 5 in less than one: 3500 and 5000 thousandths.
    await stats.add(SESSION, "consumer", a_prompt(100, 2999, 7))
    await stats.add(SESSION, "consumer", a_prompt(101, 10, 5))
    assert await stats.totals(SESSION, "consumer") == SessionTotals(
        prompts=2, mean_tps_scaled_1000=4250, mean_ttft_ms=100, input_tokens=20, output_tokens=12
    )


async def test_roles_and_sessions_are_counted_apart(stats: SessionStats) -> None:
    await stats.add(SESSION, "consumer", a_prompt(1, 1000, 1))
    await stats.add(SESSION, "provider", a_prompt(9, 1000, 9))
    assert (await stats.totals(SESSION, "consumer")).mean_ttft_ms == 1
    assert (await stats.totals(SESSION, "provider")).mean_ttft_ms == 9
    assert await stats.totals(SessionId(b"\x09" * 32), "provider") == SessionTotals()


async def test_totals_fit_the_fields_of_a_report(stats: SessionStats) -> None:
    huge = PromptStats(ttft_ms=2**40, duration_ms=1, input_tokens=2**40, output_tokens=2**40)
    await stats.add(SESSION, "provider", huge)
    totals = await stats.totals(SESSION, "provider")
    figures = (totals.mean_tps_scaled_1000, totals.mean_ttft_ms, totals.output_tokens)
    assert figures == (2**32 - 1,) * 3


async def test_served_sessions_are_listed_until_closed(stats: SessionStats) -> None:
    early, late = a_served(SESSION, 100), a_served(SessionId(b"\x05" * 32), 200)
    for session in (late, early):
        await stats.put_served(session)
    assert await stats.served(SESSION) == early
    assert await stats.served(SessionId(b"\x06" * 32)) is None
    assert await stats.served_running(UnixSeconds(99)) == (early, late)
    assert await stats.served_running(UnixSeconds(100)) == (late,)
    closed = replace(late, closed_at=UnixSeconds(150))
    await stats.put_served(closed)
    assert await stats.served_running(UnixSeconds(100)) == ()
    assert await stats.served_unclosed() == (early,)
    assert await stats.served(late.session_id) == closed


async def test_many_sessions_are_looked_up_at_once(stats: SessionStats) -> None:
    ids = [SessionId(number.to_bytes(32)) for number in range(1200)]
    for session_id in (ids[0], ids[600], ids[1199]):
        await stats.add(session_id, "consumer", a_prompt(1, 1000, 1))
    await stats.add(ids[1], "provider", a_prompt(1, 1000, 1))
    found = await stats.totals_of(ids, "consumer")
    assert set(found) == {ids[0], ids[600], ids[1199]}
    assert found[ids[0]] == await stats.totals(ids[0], "consumer")
    assert await stats.totals_of([], "consumer") == {}
