"""Each row of bad input about stakes and lengths of sessions: its words, and what to do."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import (
    BidNotFoundError,
    InvalidDurationError,
    QuoteExpiredError,
    SessionTooShortError,
    UserInputError,
)
from node.service.dto import QuoteRequest
from tests.support.money import Money, demo_money
from tests.support.stacks import DemoStack, open_demo_stack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("stakes")) as opened:
        yield opened


@pytest.fixture
def money(demo: DemoStack, tmp_path: Path) -> Money:
    return demo_money(demo, tmp_path)


async def test_a_stake_far_above_the_usual(demo: DemoStack, money: Money) -> None:
    model = await demo.guide()
    held = (await money.wallet.overview()).wallet
    stake = held * 92 // 100 // 10**18 * 10**18
    quote = await money.sessions.quote(QuoteRequest(model_id=model.id.hex, stake=stake))
    (warning,) = quote.warnings
    assert warning.text == f"This locks {stake // 10**18} MOR: 92 % of your balance."
    assert warning.hint == "Choose a shorter time or a cheaper offer."
    assert quote.needs_typed == str(stake // 10**18)
    with pytest.raises(UserInputError) as caught:
        await anext(money.sessions.open(quote.id, typed="1"))
    assert caught.value.message == f"Type {quote.needs_typed} to go on."
    assert caught.value.hint == "It is the amount. Nothing was sent."


async def test_more_than_there_is(demo: DemoStack, money: Money) -> None:
    model = await demo.guide()
    held = (await money.wallet.overview()).wallet
    request = QuoteRequest(model_id=model.id.hex, stake=held + 10**18)
    quote = await money.sessions.quote(request)
    assert [item.code for item in quote.problems] == ["funds.not_enough_mor"]
    assert quote.problems[0].message and quote.problems[0].hint
    assert quote.max_affordable_s > 0


async def test_a_session_shorter_or_longer_than_the_contract_allows(
    demo: DemoStack, money: Money
) -> None:
    model = (await demo.guide()).id.hex
    with pytest.raises(SessionTooShortError) as short:
        await money.sessions.quote(QuoteRequest(model_id=model, duration_s=299))
    assert short.value.message == "A session lasts at least 5 minutes."
    assert short.value.hint == "Choose a longer time."
    longest = (await demo.stack.chain.market.economy()).max_session_s
    with pytest.raises(InvalidDurationError) as long:
        await money.sessions.quote(QuoteRequest(model_id=model, duration_s=longest + 1))
    assert long.value.message == f"A session lasts at most {longest // 3600} hours."
    assert long.value.hint == "Choose a shorter time."


async def test_an_offer_that_is_gone(money: Money) -> None:
    with pytest.raises(BidNotFoundError) as caught:
        await money.sessions.quote(QuoteRequest(bid_id="0x" + "12" * 32, duration_s=600))
    assert caught.value.message


async def test_a_quote_that_is_no_longer_up_to_date(demo: DemoStack, money: Money) -> None:
    model = await demo.guide()
    quote = await money.sessions.quote(QuoteRequest(model_id=model.id.hex, duration_s=600))
    await demo.world.devnet.advance_to(quote.expires_at + 1)
    with pytest.raises(QuoteExpiredError) as caught:
        await anext(money.sessions.open(quote.id))
    assert caught.value.hint == "Look at the amounts again; nothing was sent."
