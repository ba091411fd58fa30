"""The market's view: complete, rated, kept with an age."""

import pytest

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
