"""What the marketplace contracts store, as the rest of the node sees it.

Field meanings follow the contract structs of the same name. Unknown keys read as all zeros on
chain; the chain layer turns those into `None` or a `NotFound` error, so a record here always
exists.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from node.core.ids import Address, BidId, ModelId, SessionId, TxHash
from node.core.units import (
    Eth,
    Mor,
    PricePerSecond,
    UnixSeconds,
    ceil_div,
    start_of_day,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`endpoint` is `host:port` as written on chain: hostile text until checked."""

    address: Address
    endpoint: str
    stake: Mor
    created_at: UnixSeconds
    limit_period_end: UnixSeconds
    limit_period_earned: Mor
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`name` and `tags` are hostile text until cleaned for display."""

    id: ModelId
    ipfs_cid: bytes
    fee: Mor
    stake: Mor
    owner: Address
    name: str
    tags: tuple[str, ...]
    created_at: UnixSeconds
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    id: BidId
    provider: Address
    model_id: ModelId
    price_per_second: PricePerSecond
    nonce: int
    created_at: UnixSeconds
    deleted_at: UnixSeconds

    @property
    def is_active(self) -> bool:
        return self.created_at != 0 and self.deleted_at == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as the chain has it.

    `is_active` on chain stays true after the end until somebody closes.
    """

    id: SessionId
    user: Address
    bid_id: BidId
    stake: Mor
    closeout_receipt: bytes
    closeout_type: int
    provider_withdrawn: Mor
    opened_at: UnixSeconds
    ends_at: UnixSeconds
    closed_at: UnixSeconds
    is_direct_payment: bool

    @property
    def is_closed(self) -> bool:
        return self.closed_at != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Running mean and sum of squares of the contract (`SD`);

    `square_sum` may be negative by rounding.
    """

    mean: int
    square_sum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderModelStats:
    tps_scaled_1000: Deviation
    ttft_ms: Deviation
    total_duration_s: int
    success_count: int
    total_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStats:
    tps_scaled_1000: Deviation
    ttft_ms: Deviation
    total_duration_s: Deviation
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BidView:
    """A bid with everything the rating needs, read at one block."""

    bid: Bid
    provider: Provider
    stats: ProviderModelStats


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBids:
    """All active bids of a model with its statistics and the providers' minimum stake."""

    model: Model
    stats: ModelStats
    provider_min_stake: Mor
    bids: tuple[BidView, ...]
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Economy:
    """The day's figures of the emission, from one block.

    `block_time` is that block's timestamp; `compute_balance`, `supply` and `todays_budget` hold for
    the UTC day of it. `payable` = min(balance, allowance to the marketplace) of the funding
    account.
    """

    block: int
    block_time: UnixSeconds
    compute_balance: Mor
    supply: Mor
    todays_budget: Mor
    payable: Mor
    min_session_s: int
    max_session_s: int

    def stake_for_stipend(self, stipend: Mor) -> Mor:
        """`stipendToStake` of the contract:

        Floor(stipend * supply * 100 / compute balance), 0 when empty.
        """
        if self.compute_balance.base == 0:
            return Mor(0)
        return Mor(stipend.base * self.supply.base * 100 // self.compute_balance.base)

    def stipend_of(self, stake: Mor) -> Mor:
        """`stakeToStipend` of the contract: floor(stake * compute balance / (supply * 100))."""
        if self.supply.base == 0:
            return Mor(0)
        return Mor(stake.base * self.compute_balance.base // (self.supply.base * 100))

    def exact_stake(self, cost: Mor) -> Mor:
        """Smallest stake whose stipend covers `cost`;

        Rounds up. Compute balance must be positive.
        """
        return Mor(ceil_div(cost.base * self.supply.base * 100, self.compute_balance.base))

    @property
    def day_start(self) -> UnixSeconds:
        return start_of_day(self.block_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingTerms:
    """What the contracts ask of providers now. Prices are inclusive bounds; the fee is per bid."""

    provider_min_stake: Mor
    model_min_stake: Mor
    bid_fee: Mor
    min_price: PricePerSecond
    max_price: PricePerSecond


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What a wallet holds, at one block. `allowance` is what the marketplace may take."""

    mor: Mor
    eth: Eth
    allowance: Mor
    block: int
    block_time: UnixSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHold:
    """Stake of sessions closed early:

    `available` can be withdrawn now, `locked` from the next midnight UTC.
    """

    available: Mor
    locked: Mor


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list, in list order, and the length of the whole list."""

    items: tuple[T, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A mined transaction. `transfers` lists MOR moves (from, to, amount) in log order."""

    tx_hash: TxHash
    block: int
    block_hash: bytes
    ok: bool
    gas_used: int
    fee: Eth
    opened: SessionId | None
    closed: SessionId | None
    transfers: tuple[tuple[Address, Address, Mor], ...]
