"""Recovery without a crash: lost data, foreign sessions, nothing to do."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.errors import BidNotFoundError, RpcUnavailableError, SessionNotFoundError
from node.core.ids import BidId, ModelId, SessionId
from node.core.records import Bid, Model, Session
from node.router.adoption import was_adopted
from node.router.auto_session import AutoSessions
from node.router.recovery import SessionRecovery
from node.router.reports import ReportMaker
from node.router.setbacks import Setbacks
from node.store.journal import SessionJournal, fresh_journal_database
from node.store.journal_records import SessionEntry, SessionState
from tests.support.stacks import DemoStack
from tests.support.truth import rows

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


async def test_sessions_come_back_from_the_chain_after_loss_of_all_data(
    demo: DemoStack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stack = demo.stack
    entry = await demo.open()
    database = fresh_journal_database(tmp_path_factory.mktemp("lost") / "journal.db")
    await database.open()
    try:
        wallet = replace(stack.wallet, journal=SessionJournal(database))
        recovery = SessionRecovery(
            chain=stack.chain,
            wallet=wallet,
            sender=stack.sender,
            opener=stack.opener,
            closer=stack.closer,
        )
        report = await recovery.run()
        adopted = {item.session_id: item for item in report.adopted}
        found = adopted[entry.session_id]
        assert found.state is SessionState.ACTIVE
        assert (found.stake, found.price, found.ends_at) == (
            entry.stake,
            entry.price,
            entry.ends_at,
        )
        assert found.endpoint == entry.endpoint
        assert (await recovery.run()).adopted == ()
    finally:
        await database.close()


async def test_running_it_again_changes_nothing(demo: DemoStack) -> None:
    entry = await demo.open()
    await demo.stack.recovery.run()
    kept = await demo.stack.wallet.journal.entry(entry.intent_id)
    assert kept is not None
    assert kept.state is SessionState.ACTIVE


async def test_a_close_by_another_program_is_noticed(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open()
    call = stack.chain.calls.close_session(*(await _own_report(demo, entry.session_id)))
    await stack.sender.send_alone(call)
    await stack.recovery.run()
    kept = await stack.wallet.journal.entry(entry.intent_id)
    assert kept is not None
    assert kept.state in (SessionState.CLOSED, SessionState.SETTLED)
    assert kept.returned + kept.held == entry.stake


async def _own_report(demo: DemoStack, session_id: object) -> tuple[bytes, bytes]:

    assert isinstance(session_id, SessionId)
    stack = demo.stack
    maker = ReportMaker(
        signer=stack.wallet.signer,
        stats=stack.stats,
        clock=stack.chain.clock,
        chain_id=stack.network.chain_id,
        role="consumer",
    )
    blob = await maker.own_report(session_id)
    return blob.encoded, blob.signature


@asynccontextmanager
async def _forgetful(
    demo: DemoStack, folder: Path
) -> AsyncGenerator[tuple[SessionRecovery, SessionJournal], None]:
    """Recovery of the same wallet with an empty journal."""
    database = fresh_journal_database(folder / "journal.db")
    stack = demo.stack
    async with database:
        journal = SessionJournal(database)
        recovery = SessionRecovery(
            chain=stack.chain,
            wallet=replace(stack.wallet, journal=journal),
            sender=stack.sender,
            opener=stack.opener,
            closer=stack.closer,
        )
        yield recovery, journal


async def test_one_session_that_cannot_be_read_does_not_keep_the_others_from_their_rows(
    demo: DemoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = await demo.open(), await demo.open("Guide Patient")
    market = demo.stack.chain.market
    read_bid = market.bid

    async def bid(bid_id: BidId) -> Bid:
        if bid_id == broken.bid_id:
            raise BidNotFoundError("The network knows no such offer.")
        return await read_bid(bid_id)

    async with _forgetful(demo, tmp_path) as (recovery, journal):
        monkeypatch.setattr(market, "bid", bid)
        report = await recovery.run()
        assert whole.session_id in {item.session_id for item in report.adopted}
        assert broken.session_id is not None
        assert broken.session_id.hex in " ".join(report.unresolved)
        monkeypatch.undo()
        assert broken.session_id in {item.session_id for item in (await recovery.run()).adopted}
        assert await _known(demo, journal, broken.session_id) is not None


async def test_a_session_is_adopted_beside_one_of_the_same_id_elsewhere(
    demo: DemoStack, tmp_path: Path
) -> None:
    """Another marketplace, on another chain, where it was found by an earlier version too."""
    entry = await demo.open()
    assert entry.session_id is not None
    async with _forgetful(demo, tmp_path) as (recovery, journal):
        name = f"chain-{entry.session_id.raw.hex()}"
        elsewhere = replace(entry, intent_id=name, chain_id=entry.chain_id + 1)
        await journal.create(elsewhere)
        report = await recovery.run()
        assert not report.unresolved
        assert entry.session_id in {item.session_id for item in report.adopted}
        assert await journal.entry(name) == elsewhere, "the other one is left alone"
        again = await recovery.run()
        assert entry.session_id not in {item.session_id for item in again.adopted}


async def _known(
    demo: DemoStack, journal: SessionJournal, session_id: SessionId
) -> SessionEntry | None:
    market = demo.stack.chain.market
    return await journal.entry_by_session(session_id, market.chain_id, market.marketplace_address)


async def test_a_failed_read_drops_no_session(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Endpoints that fail, know nothing, or hang days behind: the rows stay as they are."""
    stack, entry = demo.stack, await demo.open()
    before = {item.intent_id: item.state for item in await rows(stack)}

    async def unavailable(_session_id: SessionId) -> Session:
        raise RpcUnavailableError("No connection.")

    async def unknown(_session_id: SessionId) -> Session:
        raise SessionNotFoundError("The network knows no session with this id.")

    async def long_ago() -> int:
        return entry.opened_at - 86_400

    monkeypatch.setattr(stack.chain.market, "session", unavailable)
    with pytest.raises(RpcUnavailableError):
        await stack.recovery.run()
    monkeypatch.setattr(stack.chain.market, "session", unknown)
    monkeypatch.setattr(stack.chain.market, "block_time", long_ago)
    await demo.world.devnet.advance_to(stack.chain.clock.unix_seconds() + 300)
    await stack.recovery.run()
    monkeypatch.undo()
    assert {item.intent_id: item.state for item in await rows(stack)} == before


async def test_an_adopted_session_that_was_gone_for_a_time_gets_its_row_back(
    demo: DemoStack, tmp_path: Path
) -> None:
    entry = await demo.open()
    async with _forgetful(demo, tmp_path) as (recovery, journal):
        await recovery.run()
        assert entry.session_id is not None
        found = await _known(demo, journal, entry.session_id)
        assert found is not None
        gone = replace(found, session_id=None, state=SessionState.OPEN_SENT)
        await journal.save(gone)
        await journal.save(replace(gone, state=SessionState.FAILED))
        assert entry.session_id in {item.session_id for item in (await recovery.run()).adopted}
        again = await journal.entry(found.intent_id)
        assert again is not None
        assert again.state is SessionState.ACTIVE


async def test_a_provider_that_moved_is_followed(demo: DemoStack) -> None:
    stack, entry = demo.stack, await demo.open()
    await stack.wallet.journal.save(replace(entry, endpoint="127.0.0.1:1999"))
    await stack.recovery.run()
    kept = await stack.wallet.journal.entry(entry.intent_id)
    assert kept is not None
    assert kept.endpoint == entry.endpoint


async def test_a_recovered_session_of_a_guarded_model_stays_one(
    demo: DemoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await demo.open()
    market = demo.stack.chain.market
    read_model = market.model

    async def model(model_id: ModelId) -> Model:
        return replace(await read_model(model_id), tags=("LLM", "TEE"))

    monkeypatch.setattr(market, "model", model)
    stack = demo.stack
    async with _forgetful(demo, tmp_path) as (recovery, journal):
        found = {item.session_id: item for item in (await recovery.run()).adopted}
        assert found[entry.session_id].tee
        assert was_adopted(found[entry.session_id])
        requests = AutoSessions(
            chain=stack.chain,
            wallet=replace(stack.wallet, journal=journal),
            opening=stack.limited_opening,
            setbacks=Setbacks(stack.chain.clock),
        )
        assert await requests.usable() == (), "nobody agreed here to what was not verified"
