"""The market's view: complete, rated, kept with an age."""

import pytest

from node.router.market import MarketBook
from node.router.quotes import QuoteDesk, QuoteOrder
from node.router.rating import DEFAULT_RATING, RatingBook, RatingConfig, Weights
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


async def test_all_models_with_rated_offers(demo: DemoStack) -> None:
    view = await demo.stack.market.view(refresh=True)
    names = {item.model.name for item in view.models}
    assert {"Guide", "Guide Patient", "Guide Grand", "Guide Moody"} <= names
    guide = next(item for item in view.models if item.model.name == "Guide")
    scores = [offer.score for offer in guide.offers if offer.score is not None]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert guide.best is guide.offers[0]


async def test_a_fresh_view_is_not_read_again(demo: DemoStack) -> None:
    first = await demo.stack.market.view(refresh=True)
    assert await demo.stack.market.view() is first
    assert demo.stack.market.known(first.models[0].model.id) is first.models[0]


async def test_found_by_name_without_regard_to_case(demo: DemoStack) -> None:
    found = await demo.stack.market.named(" gUIDE grand ")
    assert [item.model.name for item in found] == ["Guide Grand"]
    assert await demo.stack.market.named(found[0].model.id.hex) == found
    assert await demo.stack.market.named("nobody") == ()


async def test_a_new_rating_holds_for_views_and_quotes_at_once(demo: DemoStack) -> None:
    chain = demo.stack.chain
    rating = RatingBook(DEFAULT_RATING)
    market = MarketBook(market=chain.market, rating=rating, clock=chain.clock)
    quotes = QuoteDesk(chain=chain, signer=demo.stack.wallet.signer, rating=rating)
    before = await market.view()
    (guide,) = await market.named("Guide")
    best, other = guide.offers[0], guide.offers[1]
    allowed = frozenset({other.view.bid.provider})
    rating.current = RatingConfig(weights=Weights(), allow_list=allowed)
    after = await market.view()
    assert after is not before
    (guide,) = await market.named("Guide")
    assert guide.best is not None
    assert guide.best.view.bid.id == other.view.bid.id != best.view.bid.id
    quote = await quotes.quote(QuoteOrder(model_id=guide.model.id, duration_s=600))
    assert quote.bid.id == other.view.bid.id
