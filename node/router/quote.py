"""Stake, duration, refund and pay: the one module of the marketplace's money rules.

Pure integer functions of the day's figures (`Economy`) and of a session's terms. The rules are
those of the SessionRouter contract: `openSession`, `closeSession` (`_rewardUserAfterClose`),
`claimForProvider`.
"""

from dataclasses import dataclass

from node.core.errors import BudgetEmptyError, InvalidDurationError, SessionTooShortError
from node.core.records import Economy
from node.core.units import (
    NO_MOR,
    Mor,
    PricePerSecond,
    UnixSeconds,
    ceil_div,
    next_midnight,
    start_of_day,
)

MARGIN_PER_MILLE = 1
"""Extra stake for what may change before the transaction is mined;

It only lengthens the session.
"""
SAFE_MINIMUM_S = 301
"""One second above the contract's minimum, so that rounding never makes a session too short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StakePlan:
    """A stake and the session it buys when mined at `opens_at`."""

    stake: Mor
    duration_s: int
    opens_at: UnixSeconds
    ends_at: UnixSeconds
    provider_pay: Mor


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """What the money of a session depends on."""

    stake: Mor
    price: PricePerSecond
    opened_at: UnixSeconds
    ends_at: UnixSeconds
    direct_payment: bool
    provider_withdrawn: Mor = NO_MOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What a close at `at` does. The parts of the stake add up: returned + held + paid_by_user ==
    stake.

    `held_until` is 0 when nothing is held. `provider_pay` is before the provider's yearly cap.
    """

    at: UnixSeconds
    returned: Mor
    held: Mor
    held_until: UnixSeconds
    paid_by_user: Mor
    provider_pay: Mor


def duration_of(economy: Economy, price: PricePerSecond, stake: Mor) -> int:
    """Seconds that the contract gives for `stake`, capped by the longest session."""
    if price.base <= 0:
        raise InvalidDurationError("An offer without a price cannot be opened.")
    return min(economy.stipend_of(stake).base // price.base, economy.max_session_s)


def stake_for(economy: Economy, price: PricePerSecond, duration_s: int) -> Mor:
    """Stake for `duration_s` with the margin; never below the shortest session.

    Rounds up, so that the contract never yields a second less (proved by stipend >= cost).

    Raises:
        BudgetEmptyError: the network has no compute budget today.
        InvalidDurationError: longer than the contract allows.
    """
    if duration_s > economy.max_session_s:
        raise InvalidDurationError(
            f"A session lasts at most {economy.max_session_s // 3600} hours.",
            hint="Choose a shorter time.",
            code="input.duration_too_long",
        )
    if duration_s < economy.min_session_s:
        raise SessionTooShortError(
            f"A session lasts at least {economy.min_session_s // 60} minutes.",
            hint="Choose a longer time.",
        )
    if economy.compute_balance.base <= 0:
        raise BudgetEmptyError("No session can be opened today.")
    exact = economy.exact_stake(price * max(duration_s, SAFE_MINIMUM_S))
    return Mor(exact.base + ceil_div(exact.base * MARGIN_PER_MILLE, 1000))


def plan(economy: Economy, price: PricePerSecond, stake: Mor) -> StakePlan:
    """What `stake` buys if mined in the next block."""
    duration_s = duration_of(economy, price, stake)
    opens_at = economy.block_time
    return StakePlan(
        stake=stake,
        duration_s=duration_s,
        opens_at=opens_at,
        ends_at=UnixSeconds(opens_at + duration_s),
        provider_pay=price * duration_s,
    )


def plan_for_duration(economy: Economy, price: PricePerSecond, duration_s: int) -> StakePlan:
    """Stake for at least `duration_s`. Raises as `stake_for`."""
    return plan(economy, price, stake_for(economy, price, duration_s))


def minimum_stake(economy: Economy, price: PricePerSecond) -> Mor:
    """Smallest stake that this program sends for one session at `price`."""
    return stake_for(economy, price, economy.min_session_s)


def refund_at(terms: SessionTerms, closed_at: int, economy: Economy) -> Refund:
    """What happens to the stake when the session is closed at `closed_at`.

    Late closes return everything at once. An early close holds the stake that stands for the
    seconds used today (UTC) until the next midnight. Future days are computed with the figures of
    `economy`.
    """
    late = closed_at >= terms.ends_at
    end = max(min(closed_at, terms.ends_at), terms.opened_at)
    used = terms.price * (end - terms.opened_at)
    # The contract never lets a direct session cost more than its stake.
    paid = min(used, terms.stake) if terms.direct_payment else NO_MOR
    rest = terms.stake - paid
    held = NO_MOR
    if not late:
        today = max(terms.opened_at, start_of_day(closed_at))
        held = min(rest, economy.stake_for_stipend(terms.price * max(0, end - today)))
    pay = max(0, used.base - terms.provider_withdrawn.base)
    return Refund(
        at=UnixSeconds(closed_at),
        returned=rest - held,
        held=held,
        held_until=next_midnight(closed_at) if held else UnixSeconds(0),
        paid_by_user=paid,
        provider_pay=Mor(pay),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimable:
    """What a provider may claim for one session.

    `now` at once, `later` from `later_at` (next midnight UTC; 0 when there is nothing later), and
    `beyond_cap` not before the provider's yearly period ends or its stake is raised.
    """

    now: Mor
    later: Mor
    later_at: UnixSeconds
    beyond_cap: Mor


NOTHING_TO_CLAIM = Claimable(now=NO_MOR, later=NO_MOR, later_at=UnixSeconds(0), beyond_cap=NO_MOR)


def claimable(terms: SessionTerms, *, closed_at: int, now: int, headroom: Mor) -> Claimable:
    """What `claimForProvider` pays, by the contract's rules, were it mined at `now`.

    Before the end of an open session nothing. On the UTC day of a close the contract withholds the
    pay for that day's seconds, whether there was a dispute or not; where that is more than what is
    due it refuses the claim. `headroom` is the provider's stake less what it earned in its yearly
    period.
    """
    if closed_at == 0 and now < terms.ends_at:
        return NOTHING_TO_CLAIM
    end = min(closed_at or terms.ends_at, terms.ends_at)
    used = terms.price * (end - terms.opened_at)
    due = max(0, used.base - terms.provider_withdrawn.base)
    held = 0
    if closed_at and start_of_day(closed_at) == start_of_day(now):
        today = closed_at - max(start_of_day(closed_at), terms.opened_at)
        held = (terms.price * today).base
    payable = min(due, max(0, headroom.base))
    free = min(payable, max(0, due - held))
    return Claimable(
        now=Mor(free),
        later=Mor(payable - free),
        later_at=next_midnight(now) if payable > free else UnixSeconds(0),
        beyond_cap=Mor(due - payable),
    )
