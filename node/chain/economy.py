"""Reads of the emission figures and of the parameters the owner of the contracts sets."""

from dataclasses import dataclass

from node.chain.errors import decode_revert, reverted
from node.chain.head import Block
from node.chain.multicall import ContractReader
from node.core.ids import Address
from node.core.records import Economy
from node.core.units import Mor, PricePerSecond

MIN_SESSION_S = 300
"""`MIN_SESSION_DURATION` of the session facet, a constant without a getter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParameters:
    """What the contracts ask for.

    Prices are inclusive bounds; `bid_fee` is paid for each bid, not refunded.
    """

    provider_min_stake: Mor
    model_min_stake: Mor
    bid_fee: Mor
    min_price: PricePerSecond
    max_price: PricePerSecond
    max_session_s: int
    token: Address
    funding_account: Address


class EconomyReader:
    def __init__(self, reader: ContractReader) -> None:
        self._reader = reader
        self._funding: Address | None = None

    async def parameters(self, block: int) -> MarketParameters:
        query = self._reader.market_query
        values = await self._reader.read_all(
            [
                query("getProviderMinimumStake"),
                query("getModelMinimumStake"),
                query("getBidFee"),
                query("getMinMaxBidPricePerSecond"),
                query("getMaxSessionDuration"),
                query("getToken"),
                query("getFundingAccount"),
            ],
            block,
        )
        provider_stake, model_stake, fee, prices, longest, token, funding = values
        self._funding = Address(funding[0])
        return MarketParameters(
            provider_min_stake=Mor(provider_stake[0]),
            model_min_stake=Mor(model_stake[0]),
            bid_fee=Mor(fee[0]),
            min_price=PricePerSecond(prices[0]),
            max_price=PricePerSecond(prices[1]),
            max_session_s=longest[0],
            token=Address(token[0]),
            funding_account=self._funding,
        )

    async def economy(self, block: Block) -> Economy:
        """The figures of the block's UTC day, in one request once the funding account is known.

        When more was claimed than emitted the contract's views panic; nobody can open a session
        then, which is what a compute balance of 0 says.
        """
        funding = await self._funding_account(block.number)
        query, now = self._reader.market_query, block.timestamp
        queries = [
            query("getComputeBalance", now),
            query("getTodaysBudget", now),
            query("totalMORSupply", now),
            query("getMaxSessionDuration"),
            self._reader.token_query("balanceOf", funding.raw),
            self._reader.token_query("allowance", funding.raw, self._reader.marketplace.raw),
        ]
        numbers = []
        for item, answer in zip(
            queries, await self._reader.answers(queries, block.number), strict=True
        ):
            if answer.ok:
                numbers.append(item.function.decode(answer.data)[0])
            elif decode_revert(answer.data).name == "Panic":
                numbers.append(0)
            else:
                raise reverted(answer.data)
        balance, budget, supply, longest, held, allowed = numbers
        return Economy(
            block=block.number,
            block_time=now,
            compute_balance=Mor(balance),
            supply=Mor(supply),
            todays_budget=Mor(budget),
            payable=Mor(min(held, allowed)),
            min_session_s=MIN_SESSION_S,
            max_session_s=longest,
        )

    async def _funding_account(self, block: int) -> Address:
        """Read once: the contract has no setter for it."""
        if self._funding is None:
            query = self._reader.market_query("getFundingAccount")
            (raw,) = await self._reader.read(query, block)
            self._funding = Address(raw)
        return self._funding
