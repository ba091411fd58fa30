"""Reads of the MOR token and of the native coin."""

import asyncio
from collections.abc import Sequence

from node.chain.errors import reverted
from node.chain.head import Block
from node.chain.multicall import ContractReader
from node.chain.rpc.quantities import hex_quantity, quantity
from node.core.ids import Address
from node.core.ports import JsonRpc
from node.core.records import Balances
from node.core.units import Eth, Mor

_PARALLEL = 8


class MorToken:
    def __init__(self, reader: ContractReader, rpc: JsonRpc) -> None:
        self._reader = reader
        self._rpc = rpc

    async def balances(self, owner: Address, block: Block) -> Balances:
        """MOR, ETH and the marketplace's allowance of `owner` at one block."""
        (balance, allowance), coin = await asyncio.gather(
            self._reader.read_all(
                [
                    self._reader.token_query("balanceOf", owner.raw),
                    self._reader.token_query("allowance", owner.raw, self._reader.marketplace.raw),
                ],
                block.number,
            ),
            self._rpc.request("eth_getBalance", [owner.hex, hex_quantity(block.number)]),
        )
        return Balances(
            mor=Mor(balance[0]),
            eth=Eth(quantity(coin)),
            allowance=Mor(allowance[0]),
            block=block.number,
            block_time=block.timestamp,
        )

    async def holdings(
        self, owners: Sequence[Address], block: Block
    ) -> dict[Address, tuple[Mor, Eth]]:
        """MOR and ETH of many, in one request where there is Multicall3."""
        wanted = list(dict.fromkeys(owners))
        tokens = [self._reader.token_query("balanceOf", owner.raw) for owner in wanted]
        coins = [query for query in map(self._reader.coin_query, wanted) if query is not None]
        found = await self._reader.answers([*tokens, *coins], block.number)
        mor = []
        for query, answer in zip(tokens, found, strict=False):
            if not answer.ok:
                raise reverted(answer.data)
            mor.append(query.function.decode(answer.data)[0])
        rest = found[len(tokens) :]
        if len(rest) == len(wanted) and all(item.ok and len(item.data) == 32 for item in rest):
            wei = [int.from_bytes(item.data, "big") for item in rest]
        else:
            wei = await self._coins(wanted, block)
        return {
            owner: (Mor(tokens_held), Eth(coins_held))
            for owner, tokens_held, coins_held in zip(wanted, mor, wei, strict=True)
        }

    async def _coins(self, owners: Sequence[Address], block: Block) -> list[int]:
        gate = asyncio.Semaphore(_PARALLEL)

        async def one(owner: Address) -> int:
            async with gate:
                params = [owner.hex, hex_quantity(block.number)]
                return quantity(await self._rpc.request("eth_getBalance", params))

        return list(await asyncio.gather(*(one(owner) for owner in owners)))
