"""The list of sessions says of each what looking at it alone says, and is read in few steps."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.ids import SessionId
from node.core.ports import PromptStats
from node.service.dto import QuoteRequest, SessionView
from node.store.journal_records import SessionPurpose
from tests.support.money import Money, demo_money
from tests.support.stacks import DemoStack, open_demo_stack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("views")) as opened:
        yield opened


@pytest.fixture
def money(demo: DemoStack, tmp_path: Path) -> Money:
    return demo_money(demo, tmp_path)


async def opened(money: Money, demo: DemoStack) -> SessionView:
    model = await demo.guide()
    quote = await money.sessions.quote(QuoteRequest(model_id=model.id.hex, duration_s=3600))
    steps = [step async for step in money.sessions.open(quote.id)]
    assert steps[-1].session is not None
    return steps[-1].session


async def test_each_is_listed_as_it_is_looked_at(demo: DemoStack, money: Money) -> None:
    first, second, third = [await opened(money, demo) for _ in range(3)]
    stats = PromptStats(ttft_ms=1, duration_ms=2, input_tokens=3, output_tokens=4)
    await demo.stack.stats.add(SessionId.parse(first.id), "consumer", stats)
    await demo.stack.stats.add(SessionId.parse(first.id), "provider", stats)
    journal = demo.stack.wallet.journal
    entry = await journal.entry(third.intent_id)
    assert entry is not None
    await journal.save(replace(entry, follows=second.intent_id, purpose=SessionPurpose.FAILOVER))
    await money.sessions.close(first.id)
    listed = await money.sessions.list()
    assert listed == tuple([await money.sessions.get(item.id) for item in listed])
    by_id = {item.id: item for item in listed}
    assert [item.id for item in listed] == [third.id, second.id, first.id]
    assert (by_id[first.id].prompts, by_id[first.id].tokens) == (1, 4)
    assert by_id[third.id].follows == second.id
    assert by_id[second.id].replaced_by == third.id


async def test_usable_are_those_that_answer_now(demo: DemoStack, money: Money) -> None:
    before = len(await money.sessions.usable())
    session = await opened(money, demo)
    usable = await money.sessions.usable()
    assert len(usable) == before + 1
    assert usable[0].model_name == session.model_name
    assert usable[0].provider.checksum == session.provider
    assert usable[0].opened_at == session.opened_at
    await money.sessions.close(session.id)
    assert len(await money.sessions.usable()) == before
    await opened(money, demo)
    await demo.world.devnet.advance_to(demo.world.devnet.timestamp + 3600 + 10)
    assert await money.sessions.usable() == (), "an ended one does not answer"
