"""What the pool knows of its endpoints, and that it never hurries one that asked for a pause."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.health import EndpointState
from node.chain.rpc.pool import RpcPool
from node.core.clock import SystemClock
from node.core.errors import RpcUnavailableError, WrongNetworkError
from node.core.http_client import open_http_client
from tests.unit.chain.nodes import RpcServer, failure, http, result
from tests.unit.chain.test_rpc_pool import CHAIN, QuickClock, good

LIMITED = "429 Too Many Requests"


@pytest.fixture
async def stack():
    async with AsyncExitStack() as opened:
        yield opened


async def pool_of(stack, *servers, clock=None, **options):
    client = await stack.enter_async_context(open_http_client())
    for server in servers:
        await stack.enter_async_context(server.running())
    endpoints = [HttpRpc(client, server.url) for server in servers]
    return RpcPool(endpoints, chain_id=CHAIN, clock=clock or QuickClock(), **options)


def heads(height, age=1):
    clock = QuickClock()
    return RpcServer(
        lambda r: result(r, {"number": hex(height), "timestamp": hex(clock.unix_seconds() - age)})
    )


async def test_an_endpoint_that_falls_silent_is_left_within_five_seconds(stack):
    """Real time: the endpoint takes the connection and the chain's id, then says nothing."""

    async def hang():
        await asyncio.Event().wait()
        return b""

    pool = await pool_of(stack, RpcServer(lambda r: hang()), good(), clock=SystemClock())
    began = time.monotonic()
    assert await pool.request("eth_blockNumber", []) == "0x10"
    assert time.monotonic() - began < 5.0
    silent, other = pool.health()
    assert (silent.state, other.in_use) == (EndpointState.FAILING, True)
    assert silent.reason == "The network node does not answer."


async def test_the_only_endpoint_is_asked_again_when_its_pause_is_over(stack):
    clock = QuickClock()
    asked: list[float] = []

    def answer(request):
        asked.append(clock.monotonic())
        if len(asked) == 1:
            return http("", LIMITED, "retry-after: 12\r\n")
        return result(request, "0x10")

    pool = await pool_of(stack, RpcServer(answer), clock=clock)
    assert await pool.request("eth_call", []) == "0x10"
    assert asked[1] - asked[0] >= 12


async def test_a_pause_longer_than_anybody_waits_is_told_at_once(stack):
    limited = RpcServer(lambda r: http("", LIMITED, "retry-after: 120\r\n"))
    pool = await pool_of(stack, limited)
    for _ in range(5):
        with pytest.raises(RpcFaultError) as caught:
            await pool.request("eth_call", [])
    assert caught.value.fault is Fault.RATE_LIMIT
    assert 0 < caught.value.details["retry_after_s"] <= 120
    assert limited.methods.count("eth_call") == 1


async def test_pauses_grow_while_an_endpoint_goes_on_refusing(stack):
    clock = QuickClock()
    limited = RpcServer(lambda r: failure(r, -32005, "rate limit"))
    pool = await pool_of(stack, limited, good(), clock=clock)
    (first, _second), rests = pool.members(), []
    for _ in range(4):
        with pytest.raises(RpcFaultError):
            await pool.ask(first, "eth_call", [])
        rests.append(round(pool.health()[0].rest_s))
        clock.advance(rests[-1] + 1)
    assert rests == [2, 4, 8, 16]


async def test_many_reads_at_once_do_not_hammer_a_limited_endpoint(stack):
    limited = RpcServer(lambda r: http("", LIMITED, "retry-after: 60\r\n"))
    pool = await pool_of(stack, limited, good())
    await pool.request("eth_call", [])
    await asyncio.gather(*(pool.request("eth_call", []) for _ in range(50)))
    assert limited.methods.count("eth_call") == 1


async def test_the_chain_is_asked_again_after_a_broken_connection(stack):
    """Behind an address another server may have taken over meanwhile."""
    broken = False
    chain = hex(CHAIN)

    def answer(request):
        if broken:
            return b""
        return result(request, chain if request["method"] == "eth_chainId" else "0x10")

    clock = QuickClock()
    server = RpcServer(answer, chain_id=0)
    pool = await pool_of(stack, server, clock=clock)
    await pool.request("eth_call", [])
    broken = True
    with pytest.raises(RpcUnavailableError):
        await pool.request("eth_call", [])
    broken, chain = False, "0x1"
    with pytest.raises(WrongNetworkError, match="network 1, not to 31337"):
        await pool.request("eth_call", [])
    (health,) = pool.health()
    assert health.state is EndpointState.WRONG_CHAIN
    assert health.reason == "It is a server of chain 1; 31337 is needed."
    calls = server.methods.count("eth_call")
    clock.advance(299)
    with pytest.raises(WrongNetworkError):
        await pool.request("eth_call", [])
    assert server.methods.count("eth_call") == calls
    chain = hex(CHAIN)
    clock.advance(2)
    assert await pool.request("eth_call", []) == "0x10"


async def test_a_probe_tells_heights_and_lags(stack):
    pool = await pool_of(stack, heads(1000), heads(999), heads(970), RpcServer(lambda r: b""))
    first, second, third, dead = await pool.probe()
    assert [item.lag for item in (first, second, third, dead)] == [0, 1, 30, None]
    assert third.state is EndpointState.BEHIND
    assert dead.state is EndpointState.FAILING
    assert dead.error_permille == 1000
    assert first.error_permille == 0
    assert first.latency_ms is not None


async def test_one_made_up_height_puts_nobody_behind(stack):
    pool = await pool_of(stack, heads(1000), heads(1001), heads(10**9))
    assert {item.state for item in await pool.probe()} == {EndpointState.READY}


async def test_no_endpoint_shows_its_access_key(stack):
    pool = await pool_of(stack, RpcServer(lambda r: b""), good())
    await pool.request("eth_call", [])
    assert "secret-key" not in repr(pool.health())
