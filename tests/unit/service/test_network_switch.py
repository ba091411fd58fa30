"""Exchanging the network in use, also when the next one does not open."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from node.core.errors import StorageError
from node.core.events import MarketChanged, NodeEvent, WalletChanged
from node.core.tasks import TaskScope
from node.service.local import LocalNode, open_node
from tests.unit.service.conftest import node_options

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
CUSTOM = {
    "ETH_NODE_ADDRESS": "http://127.0.0.1:9",
    "ETH_NODE_CHAIN_ID": "31337",
    "DIAMOND_CONTRACT_ADDRESS": ADDRESS,
    "MOR_TOKEN_ADDRESS": ADDRESS,
}


class Seen:
    """What the node published."""

    def __init__(self, node: LocalNode) -> None:
        self._node = node
        self._events: asyncio.Queue[NodeEvent] = asyncio.Queue()

    async def run(self) -> None:
        async with aclosing(self._node.system.events()) as events:
            async for event in events:
                self._events.put_nowait(event)

    async def next(self, kind: type[NodeEvent]) -> None:
        async with asyncio.timeout(10):
            while not isinstance(await self._events.get(), kind):
                pass


async def test_one_that_does_not_open_leaves_none_and_everybody_hears_of_it(
    tmp_path: Path,
) -> None:
    async with open_node(node_options(tmp_path, **CUSTOM)) as node, TaskScope("seen") as tasks:
        seen = Seen(node)
        tasks.spawn(seen.run(), name="events")
        (node.dirs.state / "demo-journal.db").mkdir(parents=True)
        assert (await node.system.status()).network is not None
        with pytest.raises(StorageError, match="journal of the last demo"):
            await node.system.select_network("demo")
        assert (await node.system.status()).network is None
        await seen.next(WalletChanged)
        await seen.next(MarketChanged)
        (node.dirs.state / "demo-journal.db").rmdir()
        status = await node.system.select_network("demo")
        assert status.network is not None
        assert status.network.is_demo
        await seen.next(WalletChanged)
