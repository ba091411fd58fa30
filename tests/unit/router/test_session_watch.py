"""What another program does with the wallet's sessions is noticed from the chain's logs."""

import asyncio
from http import HTTPStatus
from pathlib import Path

import orjson
import pytest

from node.chain.watcher import LogPlace, SessionChange, SessionEvent
from node.core.events import MarketChanged, NodeEvent, SessionChanged
from node.core.ids import Address, SessionId, TxHash
from node.core.tasks import TaskScope
from node.devnet.chain import Devnet
from node.devnet.http_message import Request
from node.devnet.server import DevnetServer
from node.router.session_watch import tell_provider
from node.service.local import LocalNode, open_node
from node.store.journal import journal_database
from node.store.log_cursors import LogCursor, LogCursors
from tests.support.mortal_consumer import open_session, options
from tests.support.small_market import CONSUMER, PROVIDER, SmallMarket, open_small_market

pytestmark = pytest.mark.chain


class Heard:
    """Events of a node since this was made."""

    def __init__(self, node: LocalNode, scope: TaskScope) -> None:
        self._items: list[NodeEvent] = []
        self._more = asyncio.Condition()
        scope.spawn(self._listen(node), name="listen")

    async def _listen(self, node: LocalNode) -> None:
        async for item in node.system.events():
            async with self._more:
                self._items.append(item)
                self._more.notify_all()

    async def session(self, *states: str) -> None:
        """Wait until a session came into one of these states."""
        async with asyncio.timeout(20), self._more:
            await self._more.wait_for(
                lambda: any(
                    isinstance(item, SessionChanged) and item.state in states
                    for item in self._items
                )
            )

    async def market(self) -> None:
        async with asyncio.timeout(20), self._more:
            await self._more.wait_for(
                lambda: any(isinstance(item, MarketChanged) for item in self._items)
            )


async def test_another_program_opens_and_closes_a_session(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market, TaskScope("test") as scope:
        environment = market.environment(CONSUMER, ETH_NODE_POLLING_INTERVAL="100ms")
        here, there = (options(str(tmp_path / name), environment) for name in ("here", "there"))
        async with open_node(here) as mine, open_node(there) as other:
            heard = Heard(mine, scope)
            session = await open_session(other, market.model_id)
            await heard.session("active")
            assert (await mine.sessions.get(session.id)).state == "active"
            await other.sessions.close(session.id)
            await heard.session("closed", "settled")
            assert (await mine.sessions.get(session.id)).state == "closed"


async def test_offers_changed_by_another_program_of_the_provider_are_noticed(
    tmp_path: Path,
) -> None:
    async with open_small_market(tmp_path) as market, TaskScope("test") as scope:
        environment = market.environment(PROVIDER, ETH_NODE_POLLING_INTERVAL="100ms")
        async with open_node(options(str(tmp_path / "window"), environment)) as window:
            heard = Heard(window, scope)
            await market.provider.provider.delete_bid(market.bid_id)
            await heard.market()


class Recording(DevnetServer):
    """Notes the first block of each log query."""

    def __init__(self, devnet: Devnet) -> None:
        super().__init__(devnet)
        self.first_blocks: list[int] = []
        self.asked = asyncio.Event()

    async def _respond(self, request: Request) -> tuple[HTTPStatus, bytes]:
        body = orjson.loads(request.body)
        if body["method"] == "eth_getLogs":
            self.first_blocks.append(int(body["params"][0]["fromBlock"], 16))
            self.asked.set()
        return await super()._respond(request)


async def cursor_of(market: SmallMarket, home: Path) -> LogCursor | None:
    async with journal_database(home / "data" / "journal.db") as database:
        return await LogCursors(database).get(
            market.chain.chain_id,
            market.chain.marketplace_address,
            Address(market.account(CONSUMER).address.raw),
        )


async def test_the_next_start_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    home = tmp_path / "here"
    async with open_small_market(tmp_path) as market, Recording(market.chain) as server:
        environment = market.environment(
            CONSUMER, ETH_NODE_POLLING_INTERVAL="100ms", ETH_NODE_ADDRESS=server.url
        )
        chosen = options(str(home), environment)
        async with open_node(chosen) as node:
            await open_session(node, market.model_id)
            await server.asked.wait()
        kept = await cursor_of(market, home)
        assert kept is not None
        await market.provider.provider.delete_bid(market.bid_id)
        server.first_blocks.clear()
        server.asked.clear()
        async with open_node(chosen):
            async with asyncio.timeout(10):
                await server.asked.wait()
        assert server.first_blocks[0] <= kept.block + 1


class Told:
    """Stands for the provider side: notes what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def session_opened(self, session_id: SessionId) -> None:
        self.calls.append("opened")

    def session_closed(self, session_id: SessionId) -> None:
        self.calls.append("closed")


@pytest.mark.parametrize(
    ("change", "removed", "told"),
    [
        (SessionChange.OPENED, False, "opened"),
        (SessionChange.CLOSED, False, "closed"),
        (SessionChange.OPENED, True, "closed"),
        (SessionChange.CLOSED, True, "opened"),
    ],
)
def test_a_change_that_vanished_from_the_chain_is_told_as_its_opposite(
    change: SessionChange, removed: bool, told: str
) -> None:
    event = SessionEvent(
        place=LogPlace(block=7, block_hash=bytes(32), tx_hash=TxHash(bytes(32)), log_index=0),
        change=change,
        session_id=SessionId(bytes([1]) * 32),
        user=Address(bytes([2]) * 20),
        provider=Address(bytes([3]) * 20),
        removed=removed,
    )
    provider = Told()
    tell_provider(provider, event)
    assert provider.calls == [told]
