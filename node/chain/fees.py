"""What a transaction offers for gas: EIP-1559 or legacy, raised for replacements, capped in ETH."""

import asyncio
from dataclasses import dataclass

from node.chain.head import Block, ChainHead
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import quantity
from node.core.errors import SpendLimitError
from node.core.ports import JsonRpc
from node.core.units import Eth, ceil_div

_FALLBACK_TIP = 1_000_000
"""Tip in wei per gas where an endpoint suggests none: 0.001 gwei, usual on layer-2 networks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """Wei per gas. With `gas_price` a legacy transaction, and the two others are not used.

    `expected` is what a transaction mined in the next block would pay.
    """

    max_fee: int
    tip: int
    gas_price: int | None
    expected: int

    @property
    def highest(self) -> int:
        return self.max_fee if self.gas_price is None else self.gas_price

    def at_least(self, max_fee: int, tip: int) -> "Fees":
        """These fees, but none lower than the given ones."""
        if self.gas_price is not None:
            price = max(self.gas_price, max_fee)
            return Fees(max_fee=price, tip=price, gas_price=price, expected=price)
        highest = max(self.max_fee, max_fee)
        return Fees(
            max_fee=highest, tip=min(highest, max(self.tip, tip)), gas_price=None, expected=highest
        )


def raised(fee: int) -> int:
    """The least fee with which nodes accept a replacement: 12.5 % more, rounded up."""
    return ceil_div(fee * 9, 8) + (1 if fee == 0 else 0)


class FeeSource:
    """Asks the chain for fees. `legacy` is for endpoints that refuse type-2 transactions."""

    def __init__(self, rpc: JsonRpc, head: ChainHead, *, cap: Eth, legacy: bool = False) -> None:
        self._rpc = rpc
        self._head = head
        self._cap = cap
        self._legacy = legacy

    async def current(self, block: Block | None = None) -> Fees:
        """Fees for a transaction sent now: twice the base fee of the newest block plus the tip."""
        if self._legacy:
            return await self._legacy_fees()
        newest, tip = await asyncio.gather(self._block(block), self._tip())
        if newest.base_fee is None:
            return await self._legacy_fees()
        return Fees(
            max_fee=tip + 2 * newest.base_fee,
            tip=tip,
            gas_price=None,
            expected=tip + newest.base_fee,
        )

    async def _block(self, block: Block | None) -> Block:
        return block if block is not None else await self._head.latest()

    async def _legacy_fees(self) -> Fees:
        price = quantity(await self._rpc.request("eth_gasPrice", []))
        return Fees(max_fee=price, tip=price, gas_price=price, expected=price)

    async def _tip(self) -> int:
        try:
            return quantity(await self._rpc.request("eth_maxPriorityFeePerGas", []))
        except RpcFaultError as error:
            if error.fault is not Fault.NO_METHOD:
                raise
            return _FALLBACK_TIP

    def check_cap(self, most: Eth) -> None:
        """Refuse a fee above the network's cap, which only a broken or lying endpoint asks for.

        Raises:
            SpendLimitError: `most`, gas limit times highest price, is above the cap.
        """
        if most > self._cap:
            raise SpendLimitError(
                f"The network fee could reach {most}; the limit is {self._cap}.",
                hint="Wait until the network is cheaper, or choose another RPC address.",
                code="funds.fee_too_high",
            )
