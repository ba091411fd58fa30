"""A life with a network of one's own: sessions and money there hold it, and outlive it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import pytest
import pytest_asyncio

from node.core.errors import SessionNotFoundError, TxStuckError, UserInputError
from node.devnet.accounts import CONSUMER
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.router import sending
from node.service.dto import QuoteRequest, SessionView
from node.service.local import LocalNode, open_node
from tests.support.own_networks import own_draft
from tests.support.small_market import SmallMarket, open_small_market
from tests.support.truth import recovered
from tests.unit.service.conftest import node_options

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = "0x" + "5A" * 20


@dataclass
class Place:
    """A node with a marketplace of its own, and another network to go to."""

    market: SmallMarket
    node: LocalNode

    async def add(self) -> None:
        await self.node.system.add_network(own_draft(self.market.chain, self.market.url))

    async def go(self, name: str) -> None:
        await self.node.system.select_network(name)

    async def opened(self) -> SessionView:
        request = QuoteRequest(model_id=self.market.model_id, duration_s=3600)
        quote = await self.node.sessions.quote(request)
        async with aclosing(self.node.sessions.open(quote.id)) as steps:
            found = [step.session async for step in steps][-1]
        assert found is not None
        return found

    async def settled(self) -> None:
        """Return when what the node does by itself is done."""
        await recovered(self.node.wallet._stacks.require())

    async def refusal(self) -> str:
        with pytest.raises(UserInputError) as caught:
            await self.node.system.remove_network("my-net")
        assert caught.value.code == "network.open"
        assert "my-net" in {item.name for item in await self.node.system.networks()}
        return caught.value.message


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("own")
    async with (
        open_small_market(folder) as market,
        await Devnet.start(chain_id=4711) as lab,
        DevnetServer(lab) as server,
    ):
        key = "0x" + market.account(CONSUMER).private_key.hex()
        options = node_options(folder / "user", WALLET_PRIVATE_KEY=key)
        async with open_node(options) as node:
            found = Place(market, node)
            await found.add()
            await node.system.add_network(own_draft(lab, server.url, name="lab", title="Lab"))
            yield found


async def test_an_open_session_holds_its_network_and_is_found_again(place: Place) -> None:
    await place.go("my-net")
    session = await place.opened()
    await place.go("lab")
    assert await place.node.sessions.list() == (), "sessions are those of the network in use"
    with pytest.raises(SessionNotFoundError):
        await place.node.sessions.get(session.id)
    assert "1 session" in await place.refusal()

    await place.go("my-net")
    await place.node.sessions.close(session.id)
    await place.go("lab")
    assert "1 session" in await place.refusal(), "its stake is held until after midnight"

    await place.market.chain.skip_to_midnight()
    await place.market.chain.mine()
    await place.go("my-net")
    await place.node.wallet.withdraw_released()
    await place.settled()
    await place.go("lab")
    await place.node.system.remove_network("my-net")
    await place.add()
    await place.go("my-net")
    (found,) = await place.node.sessions.list()
    assert found.id == session.id
    assert (await place.node.sessions.get(session.id)).id == session.id
    history = await place.node.wallet.transactions(0, 20)
    assert len(history) >= 2, "what happened there is told again"


async def test_money_on_its_way_holds_the_only_network_of_its_chain(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.3)
    await place.go("my-net")
    chain = place.market.chain
    await chain.hold_transactions(True)
    draft = await place.node.wallet.draft_send("MOR", FRIEND, 5)
    with pytest.raises(TxStuckError):
        await place.node.wallet.send(draft.id)
    await place.go("lab")
    assert "1 transaction" in await place.refusal()
    await chain.hold_transactions(False)
    await chain.mine()
    await place.go("my-net")
    await place.settled()
    await place.go("lab")
    await place.node.system.remove_network("my-net")
