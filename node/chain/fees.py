"""What a transaction offers for gas: by speed, EIP-1559 or legacy, raised for replacements, capped.

The newest twenty blocks set the measure: nothing offers more than five times their median, whatever
an endpoint suggests, and nothing costs more ETH than the network's cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any

from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import hex_quantity, quantity
from node.core.errors import RpcAnswerError, SpendLimitError
from node.core.ports import FeeTier, JsonRpc, Speed
from node.core.units import Eth, ceil_div

BLOCKS = 20
MAX_MEDIANS = 5
"""So many times the median fee of the last blocks may be offered at most."""
SPEEDS: tuple[Speed, ...] = ("slow", "normal", "fast")
_PERCENTILES = (10, 50, 90)
_FALLBACK_TIP = 1_000_000
"""Tip in wei per gas where an endpoint suggests none: 0.001 gwei, usual on layer-2 networks."""
_HALF_BASE_FEES = {"slow": 3, "normal": 4, "fast": 6}
"""How many halves of the base fee are offered: what it may rise while the transaction waits."""
_BLOCKS_TO_WAIT = {"slow": 10, "normal": 3, "fast": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """Wei per gas. With `gas_price` a legacy transaction, and the two others are not used.

    `expected` is what a transaction mined in the next block would pay. `limit` is the most that may
    be offered, None where the last blocks are not known.
    """

    max_fee: int
    tip: int
    gas_price: int | None
    expected: int
    limit: int | None = None

    @property
    def highest(self) -> int:
        return self.max_fee if self.gas_price is None else self.gas_price

    def at_least(self, max_fee: int, tip: int) -> "Fees":
        """These fees, but none lower than the given ones."""
        limit = None if self.limit is None else max(self.limit, max_fee)
        if self.gas_price is not None:
            price = max(self.gas_price, max_fee)
            return Fees(max_fee=price, tip=price, gas_price=price, expected=price, limit=limit)
        highest = max(self.max_fee, max_fee)
        return Fees(
            max_fee=highest,
            tip=min(highest, max(self.tip, tip)),
            gas_price=None,
            expected=highest,
            limit=limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeMarket:
    """Base fees of the last blocks and of the next one, and tips by speed, in wei per gas.

    With `gas_price` the chain or the endpoint knows legacy transactions only.
    """

    base_fees: tuple[int, ...] = ()
    tips: tuple[int, int, int] = (_FALLBACK_TIP,) * 3
    gas_price: int | None = None

    @property
    def limit(self) -> int | None:
        """The relative cap; a single base fee is no measure."""
        if len(self.base_fees) < 2:
            return None
        return MAX_MEDIANS * (median_low(self.base_fees[:-1]) + self.tips[1])

    def fees(self, speed: Speed = "normal") -> Fees:
        limit = self.limit
        if self.gas_price is not None:
            price = self.gas_price * 5 // 4 if speed == "fast" else self.gas_price
            return Fees(max_fee=price, tip=price, gas_price=price, expected=price, limit=limit)
        base, tip = self.base_fees[-1], self.tips[SPEEDS.index(speed)]
        highest = tip + base * _HALF_BASE_FEES[speed] // 2
        if limit is not None and base <= limit:
            highest = min(highest, limit)
        return Fees(
            max_fee=highest,
            tip=min(tip, highest),
            gas_price=None,
            expected=min(tip + base, highest),
            limit=limit,
        )

    def tiers(self, block_seconds: float) -> tuple[FeeTier, ...]:
        return tuple(
            FeeTier(
                speed=speed,
                fee_per_gas=self.fees(speed).expected,
                seconds=max(1, round(block_seconds * _BLOCKS_TO_WAIT[speed])),
            )
            for speed in SPEEDS
        )


def raised(fee: int) -> int:
    """The least fee with which nodes accept a replacement: 12.5 % more, rounded up."""
    return ceil_div(fee * 9, 8) + (1 if fee == 0 else 0)


async def read_market(rpc: JsonRpc, *, legacy: bool) -> FeeMarket:
    """Ask one source. `legacy` is for endpoints that refuse type-2 transactions.

    Raises:
        RpcAnswerError: the answer is no history of fees.
    """
    try:
        answer = await rpc.request(
            "eth_feeHistory", [hex_quantity(BLOCKS), "latest", list(_PERCENTILES)]
        )
        market = _market_of(answer)
    except RpcFaultError as error:
        if error.fault is not Fault.NO_METHOD:
            raise
        market = await _without_history(rpc)
    if legacy or not any(market.base_fees):
        price = quantity(await rpc.request("eth_gasPrice", []))
        return replace(market, gas_price=price)
    return market


def _market_of(answer: Any) -> FeeMarket:
    fees = answer.get("baseFeePerGas") if isinstance(answer, dict) else None
    if fees is None:
        return FeeMarket()
    rewards = answer.get("reward") or []
    if not isinstance(fees, list) or len(fees) > 2 * BLOCKS or not isinstance(rewards, list):
        raise RpcAnswerError("A network node sent no history of fees.")
    rows = []
    for row in rewards[: 2 * BLOCKS]:
        if not isinstance(row, list) or len(row) != len(_PERCENTILES):
            raise RpcAnswerError("A network node sent no history of fees.")
        rows.append([quantity(item) for item in row])
    low, normal, high = (_usual([row[place] for row in rows]) for place in range(3))
    tips = (low, max(low, normal), max(low, normal, high))
    return FeeMarket(base_fees=tuple(quantity(item) for item in fees), tips=tips)


def _usual(tips: Sequence[int]) -> int:
    """Median of the blocks that took tips at all."""
    paid = [tip for tip in tips if tip]
    return median_low(paid) if paid else _FALLBACK_TIP


async def _without_history(rpc: JsonRpc) -> FeeMarket:
    block = await rpc.request("eth_getBlockByNumber", ["latest", False])
    base_fee = block.get("baseFeePerGas") if isinstance(block, dict) else None
    if base_fee is None:
        return FeeMarket()
    try:
        tip = quantity(await rpc.request("eth_maxPriorityFeePerGas", []))
    except RpcFaultError as error:
        if error.fault is not Fault.NO_METHOD:
            raise
        tip = _FALLBACK_TIP
    return FeeMarket(base_fees=(quantity(base_fee),), tips=(tip, tip, tip))


def middle_market(said: Sequence[FeeMarket]) -> FeeMarket:
    """The middle of what several sources say, figure by figure: one alone cannot move it."""
    length = min(len(item.base_fees) for item in said)
    tails = [item.base_fees[len(item.base_fees) - length :] for item in said]
    prices = [item.gas_price for item in said if item.gas_price is not None]
    low, normal, fast = (median_low(item.tips[place] for item in said) for place in range(3))
    return FeeMarket(
        base_fees=tuple(median_low(column) for column in zip(*tails, strict=True)),
        tips=(low, normal, fast),
        gas_price=median_low(prices) if 2 * len(prices) >= len(said) else None,
    )


def within(fees: Fees, gas: int, data_fee: Eth, agreed: Eth | None, least: int) -> Fees:
    """These fees, lowered so that the transaction costs no more than what was `agreed` to, but not
    below `least` per gas. None: nothing was agreed.

    Raises:
        SpendLimitError: it cannot be had for that (code `funds.fee_rose`).
    """
    if agreed is None:
        return fees
    affordable = max(0, agreed.base - data_fee.base) // gas
    if fees.highest <= affordable:
        return fees
    if affordable < least:
        raise SpendLimitError(
            f"The network fee could be above {agreed}, the most that was agreed to.",
            hint="Nothing was sent. Look at the new fee and decide again.",
            code="funds.fee_rose",
        )
    price = None if fees.gas_price is None else affordable
    return replace(fees, max_fee=affordable, tip=min(fees.tip, affordable), gas_price=price)


def check_caps(fees: Fees, most: Eth, cap: Eth) -> None:
    """Refuse a fee that only a broken or lying endpoint asks for, or a network out of its mind.

    Raises:
        SpendLimitError: `most`, what the transaction could cost in all, is above `cap`, or the fee
        per gas is above the relative cap.
    """
    if most > cap:
        raise SpendLimitError(
            f"The network fee could reach {most}; the limit is {cap}.",
            hint="Wait until the network is cheaper, or choose another RPC address.",
            code="funds.fee_too_high",
        )
    if fees.limit is not None and fees.highest > fees.limit:
        raise SpendLimitError(
            f"The network fee is more than {MAX_MEDIANS} times what it was a moment ago.",
            hint="Wait a minute and try again, or choose another RPC address.",
            code="funds.fee_too_high",
        )
