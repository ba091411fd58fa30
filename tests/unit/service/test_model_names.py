"""What the `model` of a request may name, on the demo market."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from node.core.errors import BidNotFoundError, ModelNotFoundError, UserInputError
from node.core.ids import Address, BidId, ModelId
from node.core.units import Mor, PricePerSecond
from node.router.quotes import QuoteOrder
from node.service.model_names import ModelName, wish_for
from tests.support.stacks import DemoStack, open_demo_stack

BID, PROVIDER = "0x" + "ab" * 32, "0x" + "cd" * 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Hermes 70B ", ModelName(text="Hermes 70B")),
        (f"Hermes@{BID}", ModelName(text="Hermes", bid_id=BidId.parse(BID))),
        (f"a@b@{PROVIDER.upper()}", ModelName(text="a@b", provider=Address.parse(PROVIDER))),
        ("user@example", ModelName(text="user@example")),
        (f"@{BID}", ModelName(text=f"@{BID}")),
        ("Hermes@0xabcd", ModelName(text="Hermes@0xabcd")),
    ],
)
def test_only_an_id_or_an_address_is_a_pin(text: str, expected: ModelName) -> None:
    assert ModelName.parse(text.replace("0X", "0x")) == expected


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    """The wallet offers a second model named Guide."""
    async with open_demo_stack(tmp_path_factory.mktemp("names")) as opened:
        admin = opened.stack.provider_admin
        await admin.register(Mor(100 * 10**18), "127.0.0.1:9")
        for name in ("Guide", "Mine"):
            model_id = await admin.create_model(name, ["LLM"], Mor(10**17))
            await admin.post_bid(model_id, PricePerSecond(10**13))
        await opened.stack.market.view(refresh=True)
        yield opened


@pytest.mark.chain
@pytest.mark.asyncio(loop_scope="module")
class TestOnTheMarket:
    async def wish(self, demo: DemoStack, text: str) -> ModelId:
        return (await wish_for(demo.stack, ModelName.parse(text))).model_id

    async def test_a_name_of_several_models_is_refused_with_all_of_them(
        self, demo: DemoStack
    ) -> None:
        with pytest.raises(UserInputError) as refused:
            await self.wish(demo, "guide")
        assert refused.value.code == "input.ambiguous_model"
        named = await demo.stack.market.named("Guide")
        assert len(named) == 2
        for item in named:
            assert item.model.id.hex in refused.value.message
        assert "offers from 0.072 MOR/h" in refused.value.message
        for item in named:
            assert await self.wish(demo, item.model.id.hex) == item.model.id

    async def test_a_pin_decides_between_them(self, demo: DemoStack) -> None:
        mine, theirs = sorted(
            await demo.stack.market.named("Guide"), key=lambda item: len(item.offers)
        )
        bid = theirs.offers[0].view.bid
        wish = await wish_for(demo.stack, ModelName.parse(f"Guide@{bid.id.hex}"))
        assert (wish.model_id, wish.bid_id) == (theirs.model.id, bid.id)
        own = mine.offers[0].view.bid.provider
        assert await self.wish(demo, f"Guide@{own.hex}") == mine.model.id
        for pin in (BID, PROVIDER):
            with pytest.raises(BidNotFoundError):
                await self.wish(demo, f"Guide@{pin}")

    async def test_unknown_names_are_not_found(self, demo: DemoStack) -> None:
        for text in ("nobody", BID):
            with pytest.raises(ModelNotFoundError):
                await self.wish(demo, text)

    async def test_an_open_session_decides_too(self, demo: DemoStack) -> None:
        theirs = max(await demo.stack.market.named("Guide"), key=lambda item: len(item.offers))
        quote = await demo.stack.quotes.quote(QuoteOrder(model_id=theirs.model.id))
        async for _ in demo.stack.opener.open(demo.stack.quotes.take(quote.id)):
            pass
        assert await self.wish(demo, "GUIDE") == theirs.model.id
