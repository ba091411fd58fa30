"""Reads of the MOR token and of the native coin."""

import asyncio

from node.chain.head import Block
from node.chain.multicall import ContractReader
from node.chain.rpc.quantities import hex_quantity, quantity
from node.core.ids import Address
from node.core.ports import JsonRpc
from node.core.records import Balances
from node.core.units import Eth, Mor


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
