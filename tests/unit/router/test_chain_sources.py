"""Opening and paying with three chain servers of which some lie about money."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.core.errors import SourcesDisagreeError
from node.core.units import Mor
from node.router.holdings import holdings_of
from node.router.quotes import QuoteOrder, SessionQuote
from node.store.journal_records import SessionState
from tests.support.faulty_rpc import SEND, FaultyServer, open_faulty_world, open_user
from tests.support.stacks import DemoStack
from tests.support.truth import assert_settled, close_all

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
RICH = hex(10**30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    demo: DemoStack
    servers: tuple[FaultyServer, FaultyServer, FaultyServer]

    async def quote(self) -> SessionQuote:
        model = await self.demo.guide()
        order = QuoteOrder(model_id=model.id, duration_s=600)
        return await self.demo.stack.quotes.quote(order)

    def sent(self) -> int:
        return sum(server.seen.count(SEND) for server in self.servers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Sources, None]:
    folder: Path = tmp_path_factory.mktemp("sources")
    async with AsyncExitStack() as cleanup:
        world, first = await cleanup.enter_async_context(open_faulty_world(folder))
        second = await cleanup.enter_async_context(FaultyServer(world.devnet))
        third = await cleanup.enter_async_context(FaultyServer(world.devnet))
        demo = await cleanup.enter_async_context(open_user(world, first, folder, second, third))
        yield Sources(demo=demo, servers=(first, second, third))


@pytest_asyncio.fixture(loop_scope="module")
async def sources(opened: Sources) -> AsyncGenerator[Sources, None]:
    """Three honest servers at the start and at the end; afterwards everything must settle."""
    yield opened
    for server in opened.servers:
        server.bend = None
    await opened.demo.stack.chain.sources.require_agreement()
    await close_all(opened.demo.stack)
    await assert_settled(opened.demo.stack)


def richer(amount: str) -> Any:
    return lambda method, result: amount if method == "eth_getBalance" else result


@pytest.mark.parametrize("liar", [0, 1, 2])
async def test_a_session_is_opened_at_the_true_price_beside_a_liar(
    sources: Sources, liar: int
) -> None:
    def halved(method: str, result: Any) -> Any:
        """Every number in contract answers changed, where one is."""
        if method == "eth_call" and len(result) > 66:
            return result[:-66] + "7" + result[-65:]
        return richer(RICH)(method, result)

    truth = await sources.quote()
    sources.servers[liar].bend = halved
    quote = await sources.quote()
    assert (quote.plan.stake, quote.balances.eth) == (truth.plan.stake, truth.balances.eth)
    stack = sources.demo.stack
    steps = [step async for step in stack.opener.open(stack.quotes.take(quote.id))]
    entry = steps[-1].entry
    assert entry.state is SessionState.ACTIVE
    assert entry.session_id is not None
    on_chain = await stack.chain.market.session(entry.session_id)
    assert on_chain.stake == truth.plan.stake


async def test_without_a_majority_nothing_is_quoted_signed_or_sent(sources: Sources) -> None:
    stack = sources.demo.stack
    sources.servers[0].bend, sources.servers[1].bend = richer(RICH), richer("0x1")
    before = sources.sent()
    with pytest.raises(SourcesDisagreeError) as caught:
        await sources.quote()
    assert len(caught.value.details["values"]) == 3
    with pytest.raises(SourcesDisagreeError):
        await holdings_of(stack.chain.market, stack.wallet.address)
    with pytest.raises(SourcesDisagreeError):
        await stack.sender.send_alone(stack.chain.calls.approve(Mor(1)))
    assert sources.sent() == before
    sources.servers[0].bend = None
    assert (await sources.quote()).problems == ()
    await stack.sender.send_alone(stack.chain.calls.approve(Mor(0)))
    assert stack.chain.sources.disagreements == ()
