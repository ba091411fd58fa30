"""Recovery without a crash: lost data, foreign sessions, nothing to do."""

from dataclasses import replace

import pytest

from node.core.ids import SessionId
from node.router.recovery import SessionRecovery
from node.router.reports import ReportMaker
from node.store.journal import SessionJournal, fresh_journal_database
from node.store.journal_records import SessionState
from tests.support.stacks import DemoStack

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
