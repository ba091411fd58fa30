"""Opening on a real chain with real providers: what is spent, tried, refused and written down."""

import gc
import warnings
from dataclasses import replace
from typing import cast

import pytest

from node.core.errors import (
    NoProviderError,
    NotEnoughMorError,
    NoWalletError,
    QuoteExpiredError,
)
from node.core.ids import Address, BidId
from node.core.ports import Signer
from node.core.units import Mor
from node.router.holdings import holdings_of
from node.router.quotes import QuoteDesk, QuoteOrder
from node.router.rating import DEFAULT_RATING
from node.store.journal_records import SessionState
from tests.support.stacks import DemoStack, all_steps

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ALL = Mor(1000 * 10**18)


async def test_steps_and_money_of_an_open_session(demo: DemoStack) -> None:
    stack = demo.stack
    model = await demo.guide()
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=1800))
    steps = await all_steps(stack.opener.open(stack.quotes.take(quote.id)))
    names = [step.name for step in steps]
    assert names[0] == "asking_provider"
    assert names[-1] == "ready"
    entry = steps[-1].entry
    assert entry.state is SessionState.ACTIVE
    assert entry.ends_at - entry.opened_at >= 1800
    session = await stack.chain.market.session(entry.session_id)
    assert session.stake == quote.plan.stake
    found = await holdings_of(stack.chain.market, stack.wallet.address)
    assert found.total == ALL
    assert found.balances.allowance == Mor(0)


async def test_a_quote_without_a_wallet_asks_nothing_of_the_chain(demo: DemoStack) -> None:
    class NoWallet:
        @property
        def address(self) -> Address:
            raise NoWalletError("There is no wallet yet.")

    desk = QuoteDesk(chain=demo.stack.chain, signer=cast(Signer, NoWallet()), rating=DEFAULT_RATING)
    model = await demo.guide()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(NoWalletError):
            await desk.quote(QuoteOrder(model_id=model.id))
        gc.collect()
    assert [str(item.message) for item in told] == []


async def test_a_quote_opens_once(demo: DemoStack) -> None:
    model = await demo.guide()
    quote = await demo.stack.quotes.quote(QuoteOrder(model_id=model.id))
    demo.stack.quotes.take(quote.id)
    with pytest.raises(QuoteExpiredError):
        demo.stack.quotes.take(quote.id)


async def test_cheapest_rating_comes_first_and_no_candidate_is_dearer(demo: DemoStack) -> None:
    model = await demo.guide()
    quote = await demo.stack.quotes.quote(QuoteOrder(model_id=model.id))
    prices = [item.bid.price_per_second for item in quote.candidates]
    assert max(prices) == prices[0]


async def test_too_large_a_stake_is_a_problem_and_is_not_sent(demo: DemoStack) -> None:
    stack = demo.stack
    model = await demo.guide("Guide Grand")
    before = await stack.chain.market.balances(stack.wallet.address)
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=36_000))
    assert [error.code for error in quote.problems] == ["funds.not_enough_mor"]
    with pytest.raises(NotEnoughMorError):
        await all_steps(stack.opener.open(quote))
    after = await stack.chain.market.balances(stack.wallet.address)
    assert after.eth == before.eth


async def test_unreachable_provider_costs_nothing(demo: DemoStack) -> None:
    stack = demo.stack
    model = await demo.guide("Guide Patient")
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))
    dead = tuple(replace(item, endpoint="127.0.0.1:1999") for item in quote.candidates)
    before = await stack.chain.market.balances(stack.wallet.address)
    with pytest.raises(NoProviderError) as caught:
        await all_steps(stack.opener.open(replace(quote, candidates=dead)))
    assert len(caught.value.tried) == len(dead)
    after = await stack.chain.market.balances(stack.wallet.address)
    assert (after.mor, after.eth) == (before.mor, before.eth)


async def test_next_candidate_is_asked_when_the_first_is_gone(demo: DemoStack) -> None:
    stack = demo.stack
    model = await demo.guide("Guide Patient")
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))
    good = quote.candidates[0]
    gone = replace(good, bid=replace(good.bid, id=BidId(b"\x01" * 32)))
    steps = await all_steps(stack.opener.open(replace(quote, candidates=(gone, good))))
    assert [step.name for step in steps].count("asking_provider") == 2
    assert steps[-1].entry.bid_id == good.bid.id


async def test_a_consent_that_grew_old_is_asked_for_again(demo: DemoStack) -> None:
    """The contract would refuse it; the provider is asked once more and the session opens."""
    stack = demo.stack
    model = await demo.guide("Guide Patient")
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=1800))
    seen: list[int] = []
    async for step in stack.opener.open(stack.quotes.take(quote.id)):
        if step.name == "allowing" and step.tx_hash:
            await demo.world.devnet.advance_to(stack.chain.clock.unix_seconds() + 700)
        seen.append(step.entry.approval_at)
        last = step
    assert last.entry.state is SessionState.ACTIVE
    consents = {at for at in seen if at}
    assert len(consents) == 2
    assert max(consents) - min(consents) >= 699_000
