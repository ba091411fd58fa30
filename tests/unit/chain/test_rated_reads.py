"""How often the offers of a model are asked for: in three rounds, for a thousand as for ten."""

from typing import Any

import pytest

from benchmarks.scripted_chain import CHAIN_ID, MARKETPLACE, MODEL, Market
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.multicall import CHUNK
from node.chain.networks import custom_network
from node.core.clock import FakeClock
from node.core.ids import Address, ModelId
from node.core.ports import UnsignedTransaction
from node.core.units import Eth, Mor, PricePerSecond
from node.router.rating import rate
from node.wallet.signer import KeySigner

MOR = 10**18
PAGES = 5
"""Ids; model, statistics and minimum stake; bids; providers; statistics of each."""
LARGE_PAGES = 3 * (1000 // CHUNK - 1)
"""So many more for a thousand: the last three lists do not fit into one request each."""


class Scripted:
    """A chain that answers from memory and notes at which blocks it was asked."""

    def __init__(self, bids: int) -> None:
        self._market = Market(bids)
        self.blocks: list[str] = []
        self.heads = 0

    async def request(self, method: str, params: Any) -> Any:
        if method == "eth_getBlockByNumber":
            self.heads += 1
            return {"number": hex(70 + self.heads), "hash": "0x" + "11" * 32, "timestamp": "0x1"}
        assert method == "eth_call"
        self.blocks.append(params[1])
        return "0x" + self._market.call(bytes.fromhex(params[0]["data"][2:])).hex()


@pytest.mark.parametrize(
    ("count", "reads"), [(10, PAGES), (100, PAGES), (500, PAGES), (1000, PAGES + LARGE_PAGES)]
)
async def test_offers_are_rated_with_few_reads_at_one_block(count: int, reads: int) -> None:
    chain, clock = Scripted(count), FakeClock()
    network = custom_network(
        chain_id=CHAIN_ID,
        marketplace=Address(MARKETPLACE),
        token=Address(MARKETPLACE),
        rpc_urls=("http://127.0.0.1:1",),
    )
    market = ContractMarketplace(chain, network, ChainHead(chain, clock), clock)
    rated = rate(await market.model_bids(ModelId(MODEL)))
    assert len(rated) == count
    assert all(item.score is not None for item in rated)
    assert (chain.heads, chain.blocks) == (1, [hex(71)] * reads)


class Funds:
    """Sends transactions of many accounts on the demo chain, one block each."""

    def __init__(self, chain: Any) -> None:
        self._chain = chain
        self._nonces: dict[Address, int] = {}

    async def send(self, signer: KeySigner, call: Any) -> None:
        if signer.address not in self._nonces:
            params = [signer.address.hex, "latest"]
            answer = await self._chain.rpc.request("eth_getTransactionCount", params)
            self._nonces[signer.address] = int(answer, 16)
        signed = signer.sign_transaction(
            UnsignedTransaction(
                chain_id=self._chain.devnet.chain_id,
                nonce=self._nonces[signer.address],
                to=call.to,
                value=call.value,
                data=call.data,
                gas=600_000,
                max_fee_per_gas=None,
                max_priority_fee_per_gas=None,
                gas_price=2 * 10**9,
            )
        )
        await self._chain.rpc.request("eth_sendRawTransaction", ["0x" + signed.raw.hex()])
        self._nonces[signer.address] += 1


async def _offer(chain: Any, funds: Funds, number: int) -> None:
    """A new provider with one offer of the Guide."""
    rich, signer = chain.signer(0), KeySigner((5000 + number).to_bytes(32, "big"))
    calls, own = chain.calls, signer.address
    await funds.send(rich, calls.send_eth(own, Eth(10**16)))
    await funds.send(rich, calls.send_mor(own, Mor(2 * MOR)))
    await funds.send(signer, calls.approve(Mor(2 * MOR)))
    await funds.send(signer, calls.register_provider(own, Mor(MOR), f"127.0.0.1:{5000 + number}"))
    price = PricePerSecond(2 * 10**13 + number)
    await funds.send(signer, calls.post_bid(own, chain.market.models["guide"], price))


@pytest.mark.chain
@pytest.mark.slow
async def test_the_real_contracts_answer_ten_and_a_hundred_offers_alike(chain: Any) -> None:
    guide, funds = chain.market.models["guide"], Funds(chain)
    there = len((await chain.marketplace.model_bids(guide)).bids)
    for count in (10, 100):
        for number in range(there, count):
            await _offer(chain, funds, number)
        there = count
        chain.marketplace.forget_lists()
        chain.rpc.methods.clear()
        rated = rate(await chain.marketplace.model_bids(guide))
        assert len(rated) == count
        assert all(item.score is not None for item in rated)
        assert chain.rpc.methods == ["eth_getBlockByNumber", *["eth_call"] * PAGES]
