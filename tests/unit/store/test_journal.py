"""The journal of sessions and transactions on a real file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.errors import InternalError, SessionNotFoundError, StorageError
from node.core.ids import Address, SessionId, TxHash
from node.core.ports import Intent
from node.core.units import Eth, Mor, UnixMillis, UnixSeconds
from node.store.journal import (
    FINAL_STATES,
    OPEN_STATES,
    OPENING_STATES,
    TRANSITIONS,
    SessionJournal,
    SessionState,
    TxStatus,
    journal_database,
    may_move,
)
from node.store.journal_records import SessionPurpose
from tests.unit.store.records import CHAIN, OTHER_WALLET, WALLET, a_tx, an_entry

MARKET = an_entry().marketplace
HAPPY_PATH = (
    SessionState.QUOTED,
    SessionState.PROVIDER_OK,
    SessionState.APPROVE_SIGNED,
    SessionState.APPROVE_SENT,
    SessionState.APPROVE_IN_BLOCK,
    SessionState.OPEN_SIGNED,
    SessionState.OPEN_SENT,
    SessionState.OPEN_IN_BLOCK,
    SessionState.ACTIVE,
    SessionState.CLOSE_SIGNED,
    SessionState.CLOSE_SENT,
    SessionState.CLOSED,
    SessionState.SETTLED,
)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SessionJournal]:
    async with journal_database(tmp_path / "journal.db") as database:
        yield SessionJournal(database)


async def test_every_field_of_a_session_survives(tmp_path: Path) -> None:
    entry = an_entry(
        state=SessionState.CLOSED,
        provider_public_key=b"\x04" + bytes(64),
        direct_payment=True,
        failover=True,
        purpose=SessionPurpose.API,
        follows="intent-0",
        auto_extend=True,
        approval=b"approval",
        approval_signature=b"s" * 65,
        approval_at=UnixMillis(1_793_520_000_123),
        session_id=SessionId(b"\x77" * 32),
        opened_at=UnixSeconds(10),
        ends_at=UnixSeconds(20),
        closed_at=UnixSeconds(15),
        close_report=b"report",
        close_signature=b"r" * 65,
        close_kind="own_report",
        returned=Mor(2**255),
        held=Mor(3),
        held_until=UnixSeconds(30),
        agent="bot",
        tee=True,
        error="none",
        updated_at=UnixSeconds(1_793_520_001),
    )
    path = tmp_path / "journal.db"
    async with journal_database(path) as database:
        await SessionJournal(database).create(entry)
    async with journal_database(path) as database:
        journal = SessionJournal(database)
        assert await journal.entry("intent-1") == entry
        assert await journal.entry_by_session(SessionId(b"\x77" * 32), CHAIN, MARKET) == entry
        assert await journal.entry("other") is None
        assert await journal.entry_by_session(SessionId(b"\x78" * 32), CHAIN, MARKET) is None


async def test_every_field_of_a_transaction_survives(journal: SessionJournal) -> None:
    record = a_tx(
        status=TxStatus.MINED, block=2**40, block_hash=b"\x99" * 32, fee=Eth(2**99), summary="é"
    )
    await journal.add_tx(record)
    assert await journal.transaction(record.tx_hash) == record
    assert await journal.transaction(TxHash(bytes(32))) is None


async def test_a_session_walks_the_whole_path(journal: SessionJournal) -> None:
    entry = an_entry()
    await journal.create(entry)
    for state in HAPPY_PATH:
        entry = replace(entry, state=state)
        await journal.save(entry)
        assert await journal.entry("intent-1") == entry


async def test_a_session_asked_for_again_is_as_it_was_written_last(
    journal: SessionJournal,
) -> None:
    session_id = SessionId(b"\x77" * 32)
    entry = an_entry(session_id=session_id)
    await journal.create(entry)
    for state in HAPPY_PATH:
        assert await journal.entry_by_session(session_id, CHAIN, MARKET) == entry
        entry = replace(entry, state=state)
        reading = asyncio.gather(
            *(journal.entry_by_session(session_id, CHAIN, MARKET) for _ in range(3))
        )
        await journal.save(entry)
        assert await journal.entry_by_session(session_id, CHAIN, MARKET) == entry
        await reading
        assert await journal.entry_by_session(session_id, CHAIN, MARKET) == entry


async def test_marketplaces_may_give_sessions_the_same_id(journal: SessionJournal) -> None:
    """A session's id is made of user, provider, stake and a count: no chain is part of it."""
    session_id, other = SessionId(b"\x77" * 32), Address(b"\x99" * 20)
    places = ((CHAIN, MARKET), (CHAIN, other), (CHAIN + 1, MARKET))
    for number, (chain_id, market) in enumerate(places):
        place = {"chain_id": chain_id, "marketplace": market, "session_id": session_id}
        await journal.create(an_entry(f"intent-{number}", **place))
    for _ in ("from the file", "from memory"):
        for number, place in enumerate(places):
            found = await journal.entry_by_session(session_id, *place)
            assert found is not None
            assert found.intent_id == f"intent-{number}"
    assert await journal.entry_by_session(session_id, CHAIN + 1, other) is None


@pytest.mark.parametrize("old", list(SessionState))
async def test_only_listed_steps_are_saved(journal: SessionJournal, old: SessionState) -> None:
    for number, new in enumerate(SessionState):
        name = f"intent-{number}"
        await journal.create(an_entry(name, state=old))
        wanted = an_entry(name, state=new, error="changed")
        if may_move(old, new):
            await journal.save(wanted)
            assert await journal.entry(name) == wanted
        else:
            with pytest.raises(InternalError) as caught:
                await journal.save(wanted)
            assert caught.value.code == "journal.transition"
            assert await journal.entry(name) == an_entry(name, state=old)


def test_no_step_loses_a_session_that_may_hold_stake() -> None:
    for state in (*OPEN_STATES, SessionState.CLOSED):
        assert not TRANSITIONS[state] & {SessionState.FAILED, SessionState.ABANDONED}
    # A session given up too early is taken up again when the chain has it.
    assert may_move(SessionState.FAILED, SessionState.ACTIVE)
    assert may_move(SessionState.ABANDONED, SessionState.ACTIVE)
    assert OPENING_STATES | OPEN_STATES | FINAL_STATES | {SessionState.CLOSED} == set(SessionState)


async def test_save_with_tx_is_all_or_nothing(journal: SessionJournal) -> None:
    await journal.create(an_entry(state=SessionState.PROVIDER_OK))
    signed = an_entry(state=SessionState.OPEN_SIGNED)
    await journal.save_with_tx(signed, a_tx(1))
    assert [tx.tx_hash for tx in await journal.transactions_of("intent-1")] == [a_tx(1).tx_hash]
    with pytest.raises(InternalError):
        await journal.save_with_tx(an_entry(state=SessionState.SETTLED), a_tx(2))
    assert await journal.transaction(a_tx(2).tx_hash) is None
    assert await journal.entry("intent-1") == signed


async def test_save_with_tx_updates_a_known_transaction(journal: SessionJournal) -> None:
    await journal.create(an_entry(state=SessionState.OPEN_SIGNED))
    await journal.add_tx(a_tx(1))
    sent = a_tx(1, status=TxStatus.SENT)
    await journal.save_with_tx(an_entry(state=SessionState.OPEN_SENT), sent)
    assert await journal.transactions_of("intent-1") == (sent,)


async def test_unknown_and_doubled_rows_are_refused(journal: SessionJournal) -> None:
    with pytest.raises(SessionNotFoundError):
        await journal.save(an_entry())
    with pytest.raises(InternalError):
        await journal.update_tx(a_tx())
    session_id = SessionId(b"\x77" * 32)
    await journal.create(an_entry("a", state=SessionState.ACTIVE, session_id=session_id))
    with pytest.raises(InternalError):
        await journal.create(an_entry("b", state=SessionState.ACTIVE, session_id=session_id))
    with pytest.raises(InternalError):
        await journal.create(an_entry("a"))
    await journal.add_tx(a_tx())
    with pytest.raises(InternalError):
        await journal.add_tx(a_tx())


async def test_lists_know_wallet_chain_and_state(journal: SessionJournal) -> None:
    for number, state in enumerate(SessionState):
        at = UnixSeconds(100 + number)
        await journal.create(an_entry(state.value, state=state, created_at=at))
    await journal.create(an_entry("foreign", wallet=OTHER_WALLET, state=SessionState.ACTIVE))
    await journal.create(an_entry("elsewhere", chain_id=8453, state=SessionState.ACTIVE))
    unfinished = await journal.unfinished(WALLET, CHAIN)
    assert [entry.state for entry in unfinished] == [
        state for state in SessionState if state not in FINAL_STATES
    ]
    active = await journal.active(WALLET, CHAIN)
    assert [entry.intent_id for entry in active] == ["close_sent", "close_signed", "active"]
    everything = await journal.all(WALLET, CHAIN)
    assert [entry.state for entry in everything] == list(reversed(SessionState))


async def test_transaction_lists(journal: SessionJournal) -> None:
    for number in range(1, 6):
        await journal.add_tx(a_tx(number))
    await journal.add_tx(a_tx(9, wallet=OTHER_WALLET))
    await journal.add_tx(a_tx(10, intent_id="send-1", intent=Intent.SEND_MOR, nonce=0))
    page = await journal.transactions(WALLET, CHAIN, offset=1, limit=2)
    assert [tx.nonce for tx in page] == [5, 4]
    await journal.update_txs(
        [a_tx(2, status=TxStatus.MINED, block=7), a_tx(3, status=TxStatus.REPLACED)]
    )
    await journal.update_tx(a_tx(1, status=TxStatus.SENT))
    pending = await journal.pending_transactions(WALLET, CHAIN)
    assert [(tx.nonce, tx.status) for tx in pending] == [
        (0, TxStatus.SIGNED),
        (1, TxStatus.SENT),
        (4, TxStatus.SIGNED),
        (5, TxStatus.SIGNED),
    ]


async def test_several_records_change_together_or_not_at_all(journal: SessionJournal) -> None:
    await journal.add_tx(a_tx(1))
    with pytest.raises(InternalError):
        await journal.update_txs([a_tx(1, status=TxStatus.MINED), a_tx(2, status=TxStatus.FAILED)])
    assert await journal.transaction(a_tx(1).tx_hash) == a_tx(1)


async def test_a_replacement_and_what_it_replaces_are_written_together(
    journal: SessionJournal,
) -> None:
    old, new = a_tx(1, status=TxStatus.SENT), a_tx(2, nonce=1)
    await journal.add_tx(old)
    pointing = replace(old, replaced_by=new.tx_hash)
    await journal.add_replacement(new, [pointing])
    assert await journal.transactions_at(WALLET, CHAIN, 1) == (pointing, new)
    assert await journal.transactions_at(WALLET, CHAIN, 2) == ()


async def test_what_may_still_vanish_is_found_until_it_is_final(journal: SessionJournal) -> None:
    mined = a_tx(1, status=TxStatus.MINED, block=7)
    failed = a_tx(2, status=TxStatus.FAILED, block=5)
    for tx in (mined, failed, a_tx(3, status=TxStatus.SENT)):
        await journal.add_tx(tx)
    assert await journal.unsettled_transactions(WALLET, CHAIN, 9) == (failed, mined)
    assert await journal.unsettled_transactions(WALLET, CHAIN, 1) == (failed,)
    await journal.update_tx(replace(failed, final=True))
    assert await journal.unsettled_transactions(WALLET, CHAIN, 9) == (mined,)


async def test_journal_is_written_with_full_synchronisation(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        level = await database.write(lambda c: c.execute("PRAGMA synchronous").fetchone()[0])
    assert level == 2


async def test_reads_cannot_write(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        with pytest.raises(StorageError):
            await database.read(lambda c: c.execute("DELETE FROM sessions"))


async def test_what_was_locked_for_programs_is_summed(journal: SessionJournal) -> None:
    day = 1_793_520_000
    api, failover = SessionPurpose.API, SessionPurpose.FAILOVER
    rows = (
        ("before", api, SessionState.ACTIVE, 1, day - 1, WALLET),
        ("open", api, SessionState.ACTIVE, 10, day, WALLET),
        ("drafted", api, SessionState.DRAFT, 100, day + 5, WALLET),
        ("returned", api, SessionState.SETTLED, 1_000, day + 5, WALLET),
        ("given up", api, SessionState.ABANDONED, 10_000, day + 5, WALLET),
        ("own", SessionPurpose.USER, SessionState.ACTIVE, 100_000, day + 5, WALLET),
        ("hop", failover, SessionState.ACTIVE, 2**90, day + 5, WALLET),
        ("other", api, SessionState.ACTIVE, 1_000_000, day + 5, OTHER_WALLET),
    )
    for name, purpose, state, stake, at, wallet in rows:
        await journal.create(
            an_entry(
                name,
                purpose=purpose,
                state=state,
                stake=Mor(stake),
                created_at=UnixSeconds(at),
                wallet=wallet,
            )
        )
    where = {"wallet": WALLET, "chain_id": CHAIN, "marketplace": an_entry().marketplace}
    assert await journal.locked_since(day, (api,), **where) == Mor(1_110)
    assert await journal.locked_since(day, (api, failover), **where) == Mor(1_110 + 2**90)
    assert await journal.locked_since(day, (api,), **{**where, "chain_id": 1}) == Mor(0)


async def test_followers_are_found_newest_first(journal: SessionJournal) -> None:
    await journal.create(an_entry("first"))
    for number, name in enumerate(("second", "third")):
        at = UnixSeconds(1_793_520_000 + number)
        await journal.create(an_entry(name, follows="first", created_at=at))
    assert [item.intent_id for item in await journal.followers("first")] == ["third", "second"]
    assert await journal.followers("third") == ()
