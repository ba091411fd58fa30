"""Offers that are not as they were shown, or not as the network allows: nothing is sent before
somebody has looked again."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import BidNotFoundError, NodeError, PriceChangedError
from node.service.dto import Quote, QuoteRequest
from node.service.local import LocalNode, open_node
from tests.support.mortal_consumer import options
from tests.support.small_market import CONSUMER, PRICE, SmallMarket, open_small_market

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SmallMarket, None]:
    async with open_small_market(tmp_path_factory.mktemp("market")) as small:
        yield small


@pytest_asyncio.fixture(loop_scope="module")
async def node(market: SmallMarket, tmp_path: Path) -> AsyncGenerator[LocalNode, None]:
    async with open_node(options(str(tmp_path), market.environment(CONSUMER))) as opened:
        yield opened


async def refused(node: LocalNode, quote: Quote) -> PriceChangedError | BidNotFoundError:
    before = await node.wallet.overview()
    with pytest.raises((PriceChangedError, BidNotFoundError)) as caught:
        async for _ in node.sessions.open(quote.id):
            pass
    assert await node.wallet.overview() == before
    sent = [item.intent for item in await node.wallet.transactions(0, 10)]
    assert [intent for intent in sent if intent != "received"] == []
    return caught.value


async def test_a_dearer_offer_names_both_prices_and_what_to_confirm(
    market: SmallMarket, node: LocalNode
) -> None:
    quote = await node.sessions.quote(QuoteRequest(model_id=market.model_id, duration_s=1800))
    dearer = await market.provider.provider.post_bid(market.model_id, PRICE * 2)
    error = await refused(node, quote)
    assert re.fullmatch(
        r"The provider changed the price: 0\.072 MOR → 0\.144 MOR per hour\.", error.message
    )
    assert error.hint == "Look at the amounts again; nothing was sent."
    again = await node.sessions.quote(QuoteRequest(bid_id=error.details["bid_id"], duration_s=1800))
    assert error.details["bid_id"] == dearer
    assert quote.stake * 2 - 10 <= again.stake <= quote.stake * 2 + 10


async def test_an_offer_that_was_withdrawn_leads_to_others(
    market: SmallMarket, node: LocalNode
) -> None:
    bid = await market.provider.provider.post_bid(market.model_id, PRICE)
    quote = await node.sessions.quote(QuoteRequest(bid_id=bid, duration_s=1800))
    await market.provider.provider.delete_bid(bid)
    error = await refused(node, quote)
    assert error.message == "The offer was withdrawn."
    assert error.hint == "Look for another; nothing was sent."


@pytest.mark.parametrize("price", [1, 10**40])
async def test_a_price_outside_the_bounds_names_them_and_the_nearest(
    market: SmallMarket, price: int
) -> None:
    owner = market.provider
    before = await owner.chain.balances()
    with pytest.raises(NodeError) as caught:
        await owner.provider.post_bid(market.model_id, price)
    assert caught.value.code == "input.price"
    assert re.fullmatch(
        r"The network allows prices from [\d.]+ MOR to [\d.]+ MOR per hour\.", caught.value.message
    )
    assert await owner.chain.balances() == before
    nearest = caught.value.details["nearest"]
    assert nearest != price
    assert await owner.provider.post_bid(market.model_id, nearest)


async def test_a_model_with_offers_stays_until_they_are_gone(market: SmallMarket) -> None:
    owner = market.provider
    bid = await owner.provider.post_bid(market.model_id, PRICE)
    before = await owner.chain.balances()
    with pytest.raises(NodeError) as caught:
        await owner.provider.delete_model(market.model_id)
    assert caught.value.message == "This model is still offered by at least one provider."
    assert caught.value.hint == "All offers of the model must be withdrawn first."
    assert await owner.chain.balances() == before
    await owner.provider.delete_bid(bid)
    assert await owner.provider.delete_model(market.model_id)
