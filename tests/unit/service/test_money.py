"""Money through the facade's services on a real chain: transfers, withdrawals, direct payment."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import (
    FundsError,
    NotEnoughGasError,
    RevertedError,
    SessionTooShortError,
    TxStuckError,
)
from node.core.events import SessionChanged
from node.core.units import Mor
from node.router import sending
from node.router.closing import terms_of
from node.router.holdings import holdings_of
from node.router.quote import refund_at
from node.service.dto import QuoteRequest, SessionView
from node.service.sessions_service import SessionsService
from node.service.wallet_service import WalletService
from node.store.journal_records import SessionState, TxStatus
from tests.support.money import demo_money
from tests.support.stacks import DemoStack, open_demo_stack
from tests.support.truth import open_on_chain, recovered, rows

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = "0x" + "5A" * 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("money")) as opened:
        yield opened


@pytest.fixture
def wallet(demo: DemoStack, tmp_path: Path) -> WalletService:
    return demo_money(demo, tmp_path).wallet


@pytest.fixture
def sessions(demo: DemoStack, tmp_path: Path) -> SessionsService:
    return demo_money(demo, tmp_path).sessions


async def _opened(sessions: SessionsService, request: QuoteRequest) -> SessionView:
    quote = await sessions.quote(request)
    async with aclosing(sessions.open(quote.id)) as steps:
        last = [step async for step in steps][-1]
    assert last.session is not None
    return last.session


async def test_nothing_to_withdraw_costs_nothing_and_says_so(
    demo: DemoStack, wallet: WalletService
) -> None:
    before = await wallet.overview()
    with pytest.raises(RevertedError) as caught:
        await wallet.withdraw_released()
    assert caught.value.code == "chain.reverted.nothing_to_withdraw"
    assert "0x" not in caught.value.message
    assert (await wallet.overview()).eth_wei == before.eth_wei


async def test_the_same_transfer_is_not_sent_twice_while_one_waits(
    demo: DemoStack, wallet: WalletService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.3)
    first = await wallet.draft_send("MOR", FRIEND, 5)
    second = await wallet.draft_send("MOR", FRIEND, 5)
    other = await wallet.draft_send("MOR", FRIEND, 6)
    await demo.world.devnet.hold_transactions(True)
    try:
        with pytest.raises(TxStuckError):
            await wallet.send(first.id)
        with pytest.raises(FundsError) as caught:
            await wallet.send(second.id)
        assert caught.value.code == "funds.same_transfer_waiting"
        with pytest.raises(FundsError):
            await wallet.draft_send("MOR", FRIEND, 5)
        with pytest.raises(TxStuckError):
            await wallet.send(other.id)
    finally:
        await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
    records = await wallet.transactions(0, 2)
    assert {item.status for item in records} == {TxStatus.MINED}
    await wallet.draft_send("MOR", FRIEND, 5)


@pytest.mark.parametrize("stake", [0, 1, 10**12])
async def test_a_stake_below_the_minimum_is_named_and_not_replaced(
    demo: DemoStack, sessions: SessionsService, stake: int
) -> None:
    model = await demo.guide()
    quote = await sessions.quote(QuoteRequest(model_id=model.id.hex, stake=stake))
    assert quote.stake == stake
    assert [item.code for item in quote.problems] == ["session.too_short"]
    before = (await demo.stack.chain.market.balances(demo.stack.wallet.address)).eth
    with pytest.raises(SessionTooShortError):
        async with aclosing(sessions.open(quote.id)) as steps:
            await anext(steps)
    after = (await demo.stack.chain.market.balances(demo.stack.wallet.address)).eth
    assert after == before


@pytest.mark.parametrize("duration_s", [0, 299])
async def test_a_duration_below_the_minimum_is_refused(
    demo: DemoStack, sessions: SessionsService, duration_s: int
) -> None:
    model = await demo.guide()
    with pytest.raises(SessionTooShortError):
        await sessions.quote(QuoteRequest(model_id=model.id.hex, duration_s=duration_s))


async def test_direct_payment_costs_what_was_used_and_returns_the_rest(
    demo: DemoStack, sessions: SessionsService
) -> None:
    stack = demo.stack
    model = await demo.guide()
    before = (await holdings_of(stack.chain.market, stack.wallet.address)).total
    view = await _opened(
        sessions, QuoteRequest(model_id=model.id.hex, duration_s=3600, direct_payment=True)
    )
    (session,) = await open_on_chain(stack)
    (entry, *_) = await rows(stack)
    assert session.is_direct_payment
    assert (await holdings_of(stack.chain.market, stack.wallet.address)).total == before
    economy = await stack.chain.market.economy()
    await demo.world.devnet.advance_to(session.opened_at + 1200)
    result = await sessions.close(view.id)
    closed = await stack.chain.market.session(session.id)
    refund = refund_at(terms_of(session, entry), closed.closed_at, economy)
    assert (result.returned, result.held) == (refund.returned.base, refund.held.base)
    assert refund.paid_by_user.base == (entry.price * (closed.closed_at - session.opened_at)).base
    assert result.returned + result.held + refund.paid_by_user.base == session.stake.base
    after = (await holdings_of(stack.chain.market, stack.wallet.address)).total
    assert before - after == refund.paid_by_user


async def test_direct_payment_to_the_end_returns_all_but_the_price(
    demo: DemoStack, sessions: SessionsService
) -> None:
    stack = demo.stack
    model = await demo.guide()
    request = QuoteRequest(model_id=model.id.hex, duration_s=600, direct_payment=True)
    quote = await sessions.quote(request)
    await _opened(sessions, request)
    (session,) = await open_on_chain(stack)
    with stack.wallet.bus.subscribe() as events:
        await demo.world.devnet.advance_to(session.ends_at)
        stack.keeper.wake()
        async with asyncio.timeout(40):
            while (await rows(stack))[0].state is not SessionState.SETTLED:
                while not isinstance(await events.get(), SessionChanged):
                    pass
    (entry, *_) = await rows(stack)
    cost = entry.price * (session.ends_at - session.opened_at)
    assert entry.returned == session.stake - cost
    assert entry.held == Mor(0)
    assert quote.returned_at_end == entry.returned.base


async def test_empty_payout_account_forbids_stake_but_not_direct_payment(
    demo: DemoStack, sessions: SessionsService
) -> None:
    model = await demo.guide()
    await demo.world.devnet.empty_treasury()
    try:
        request = QuoteRequest(model_id=model.id.hex, duration_s=600)
        assert [item.code for item in (await sessions.quote(request)).problems] == [
            "session.payout_empty"
        ]
        direct = QuoteRequest(model_id=model.id.hex, duration_s=600, direct_payment=True)
        assert (await sessions.quote(direct)).problems == ()
        view = await _opened(sessions, direct)
        result = await sessions.close(view.id)
        assert result.returned > 0
    finally:
        await demo.world.devnet.refill_treasury()


# The last one: it leaves no coins for fees.
async def test_all_coins_cannot_be_sent_and_the_most_is_named(
    demo: DemoStack, wallet: WalletService
) -> None:
    has = (await wallet.overview()).eth_wei
    for amount in (has, has - 1000):
        with pytest.raises(NotEnoughGasError) as caught:
            await wallet.draft_send("ETH", FRIEND, amount)
    assert "At most" in caught.value.hint
    with pytest.raises(NotEnoughGasError):
        await wallet.draft_send("ETH", FRIEND, has * 2)
    price = await demo.stack.chain.transactions.gas_price()
    most = has - 2 * price * 21_000
    draft = await wallet.draft_send("ETH", FRIEND, most)
    assert draft.balance_after >= 0
    await wallet.send(draft.id, typed=draft.needs_typed)
