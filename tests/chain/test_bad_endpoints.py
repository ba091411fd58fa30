"""Endpoints that lag, refuse, hang or answer nonsense: the right value, or a clean error."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from node.chain.calls import ContractCalls
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import Network, demo_network
from node.chain.rpc import pool as pool_module
from node.chain.rpc import sources as sources_module
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.overview import ChainSources
from node.chain.rpc.pool import RpcPool
from node.chain.transactions import WalletTransactions
from node.core.errors import ChainError
from node.core.http_client import open_http_client
from node.core.ids import Address
from node.core.units import Mor
from node.devnet.accounts import CONSUMER
from node.devnet.chain import Devnet
from node.wallet.signer import KeySigner
from tests.support.faulty_rpc import Fault, FaultyServer

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = Address(b"\x5a" * 20)
SILENCE_S = 1.5
IN_TIME_S = 30.0
FAULTS = [item for item in Fault if item is not Fault.OTHER_CHAIN]


@dataclass(frozen=True)
class Place:
    devnet: Devnet
    servers: tuple[FaultyServer, ...]
    network: Network


@dataclass(frozen=True)
class User:
    market: ContractMarketplace
    lane: WalletTransactions
    signer: KeySigner
    calls: ContractCalls

    async def mor(self) -> Mor:
        return (await self.market.balances(self.signer.address)).mor

    async def send(self, amount: Mor) -> Mor:
        """Send MOR; returns what arrived by the receipt."""
        call = self.calls.send_mor(FRIEND, amount)
        async with self.lane.lane():
            prepared = await self.lane.prepare(call, self.signer)
            await self.lane.broadcast(prepared.signed.raw)
        receipt = await self.lane.wait(prepared.signed.tx_hash, timeout_s=20)
        return receipt.transfers[0][2]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncGenerator[Place, None]:
    async with AsyncExitStack() as cleanup:
        devnet = await cleanup.enter_async_context(await Devnet.start())
        servers = [await cleanup.enter_async_context(FaultyServer(devnet)) for _ in range(3)]
        network = demo_network(
            marketplace=devnet.marketplace_address,
            token=devnet.token_address,
            multicall=devnet.multicall_address,
        )
        for _ in range(220):
            await devnet.mine()
        # Each block took a second: without this the clock would be behind the chain.
        await devnet.advance_to(devnet.timestamp + 240)
        yield Place(devnet, tuple(servers), network)


@pytest_asyncio.fixture(loop_scope="module")
async def user(place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[User, None]:
    """A fresh node over the three servers; ports of this computer stand for operators."""
    monkeypatch.setattr(pool_module, "_FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(pool_module, "_FIRST_LIMIT_PAUSE_S", 0.05)
    assert len(place.servers) == sources_module.MIN_OPERATORS
    async with open_http_client(read_timeout_s=5.0) as client:
        clock = place.devnet.clock
        endpoints = [HttpRpc(client, item.url, timeout_s=SILENCE_S) for item in place.servers]
        pool = RpcPool(endpoints, chain_id=place.network.chain_id, clock=clock)
        sources, head = ChainSources(pool, clock), ChainHead(pool, clock)
        assert sources.quorum is not None
        yield User(
            market=ContractMarketplace(pool, place.network, head, clock, sources.quorum),
            lane=WalletTransactions(
                pool,
                place.network,
                head,
                clock,
                may_sign=sources.require_agreement,
                quorum=sources.quorum,
            ),
            signer=KeySigner(place.devnet.accounts[CONSUMER].private_key),
            calls=ContractCalls(place.network),
        )
    for server in place.servers:
        server.heal()
        server.lag = 0


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("which", [0, 2])
async def test_one_of_three_is_not_noticed(
    place: Place, user: User, fault: Fault, which: int
) -> None:
    before = await user.mor()
    place.servers[which].break_(fault)
    assert await user.send(Mor(3)) == Mor(3)
    assert await user.mor() == before - Mor(3)


@pytest.mark.parametrize("lag", [1, 5, 15, 16, 50, 200])
@pytest.mark.parametrize("which", [0, 2])
async def test_one_that_lags_does_not_tell_what_was_before(
    place: Place, user: User, lag: int, which: int
) -> None:
    before = await user.mor()
    place.servers[which].lag = lag
    assert await user.send(Mor(2)) == Mor(2)
    assert await user.mor() == before - Mor(2)


@pytest.mark.parametrize("fault", FAULTS)
async def test_three_of_three_end_in_a_clean_error_in_time(
    place: Place, user: User, fault: Fault
) -> None:
    for server in place.servers:
        server.break_(fault)
    began = time.monotonic()
    with pytest.raises(ChainError) as caught:
        await user.send(Mor(1))
    assert time.monotonic() - began < IN_TIME_S
    assert caught.value.message
    assert "<html" not in caught.value.message
