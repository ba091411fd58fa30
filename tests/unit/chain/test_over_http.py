"""The whole path over HTTP: pool, endpoints, reads and transactions against one chain."""

import json
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.rpc.pool import open_pool
from node.chain.transactions import WalletTransactions
from node.core.http_client import open_http_client
from node.core.units import Mor
from tests.unit.chain.nodes import RpcServer, http
from tests.unit.chain.sessions import USER, open_session

pytestmark = pytest.mark.chain
MOR = 10**18


class Node(RpcServer):
    """An endpoint of the demo chain that breaks after `healthy` requests."""

    def __init__(self, chain, healthy=10**6):
        super().__init__(lambda request: self._serve_chain(chain, request), chain_id=0)
        self._healthy = healthy

    async def _serve_chain(self, chain, request):
        if len(self.methods) > self._healthy:
            return http("worn out", "503 Service Unavailable")
        return http(json.dumps(await chain.devnet.handle(request)))


async def over_http(chain, stack, *nodes):
    for node in nodes:
        await stack.enter_async_context(node.running())
    client = await stack.enter_async_context(open_http_client())
    network = replace(chain.network, rpc_urls=tuple(node.url for node in nodes))
    pool = open_pool(network, client, chain.devnet.clock)
    chain.rpc = pool
    chain.head = ChainHead(pool, chain.devnet.clock)
    chain.marketplace = ContractMarketplace(pool, network, chain.head, chain.devnet.clock)
    chain.lanes[USER] = WalletTransactions(pool, network, chain.head, chain.devnet.clock)
    return pool


async def test_a_session_opens_although_two_endpoints_die_on_the_way(chain):
    async with AsyncExitStack() as stack:
        nodes = Node(chain, healthy=5), Node(chain, healthy=12), Node(chain)
        pool = await over_http(chain, stack, *nodes)
        await chain.marketplace.check_contracts()
        session = await chain.marketplace.session(await open_session(chain))
        assert session.stake == Mor(200 * MOR)
        assert [item.in_use for item in pool.health()] == [False, False, True]


async def test_each_transaction_is_mined_once_though_three_endpoints_get_it(chain):
    async with AsyncExitStack() as stack:
        nodes = Node(chain), Node(chain), Node(chain)
        await over_http(chain, stack, *nodes)
        before = await chain.marketplace.balances(chain.signer().address)
        friend = chain.signer(6).address
        held = (await chain.marketplace.balances(friend)).mor
        receipt = await chain.send(chain.calls.send_mor(friend, Mor(3)))
        after = await chain.marketplace.balances(chain.signer().address)
        assert (await chain.marketplace.balances(friend)).mor - held == Mor(3)
        assert before.eth - after.eth == receipt.fee
        assert sum("eth_sendRawTransaction" in node.methods for node in nodes) == 3
