import asyncio
from contextlib import AsyncExitStack

import pytest

from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.pool import RpcPool
from node.core.clock import FakeClock, SystemClock
from node.core.errors import ConfigError, RevertedError, RpcUnavailableError, WrongNetworkError
from node.core.http_client import open_http_client
from tests.unit.chain.nodes import RpcServer, failure, http, result

CHAIN = 31337


class QuickClock(FakeClock):
    """Time that passes at once whenever somebody sleeps."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)


@pytest.fixture
async def stack():
    async with AsyncExitStack() as opened:
        yield opened


async def pool_of(stack, *servers, clock=None, timeout_s=5.0):
    client = await stack.enter_async_context(open_http_client())
    for server in servers:
        await stack.enter_async_context(server.running())
    endpoints = [HttpRpc(client, server.url, timeout_s=timeout_s) for server in servers]
    return RpcPool(endpoints, chain_id=CHAIN, clock=clock or QuickClock())


def good(value="0x10"):
    return RpcServer(lambda request: result(request, value))


@pytest.mark.parametrize(
    "bad",
    [
        lambda r: http("busy", "503 Service Unavailable"),
        lambda r: http("slow down", "429 Too Many Requests"),
        lambda r: failure(r, -32005, "limit exceeded"),
        lambda r: failure(r, -32000, "header not found"),
        lambda r: failure(r, -32603, "Internal error"),
        lambda r: http('{"jsonrpc":"2.0","id":999,"result":"0xbad"}'),
        lambda r: b"",
    ],
    ids=["503", "429", "-32005", "header not found", "internal", "other id", "hang up"],
)
async def test_the_next_endpoint_answers_where_the_first_fails(stack, bad):
    pool = await pool_of(stack, RpcServer(bad), good())
    assert await pool.request("eth_blockNumber", []) == "0x10"


async def test_a_hanging_endpoint_is_left_and_rests(stack):
    async def hang():
        await asyncio.Event().wait()
        return b""

    hanging, other = RpcServer(lambda r: hang()), good()
    pool = await pool_of(stack, hanging, other, timeout_s=0.2)
    for _ in range(3):
        assert await pool.request("eth_blockNumber", []) == "0x10"
    assert hanging.methods.count("eth_blockNumber") == 1
    first, second = pool.health()
    assert (first.usable, first.in_use, second.in_use) == (False, False, True)


async def test_one_endpoint_serves_until_it_fails(stack):
    first, second = good("0x1"), good("0x2")
    pool = await pool_of(stack, first, second)
    for _ in range(5):
        assert await pool.request("eth_blockNumber", []) == "0x1"
    assert second.methods == []


async def test_an_endpoint_of_another_chain_is_never_asked_anything_else(stack):
    liar = RpcServer(lambda r: result(r, "0xbad"), chain_id=1)
    pool = await pool_of(stack, liar, good())
    for _ in range(3):
        assert await pool.request("eth_call", []) == "0x10"
    assert liar.methods == ["eth_chainId"]
    assert [item.chain_id for item in pool.health()] == [1, CHAIN]


async def test_only_endpoints_of_another_chain(stack):
    liar = RpcServer(lambda r: result(r, "0xbad"), chain_id=1)
    pool = await pool_of(stack, liar)
    for _ in range(2):
        with pytest.raises(WrongNetworkError, match="network 1, not to 31337"):
            await pool.request("eth_call", [])


async def test_reverts_and_refusals_are_final(stack):
    second = good()
    reverting = RpcServer(lambda r: failure(r, 3, "execution reverted", "0xf4d7eed5"))
    pool = await pool_of(stack, reverting, second)
    with pytest.raises(RevertedError):
        await pool.request("eth_call", [])
    assert second.methods == []


async def test_everything_down_is_said_after_some_rounds(stack):
    bad = RpcServer(lambda r: http("busy", "503 Service Unavailable"))
    pool = await pool_of(stack, bad, RpcServer(lambda r: b""))
    with pytest.raises(RpcUnavailableError):
        await pool.request("eth_blockNumber", [])
    assert bad.methods.count("eth_blockNumber") == 3


async def test_an_endpoint_that_recovers_is_used_again(stack):
    broken = True

    def answer(request):
        return http("busy", "503 Service Unavailable") if broken else result(request, "0x1")

    pool = await pool_of(stack, RpcServer(answer))
    with pytest.raises(RpcUnavailableError):
        await pool.request("eth_blockNumber", [])
    broken = False
    assert await pool.request("eth_blockNumber", []) == "0x1"
    assert pool.health()[0].faults == 0


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [(-32601, "method not found", Fault.NO_METHOD), (-32603, "Internal error", Fault.OTHER)],
)
async def test_a_request_nobody_takes_is_asked_once(stack, code, text, fault):
    bad = RpcServer(lambda r: failure(r, code, text))
    pool = await pool_of(stack, bad)
    with pytest.raises(RpcFaultError) as caught:
        await pool.request("eth_foo", [])
    assert caught.value.fault is fault
    assert bad.methods.count("eth_foo") == 1


async def test_a_transaction_goes_to_three_endpoints_and_one_success_is_enough(stack):
    down = RpcServer(lambda r: http("busy", "503 Service Unavailable"))
    known = RpcServer(lambda r: failure(r, -32000, "already known"))
    servers = [down, known, good("0xhash"), good("0xother")]
    pool = await pool_of(stack, *servers, clock=SystemClock())
    assert await pool.request("eth_sendRawTransaction", ["0x00"]) == "0xhash"
    assert ["eth_sendRawTransaction" in server.methods for server in servers] == [
        True,
        True,
        True,
        False,
    ]


async def test_a_refusal_of_a_transaction_tells_more_than_a_dead_endpoint(stack):
    down = RpcServer(lambda r: http("busy", "503 Service Unavailable"))
    low = RpcServer(lambda r: failure(r, -32000, "nonce too low"))
    pool = await pool_of(stack, down, low, clock=SystemClock())
    with pytest.raises(RpcFaultError) as caught:
        await pool.request("eth_sendRawTransaction", ["0x00"])
    assert caught.value.fault is Fault.NONCE_TOO_LOW


def test_a_pool_needs_an_endpoint():
    with pytest.raises(ConfigError):
        RpcPool([], chain_id=CHAIN, clock=FakeClock())


async def test_an_endpoint_that_stopped_following_the_chain_is_left(stack):
    clock = QuickClock()

    def head(age):
        return lambda r: result(r, {"timestamp": hex(clock.unix_seconds() - age)})

    stuck, fresh = RpcServer(head(600)), RpcServer(head(2))
    pool = await pool_of(stack, stuck, fresh, clock=clock)
    for _ in range(2):
        block = await pool.request("eth_getBlockByNumber", ["latest", False])
        assert int(block["timestamp"], 16) == clock.unix_seconds() - 2
    assert stuck.methods.count("eth_getBlockByNumber") == 1
    assert not pool.health()[0].usable


async def test_when_all_are_behind_the_newest_of_them_serves(stack):
    clock = QuickClock()
    clock.advance(100)
    old, older = ({"timestamp": hex(clock.unix_seconds() - age)} for age in (600, 900))
    servers = RpcServer(lambda r: result(r, older)), RpcServer(lambda r: result(r, old))
    pool = await pool_of(stack, *servers, clock=clock)
    assert await pool.request("eth_getBlockByNumber", ["latest", False]) == old
    asked = sum(len(server.methods) for server in servers)
    await pool.request("eth_getBlockByNumber", ["latest", False])
    assert sum(len(server.methods) for server in servers) == asked + 1


async def test_an_endpoint_rests_as_long_as_it_asks_for(stack):
    clock = QuickClock()
    limited = RpcServer(lambda r: http("later", "429 Too Many Requests", "retry-after: 33\r\n"))
    pool = await pool_of(stack, limited, good(), clock=clock)
    await pool.request("eth_call", [])
    clock.advance(32)
    assert not pool.health()[0].usable
    clock.advance(2)
    assert pool.health()[0].usable


async def test_requests_that_fail_together_count_as_one_fault(stack):
    down = RpcServer(lambda r: http("busy", "503 Service Unavailable"))
    pool = await pool_of(stack, down, good())
    await asyncio.gather(*(pool.request("eth_call", []) for _ in range(10)))
    assert pool.health()[0].faults == 1


class DeadEndpoint:
    name = "dead"

    async def request(self, method, params):
        raise RpcUnavailableError("The network node cannot be reached.")


async def test_an_outage_of_a_day_is_still_only_an_outage():
    """A computer left without a connection over night: the wait must not grow past all numbers."""
    clock = QuickClock()
    pool = RpcPool([DeadEndpoint()], chain_id=CHAIN, clock=clock)
    for _ in range(1100):
        with pytest.raises(RpcUnavailableError):
            await pool.request("eth_blockNumber", [])
        clock.advance(61)
