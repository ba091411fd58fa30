"""Closing: real transfers, the provider's report or our own, and the journal afterwards."""

from dataclasses import replace

import pytest

from node.core.errors import PayoutEmptyError, SessionClosedError
from node.core.units import Mor, start_of_day
from node.router.closing import terms_of
from node.router.holdings import holdings_of
from node.router.quote import refund_at
from node.store.journal_records import SessionState
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ALL = Mor(1000 * 10**18)


async def test_early_close_holds_todays_share_until_midnight(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open()
    now = stack.chain.clock.unix_seconds()
    closed = await stack.closer.close(entry)
    assert closed.with_provider_report
    assert closed.entry.returned + closed.entry.held == entry.stake
    assert closed.entry.held_until == start_of_day(now) + 86_400
    on_hold = await stack.chain.market.on_hold(stack.wallet.address)
    assert on_hold.locked == closed.entry.held
    assert (await holdings_of(stack.chain.market, stack.wallet.address)).total == ALL


async def test_the_rule_predicts_what_the_close_returns(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open()
    assert entry.session_id is not None
    economy = await stack.chain.market.economy()
    before = await stack.chain.market.session(entry.session_id)
    closed = (await stack.closer.close(entry)).entry
    refund = refund_at(terms_of(before, entry), closed.closed_at, economy)
    assert refund.returned == closed.returned
    assert refund.held == closed.held


async def test_preview_adds_up_and_sends_nothing(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open()
    assert entry.session_id is not None
    early = await stack.closer.preview(entry, entry.session_id, entry.opened_at + 600)
    late = await stack.closer.preview(entry, entry.session_id, entry.ends_at)
    assert early.returned + early.held == entry.stake
    assert late.returned == entry.stake
    session = await stack.chain.market.session(entry.session_id)
    assert not session.is_closed


async def test_closing_twice_is_refused_and_changes_nothing(demo: DemoStack) -> None:
    entry = await demo.open()
    closed = await demo.stack.closer.close(entry)
    before = await demo.stack.chain.market.balances(demo.stack.wallet.address)
    with pytest.raises(SessionClosedError):
        await demo.stack.closer.close(closed.entry)
    after = await demo.stack.chain.market.balances(demo.stack.wallet.address)
    assert after.eth == before.eth


async def test_a_dead_provider_does_not_keep_the_session_open(demo: DemoStack) -> None:
    entry = await demo.open()
    assert entry.session_id is not None
    closed = await demo.stack.closer.close(replace(entry, endpoint="127.0.0.1:1999"))
    assert not closed.with_provider_report
    session = await demo.stack.chain.market.session(entry.session_id)
    assert session.closeout_type == 1
    assert closed.entry.returned + closed.entry.held == entry.stake


async def test_empty_payout_account_keeps_the_stake_safe_and_can_be_retried(
    demo: DemoStack,
) -> None:
    stack = demo.stack
    entry = await demo.open()
    await demo.world.devnet.empty_treasury()
    try:
        with pytest.raises(PayoutEmptyError):
            await stack.closer.close(entry)
        kept = await stack.wallet.journal.entry(entry.intent_id)
        assert kept is not None
        assert kept.state is SessionState.ACTIVE
    finally:
        await demo.world.devnet.refill_treasury()
    assert (await stack.closer.close(kept)).entry.returned > Mor(0)
