"""A demo chain with the demo's market, and everything of `node.chain` that works on it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from node.chain.calls import ContractCalls
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import Network, demo_network
from node.chain.rpc.endpoint import LocalRpc
from node.chain.transactions import WalletTransactions
from node.core.ports import Call
from node.core.records import Receipt
from node.devnet.accounts import CONSUMER
from node.devnet.chain import Devnet
from node.devnet.demo import DEMO_PROVIDERS, DemoMarket, open_market
from node.wallet.signer import KeySigner


class CountingRpc:
    """Counts requests by method; `fail` replaces the answer of a method by an error, once each."""

    def __init__(self, devnet: Devnet) -> None:
        self._rpc = LocalRpc(devnet)
        self.methods: list[str] = []
        self.fail: dict[str, list[Exception]] = {}

    async def request(self, method: str, params: Any) -> Any:
        self.methods.append(method)
        if self.fail.get(method):
            raise self.fail[method].pop(0)
        return await self._rpc.request(method, params)


@dataclass
class Chain:
    devnet: Devnet
    market: DemoMarket
    rpc: CountingRpc
    network: Network
    head: ChainHead
    marketplace: ContractMarketplace
    calls: ContractCalls
    lanes: dict[int, WalletTransactions] = field(default_factory=dict)

    def signer(self, index: int = CONSUMER) -> KeySigner:
        return KeySigner(self.devnet.accounts[index].private_key)

    def lane(self, index: int = CONSUMER) -> WalletTransactions:
        """The one lane of a well-known account."""
        if index not in self.lanes:
            self.lanes[index] = WalletTransactions(
                self.rpc, self.network, self.head, self.devnet.clock
            )
        return self.lanes[index]

    async def send(self, call: Call, index: int = CONSUMER) -> Receipt:
        lane = self.lane(index)
        async with lane.lane():
            prepared = await lane.prepare(call, self.signer(index))
            await lane.broadcast(prepared.signed.raw)
        return await lane.wait(prepared.signed.tx_hash, timeout_s=10)


async def _start() -> tuple[Devnet, DemoMarket]:
    devnet = await Devnet.start()
    endpoints = {item.key: f"127.0.0.1:{4000 + n}" for n, item in enumerate(DEMO_PROVIDERS)}
    return devnet, await open_market(devnet, endpoints)


@pytest.fixture(scope="session")
def demo() -> Iterator[tuple[Devnet, DemoMarket]]:
    """One demo chain for all tests; `chain` rewinds it after each."""
    devnet, market = asyncio.run(_start())
    yield devnet, market
    asyncio.run(devnet.aclose())


@pytest.fixture
async def chain(demo: tuple[Devnet, DemoMarket]) -> AsyncIterator[Chain]:
    devnet, market = demo
    rpc = CountingRpc(devnet)
    network = demo_network(
        marketplace=devnet.marketplace_address,
        token=devnet.token_address,
        multicall=devnet.multicall_address,
    )
    head = ChainHead(rpc, devnet.clock)
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    yield Chain(
        devnet=devnet,
        market=market,
        rpc=rpc,
        network=network,
        head=head,
        marketplace=ContractMarketplace(rpc, network, head, devnet.clock),
        calls=ContractCalls(network),
    )
    await devnet.request("evm_revert", [snapshot])
    await devnet.hold_transactions(False)
