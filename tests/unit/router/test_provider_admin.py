"""Registering, offering and claiming on a real chain."""

from pathlib import Path

import pytest

from node.core.errors import SessionError, UserInputError
from node.core.units import Mor, PricePerSecond
from node.service.local import open_node
from tests.support.mortal_consumer import ask, open_session, options
from tests.support.small_market import CONSUMER, PRICE, open_small_market
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


async def test_an_endpoint_that_is_none_is_refused(demo: DemoStack) -> None:
    for text in ("", "host", "host:", ":3333", "host:0", "host:99999", "host:x"):
        with pytest.raises(UserInputError):
            await demo.stack.provider_admin.register(Mor(10**18), text)


async def test_a_new_bid_replaces_the_old_one(demo: DemoStack) -> None:
    admin = demo.stack.provider_admin
    await admin.register(Mor(10**18), "node.example.org:3333")
    model = await admin.create_model("Own", ["LLM"], Mor(10**17))
    first = await admin.post_bid(model, PricePerSecond(10**13))
    second = await admin.post_bid(model, PricePerSecond(2 * 10**13))
    assert first != second
    assert not (await demo.stack.chain.market.bid(first)).is_active
    await admin.delete_bid(second)
    assert not (await demo.stack.chain.market.bid(second)).is_active


async def test_the_provider_claims_what_an_ended_session_earned(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        async with open_node(options(str(tmp_path / "c"), market.environment(CONSUMER))) as node:
            session = await open_session(node, market.model_id)
            await ask(node, session, "hello")
        before = (await market.provider.wallet.overview()).wallet
        running = (await market.provider.provider.sessions())[0]
        assert (running.claimable_now, running.claimable_later) == (0, 0)
        with pytest.raises(SessionError):
            await market.provider.provider.claim(session.id)
        await market.chain.advance_to(session.ends_at + 60)
        await market.chain.mine()
        ended = (await market.provider.provider.sessions())[0]
        earned = (session.ends_at - session.opened_at) * PRICE
        assert ended.claimable_now == earned
        result = await market.provider.provider.claim(session.id)
        assert result.amount == earned
        assert (await market.provider.wallet.overview()).wallet == before + earned
