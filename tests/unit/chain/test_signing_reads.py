from dataclasses import replace

import pytest

from node.chain.finality import DEPTH
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.transactions import WalletTransactions
from node.core.clock import FakeClock
from node.core.errors import ConfigError, SpendLimitError
from node.core.ids import Address
from node.core.units import Eth, Mor

pytestmark = pytest.mark.chain
FRIEND = Address(bytes([0x5A]) * 20)


async def test_nothing_is_signed_where_the_contracts_have_no_code(chain):
    nowhere = replace(chain.network, token=FRIEND)
    lane = WalletTransactions(chain.rpc, nowhere, chain.head, chain.devnet.clock)
    with pytest.raises(ConfigError) as caught:
        await lane.prepare(chain.calls.send_eth(FRIEND, Eth(1)), chain.signer())
    assert caught.value.code == "config.no_contract"


async def test_code_is_looked_up_once_a_minute(chain):
    clock = FakeClock()
    lane = WalletTransactions(chain.rpc, chain.network, chain.head, clock)
    call, signer = chain.calls.send_mor(FRIEND, Mor(1)), chain.signer()
    await lane.prepare(call, signer)
    await lane.prepare(call, signer)
    assert chain.rpc.methods.count("eth_getCode") == 2
    clock.advance(61)
    await lane.prepare(call, signer)
    assert chain.rpc.methods.count("eth_getCode") == 4


async def test_the_fee_for_data_counts_where_there_is_one(chain):
    """The oracle's place holds a contract that answers 32 bytes: any number will do."""
    oracle = replace(chain.network, data_fee_oracle=chain.network.token)
    lane = WalletTransactions(OracleRpc(chain.rpc, 777), oracle, chain.head, chain.devnet.clock)
    call, user = chain.calls.send_mor(FRIEND, Mor(1)), chain.signer().address
    plain = chain.lane()
    assert await lane.data_fee(call.data) == Eth(777)
    assert await plain.data_fee(call.data) == Eth(0)
    assert await lane.estimate_fee(call, user) - await plain.estimate_fee(call, user) == Eth(777)
    assert await lane.highest_fee(call, user) - await plain.highest_fee(call, user) == Eth(777)
    rich = (await chain.marketplace.balances(user)).eth.base
    dear = WalletTransactions(OracleRpc(chain.rpc, rich), oracle, chain.head, chain.devnet.clock)
    with pytest.raises(SpendLimitError):
        await dear.prepare(call, chain.signer())


class OracleRpc:
    """Answers `getL1Fee(bytes)`, whose argument must hold the transaction's bytes."""

    def __init__(self, rpc, fee):
        self._rpc = rpc
        self._fee = fee

    async def request(self, method, params):
        if method == "eth_call" and params[0]["data"].startswith("0x49948e0e"):
            assert FRIEND.raw.hex() in params[0]["data"]
            return "0x" + self._fee.to_bytes(32, "big").hex()
        return await self._rpc.request(method, params)


async def test_what_is_final_is_told_by_tag_or_depth(chain):
    lane = chain.lane()
    assert await lane.final_block() == lane.seen_block > 0
    only_depth = WalletTransactions(NoTag(chain.rpc), chain.network, chain.head, chain.devnet.clock)
    for _ in range(DEPTH + 2):
        await chain.devnet.mine()
    assert await only_depth.final_block() == only_depth.seen_block - DEPTH
    block = await lane.block_hash(1)
    assert block is not None
    assert len(block) == 32
    assert await lane.block_hash(10**9) is None


class NoTag:
    def __init__(self, rpc):
        self._rpc = rpc

    async def request(self, method, params):
        if params and params[0] == "finalized":
            raise RpcFaultError(Fault.OTHER, rpc_code=-32602, text="invalid block tag")
        return await self._rpc.request(method, params)
