"""Quotes of models that promise protected hardware: refused unless the user knows better."""

from dataclasses import replace
from typing import Any

import pytest

from node.core.errors import AttestationError
from node.core.ids import ModelId
from node.core.records import Model
from node.router.quotes import QuoteDesk, QuoteOrder
from node.router.rating import DEFAULT_RATING
from tests.support.stacks import DemoStack, all_steps

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


class TaggedMarket:
    """The demo's marketplace, with one more tag on every model."""

    def __init__(self, market: Any, tag: str) -> None:
        self._market = market
        self._tag = tag

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market, name)

    async def model(self, model_id: ModelId) -> Model:
        return self._tagged(await self._market.model(model_id))

    async def model_bids(self, model_id: ModelId) -> Any:
        bids = await self._market.model_bids(model_id)
        return replace(bids, model=self._tagged(bids.model))

    def _tagged(self, model: Model) -> Model:
        return replace(model, tags=(*model.tags, self._tag))


def desk(demo: DemoStack, tag: str) -> QuoteDesk:
    stack = demo.stack
    market: Any = TaggedMarket(stack.chain.market, tag)
    return QuoteDesk(
        chain=replace(stack.chain, market=market),
        signer=stack.wallet.signer,
        rating=DEFAULT_RATING,
    )


@pytest.mark.parametrize("tag", ["tee", "TEE", " Tee "])
@pytest.mark.parametrize("by", ["model", "bid"])
async def test_a_tee_model_is_refused_with_words_and_nothing_is_sent(
    demo: DemoStack, tag: str, by: str
) -> None:
    quotes, stack = desk(demo, tag), demo.stack
    model = await demo.guide()
    bids = await stack.chain.market.model_bids(model.id)
    order = (
        QuoteOrder(model_id=model.id) if by == "model" else QuoteOrder(bid_id=bids.bids[0].bid.id)
    )
    before = await stack.chain.market.balances(stack.wallet.address)
    quote = await quotes.quote(order)
    assert quote.problems[0].code == "market.tee_not_verified"
    with pytest.raises(AttestationError, match="cannot verify"):
        await all_steps(stack.opener.open(quotes.take(quote.id)))
    after = await stack.chain.market.balances(stack.wallet.address)
    assert (after.mor, after.eth, after.allowance) == (before.mor, before.eth, before.allowance)


async def test_who_accepts_it_unverified_may_open_it_and_the_journal_remembers(
    demo: DemoStack,
) -> None:
    quotes = desk(demo, "tee")
    model = await demo.guide()
    quote = await quotes.quote(QuoteOrder(model_id=model.id, accept_unverified_tee=True))
    assert not quote.problems
    steps = await all_steps(demo.stack.opener.open(quotes.take(quote.id)))
    assert steps[-1].name == "ready"
    assert steps[-1].entry.tee


async def test_other_tags_change_nothing(demo: DemoStack) -> None:
    model = await demo.guide()
    quote = await desk(demo, "teeth").quote(QuoteOrder(model_id=model.id))
    assert not quote.problems
