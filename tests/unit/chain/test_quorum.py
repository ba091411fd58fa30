"""One lying endpoint of three changes nothing that is signed; without a majority nothing is."""

import asyncio
import json
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.health import LAG_LIMIT, EndpointState
from node.chain.rpc.overview import ChainSources
from node.chain.rpc.pool import RpcPool, open_pool
from node.chain.rpc.sources import operator_of
from node.chain.transactions import WalletTransactions
from node.core.clock import FakeClock
from node.core.errors import (
    BidNotFoundError,
    ChainError,
    RpcUnavailableError,
    SourcesDisagreeError,
)
from node.core.http_client import open_http_client
from node.core.ids import BidId
from node.core.units import Mor
from tests.unit.chain.nodes import RpcServer, http
from tests.unit.chain.sessions import USER

pytestmark = pytest.mark.chain


class Server(RpcServer):
    """An endpoint of the demo chain; `lie` changes its answers, `dead` refuses them."""

    def __init__(self, chain):
        super().__init__(lambda request: self._answered(chain, request), chain_id=0)
        self.lie = lambda request, answer: None
        self.dead = False

    async def _answered(self, chain, request):
        if self.dead:
            return http("down", "503 Service Unavailable")
        answer = await chain.devnet.handle(request)
        self.lie(request, answer)
        return http(json.dumps(answer))


def richer(number):
    """Another ETH balance than the chain's."""

    def lie(request, answer):
        if request["method"] == "eth_getBalance":
            answer["result"] = hex(number)

    return lie


class Pinned:
    """The demo chain itself, as it was at one block: it makes new ones now and then."""

    def __init__(self, chain, number):
        self._chain = chain
        self._number = number

    async def request(self, method, params):
        if method == "eth_getBlockByNumber":
            params = [hex(self._number), False]
        return await self._chain.rpc.request(method, params)


def truth_at(chain, number):
    rpc, clock = Pinned(chain, number), chain.devnet.clock
    return ContractMarketplace(rpc, chain.network, ChainHead(rpc, clock), clock)


class Three:
    def __init__(self, chain, servers, pool, sources):
        self.servers = servers
        self.pool = pool
        self.sources = sources
        self.head = ChainHead(pool, chain.devnet.clock)
        self.market = ContractMarketplace(
            pool, chain.network, self.head, chain.devnet.clock, sources.quorum
        )
        self.lane = WalletTransactions(
            pool,
            chain.network,
            self.head,
            chain.devnet.clock,
            may_sign=sources.require_agreement,
        )

    def states(self):
        return [item.state for item in self.pool.health()]

    def asked(self, method):
        return [server.methods.count(method) for server in self.servers]


@pytest.fixture
async def three(chain):
    async with AsyncExitStack() as stack:
        servers = [Server(chain) for _ in range(3)]
        for server in servers:
            await stack.enter_async_context(server.running())
        client = await stack.enter_async_context(open_http_client())
        network = replace(chain.network, rpc_urls=tuple(server.url for server in servers))
        pool = open_pool(network, client, chain.devnet.clock)
        yield Three(chain, servers, pool, ChainSources(pool, chain.devnet.clock))


async def test_two_of_three_endpoints_are_asked_when_they_agree(chain, three):
    own = chain.signer(USER).address
    found = await three.market.balances(own)
    assert found == await truth_at(chain, found.block).balances(own)
    assert three.asked("eth_getBalance") == [1, 1, 0]


@pytest.mark.parametrize("liar", [0, 1])
async def test_a_third_decides_between_two_answers(chain, three, liar):
    three.servers[liar].lie = richer(10**30)
    own = chain.signer(USER).address
    found = await three.market.balances(own)
    assert found == await truth_at(chain, found.block).balances(own)
    assert three.states()[liar] is EndpointState.DISAGREES
    before = three.asked("eth_getBalance")[liar]
    await three.market.balances(own)
    assert three.asked("eth_getBalance")[liar] == before


async def test_without_a_majority_both_values_are_told_and_nothing_is_signed(chain, three):
    own = chain.signer(USER).address
    truth = await chain.marketplace.balances(own)
    three.servers[1].lie, three.servers[2].lie = richer(10**30), richer(10**31)
    with pytest.raises(SourcesDisagreeError, match="disagree about your balance") as caught:
        await three.market.balances(own)
    values = {item["source"]: item["value"] for item in caught.value.details["values"]}
    assert set(values) == {item.name for item in three.pool.health()}
    assert len(set(values.values())) == 3
    assert three.sources.disagreements == (caught.value,)
    with pytest.raises(SourcesDisagreeError):
        await three.lane.prepare(chain.calls.approve(Mor(1)), chain.signer(USER))
    three.servers[2].lie = lambda request, answer: None
    prepared = await three.lane.prepare(chain.calls.approve(Mor(1)), chain.signer(USER))
    assert prepared.signed.raw
    assert three.sources.disagreements == ()
    assert (await three.market.balances(own)).eth == truth.eth


async def test_a_false_time_of_a_block_does_not_reach_the_figures(chain, three):
    def lie(request, answer):
        if request["method"] == "eth_getBlockByNumber":
            answer["result"]["timestamp"] = hex(int(answer["result"]["timestamp"], 16) + 86_400)

    three.servers[0].lie = lie
    found = await three.market.economy()
    assert found == await truth_at(chain, found.block).economy()
    assert three.states()[0] is EndpointState.DISAGREES


@pytest.mark.parametrize("ahead", [-1, 5, 10**6])
async def test_a_false_height_costs_nothing_but_its_giver(chain, three, ahead):
    def lie(request, answer):
        if request["params"][:1] == ["latest"] and request["method"] == "eth_getBlockByNumber":
            answer["result"]["number"] = hex(int(answer["result"]["number"], 16) + ahead)

    three.servers[0].lie = lie
    own = chain.signer(USER).address
    found = await three.market.balances(own)
    assert found == await truth_at(chain, found.block).balances(own)


async def test_own_transactions_are_in_what_is_read_afterwards(chain, three):
    receipt = await chain.send(chain.calls.approve(Mor(77)))
    three.head.observe_own(receipt.block)
    balances = await three.market.balances(chain.signer(USER).address)
    assert (balances.allowance, balances.block >= receipt.block) == (Mor(77), True)


async def test_a_refusal_that_all_give_is_the_answer(three):
    with pytest.raises(BidNotFoundError):
        await three.market.bid(BidId(bytes([9]) * 32))
    assert three.sources.disagreements == ()


async def test_one_endpoint_left_of_three_is_not_believed(chain, three):
    three.servers[0].dead = three.servers[2].dead = True
    with pytest.raises(RpcUnavailableError) as caught:
        await three.market.balances(chain.signer(USER).address)
    assert caught.value.code == "chain.no_quorum"
    three.servers[2].dead = False
    await three.market.balances(chain.signer(USER).address)


async def test_two_endpoints_are_read_as_one(chain):
    async with AsyncExitStack() as stack:
        servers = [Server(chain), Server(chain)]
        for server in servers:
            await stack.enter_async_context(server.running())
        client = await stack.enter_async_context(open_http_client())
        network = replace(chain.network, rpc_urls=tuple(server.url for server in servers))
        pool = open_pool(network, client, chain.devnet.clock)
        found = Three(chain, servers, pool, ChainSources(pool, chain.devnet.clock))
        await found.market.balances(chain.signer(USER).address)
        assert found.sources.quorum is None
        assert found.asked("eth_getBalance") == [1, 0]


async def hang():
    await asyncio.Event().wait()
    return b""


def lagging(blocks):
    """The newest block is some blocks back; older ones are known."""

    async def answered(chain, request):
        if request["params"][:1] == ["latest"] and request["method"] == "eth_getBlockByNumber":
            head = await chain.devnet.handle({**request, "params": ["latest", False]})
            number = max(int(head["result"]["number"], 16) - blocks, 0)
            request = {**request, "params": [hex(number), False]}
        return http(json.dumps(await chain.devnet.handle(request)))

    return answered


FAULTS = {
    "lags 1": lagging(1),
    "lags 200": lagging(200),
    "429": lambda chain, request: http("", "429 Too Many Requests", "retry-after: 60\r\n"),
    "500": lambda chain, request: http("{}", "500 Internal Server Error"),
    "html": lambda chain, request: http("<html>maintenance</html>"),
    "10 MiB": lambda chain, request: http(b'{"result":"' + b"0" * (10 << 20) + b'"}'),
    "hang": lambda chain, request: hang(),
    "wrong id": lambda chain, request: http('{"jsonrpc":"2.0","id":99,"result":"0x1"}'),
    "truncated": lambda chain, request: http('{"jsonrpc":"2.0","id":1,"resu'),
    "wrong chain": lambda chain, request: http(
        json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": "0x1"})
    ),
    "cut": lambda chain, request: b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{",
}


@pytest.mark.parametrize("name", FAULTS)
async def test_money_is_read_right_beside_one_broken_endpoint(chain, name):
    """The broken one is the first in the settings, so the one that is asked first."""
    own = chain.signer(USER).address
    for _ in range(LAG_LIMIT + 2):
        await chain.devnet.request("evm_mine")
    async with AsyncExitStack() as stack:
        broken = RpcServer(lambda request: FAULTS[name](chain, request), chain_id=0)
        servers = [broken, Server(chain), Server(chain)]
        for server in servers:
            await stack.enter_async_context(server.running())
        client = await stack.enter_async_context(open_http_client())
        endpoints = [HttpRpc(client, server.url) for server in servers]
        clock = chain.devnet.clock
        pool = RpcPool(endpoints, chain_id=chain.devnet.chain_id, clock=clock, attempt_s=0.4)
        found = Three(chain, servers, pool, ChainSources(pool, clock))
        async with asyncio.timeout(10):
            balances = await found.market.balances(own)
            economy = await found.market.economy()
        assert balances == await truth_at(chain, balances.block).balances(own)
        assert economy == await truth_at(chain, economy.block).economy()
        assert found.sources.disagreements == ()


def test_endpoints_of_one_operator_are_one_voice():
    assert operator_of("base.publicnode.com") == operator_of("base-rpc.publicnode.com")
    assert operator_of("mainnet.base.org") != operator_of("1rpc.io")
    assert operator_of("127.0.0.1:8545") != operator_of("127.0.0.1:8546")
    assert operator_of("a.example.org:443") == operator_of("b.example.org")
    assert operator_of("[::1]:8545") != operator_of("[::1]:8546")


class Remembered:
    """An endpoint in the process that answers from a memory shared with others; it may lie."""

    def __init__(self, name, chain, memory, dice):
        self.name = name
        self._chain = chain
        self._memory = memory
        self._dice = dice
        self.lies = False

    async def request(self, method: str, params: Any) -> Any:
        await asyncio.sleep(0)
        key = json.dumps([method, list(params)])
        if key not in self._memory:
            self._memory[key] = await self._chain.rpc.request(method, params)
        return self._bent(self._memory[key]) if self.lies else self._memory[key]

    def _bent(self, value: Any) -> Any:
        """The same answer with one number, or one byte of an encoded record, changed."""
        if self._dice.random() < 0.3:
            return value
        if isinstance(value, dict):
            name = self._dice.choice(["number", "timestamp", "hash", "baseFeePerGas"])
            return {**value, name: self._bent_hex(value[name])}
        return self._bent_hex(value) if isinstance(value, str) else value

    def _bent_hex(self, text: str) -> str:
        place = self._dice.randrange(2, len(text))
        return text[:place] + self._dice.choice("0123456789abcdef") + text[place + 1 :]


async def test_a_thousand_lies_of_one_endpoint_change_no_value(chain):
    dice, memory, own = random.Random(5), {}, chain.signer(USER).address
    bid = chain.market.bids["harbor", "guide"]
    honest = Remembered("honest", chain, memory, dice)
    alone = ContractMarketplace(honest, chain.network, ChainHead(honest, FakeClock()), FakeClock())
    truth = (
        await alone.balances(own),
        await alone.economy(),
        await alone.bid(bid),
        await alone.on_hold(own),
    )
    believed = 0
    for number in range(250):
        endpoints = [Remembered(f"{n}.example{n}.org", chain, memory, dice) for n in range(3)]
        endpoints[number % 3].lies = True
        pool = RpcPool(endpoints, chain_id=chain.devnet.chain_id, clock=FakeClock())
        sources = ChainSources(pool, QuickClock())
        market = ContractMarketplace(
            pool, chain.network, ChainHead(pool, FakeClock()), FakeClock(), sources.quorum
        )
        reads = market.balances(own), market.economy(), market.bid(bid), market.on_hold(own)
        for read, want in zip(reads, truth, strict=True):
            try:
                found = await read
            except ChainError:
                continue  # a clean refusal
            assert found == want
            believed += 1
    assert believed > 900


class QuickClock(FakeClock):
    """Time that passes at once whenever somebody sleeps."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)
