"""Score of offers: the public node's default formula with exact integers for stakes.

Source: `proxy-router/internal/rating` of the public node. Stake is compared as an integer of any
size, so a provider with more than 9.22 MOR is not mistaken for one without stake.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from node.core.errors import ConfigError
from node.core.ids import Address
from node.core.records import BidView, Deviation, ModelBids, ModelStats
from node.core.units import Mor

SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    tps: float = 0.24
    ttft: float = 0.08
    duration: float = 0.24
    success: float = 0.32
    stake: float = 0.12

    def __post_init__(self) -> None:
        """Refuse weights that do not sum to 1.

        The public node wants exactly 1 in floats added in this order, and so refuses 0.1 + 0.2 +
        0.3 + 0.3 + 0.1; here the error of rounding is allowed for.
        """
        total = self.tps + self.ttft + self.duration + self.success + self.stake
        if not abs(total - 1.0) <= SUM_TOLERANCE:
            raise ConfigError(
                "The weights of the rating must sum to 1.", hint=f"They sum to {total:.12g}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingConfig:
    """`allow_list` empty means every provider."""

    weights: Weights
    allow_list: frozenset[Address]

    @property
    def current(self) -> "RatingConfig":
        """A configuration that never changes is its own `RatingSource`."""
        return self


class RatingSource(Protocol):
    """Where the rating in force is asked for, each time anew."""

    @property
    def current(self) -> RatingConfig: ...


class RatingBook:
    """A rating that is replaced while the node runs."""

    def __init__(self, current: RatingConfig) -> None:
        self.current = current


DEFAULT_RATING = RatingConfig(weights=Weights(), allow_list=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreParts:
    """The five components, each 0 to 1."""

    tps: float
    ttft: float
    duration: float
    success: float
    stake: float

    def weighted(self, weights: Weights) -> float:
        return (
            weights.tps * self.tps
            + weights.ttft * self.ttft
            + weights.duration * self.duration
            + weights.success * self.success
            + weights.stake * self.stake
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedBid:
    """`score` is None when the offer is dropped:

    Provider not allowed, or a score that is no number.
    """

    view: BidView
    parts: ScoreParts
    score: float | None


def _spread(figures: Deviation, count: int) -> float:
    if count <= 1 or figures.square_sum < 0:
        return 0.0
    return math.sqrt(figures.square_sum / (count - 1))


def _z_score(value: int, figures: Deviation, count: int) -> float:
    spread = _spread(figures, count)
    return 0.0 if spread == 0 else (value - figures.mean) / spread


def _norm3(z_score: float) -> float:
    return min(1.0, max(0.0, (z_score + 3) / 6))


def _stake_part(stake: Mor, minimum: Mor) -> float:
    if minimum.base <= 0 or stake.base < minimum.base:
        return 0.0
    return min(1.0, (stake.base - minimum.base) / (9 * minimum.base))


def score_parts(view: BidView, model: ModelStats, minimum_stake: Mor) -> ScoreParts:
    """The components of one offer against the figures of its model."""
    stats = view.stats
    success = (stats.success_count / stats.total_count) ** 2 if stats.total_count else 0.0
    return ScoreParts(
        tps=_norm3(_z_score(stats.tps_scaled_1000.mean, model.tps_scaled_1000, model.count)),
        ttft=_norm3(-_z_score(stats.ttft_ms.mean, model.ttft_ms, model.count)),
        duration=_norm3(_z_score(stats.total_duration_s, model.total_duration_s, model.count)),
        success=success,
        stake=_stake_part(view.provider.stake, minimum_stake),
    )


def _score(parts: ScoreParts, view: BidView, config: RatingConfig) -> float | None:
    if config.allow_list and view.bid.provider not in config.allow_list:
        return None
    price = view.bid.price_per_second.base / 10**18
    if price <= 0:
        return None
    score = parts.weighted(config.weights) / price
    return score if math.isfinite(score) else None


def rate(bids: ModelBids, config: RatingConfig = DEFAULT_RATING) -> tuple[RatedBid, ...]:
    """All offers, best first; equal scores by price, then by id. Dropped ones come last."""
    rated = []
    for view in bids.bids:
        parts = score_parts(view, bids.stats, bids.provider_min_stake)
        rated.append(RatedBid(view=view, parts=parts, score=_score(parts, view, config)))
    rated.sort(
        key=lambda item: (
            item.score is None,
            -(item.score or 0.0),
            item.view.bid.price_per_second.base,
            item.view.bid.id.raw,
        )
    )
    return tuple(rated)
