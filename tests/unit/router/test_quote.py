"""Stake, duration and refund against the figures recorded from the real contracts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import BudgetEmptyError, InvalidDurationError, SessionTooShortError
from node.core.records import Economy
from node.core.units import Mor, PricePerSecond, UnixSeconds
from node.router.quote import (
    SessionTerms,
    claimable,
    duration_of,
    minimum_stake,
    plan_for_duration,
    refund_at,
    stake_for,
)
from tests.support.vectors import load_vectors

VECTORS = load_vectors("contracts")
STAKES = VECTORS["stakeForDuration"]


def economy(
    compute: int, supply: int, *, at: int = 1_793_520_000, longest: int = 604_800
) -> Economy:
    return Economy(
        block=1,
        block_time=UnixSeconds(at),
        compute_balance=Mor(compute),
        supply=Mor(supply),
        todays_budget=Mor(compute // 100),
        payable=Mor(10**24),
        min_session_s=300,
        max_session_s=longest,
    )


REAL = economy(3149990130323134080000000, 9974968746023257920000000)


@pytest.mark.parametrize(
    "row", STAKES["rows"], ids=lambda row: f"{row['pricePerSecond']}x{row['duration']}"
)
def test_exact_stake_buys_the_asked_seconds(row: dict[str, Any]) -> None:
    figures = economy(int(STAKES["computeBalance"]), int(STAKES["totalMORSupply"]))
    price = PricePerSecond(int(row["pricePerSecond"]))
    exact = figures.exact_stake(price * row["duration"])
    assert exact.base == int(row["exact"])
    assert duration_of(figures, price, exact) == int(row["exactGives"])
    assert stake_for(figures, price, max(300, row["duration"])) > exact


@given(
    compute=st.integers(10**18, 10**26),
    supply=st.integers(10**18, 10**27),
    price=st.integers(10**10, 10**17),
    duration=st.integers(300, 604_800),
)
def test_a_quote_never_yields_less_than_asked(
    compute: int, supply: int, price: int, duration: int
) -> None:
    figures = economy(compute, supply)
    got = plan_for_duration(figures, PricePerSecond(price), duration)
    assert got.duration_s >= duration
    assert got.ends_at == figures.block_time + got.duration_s


def test_shortest_session_has_a_second_to_spare() -> None:
    price = PricePerSecond(10**14)
    assert duration_of(REAL, price, minimum_stake(REAL, price)) >= 301


def test_too_short_too_long_and_empty_budget_are_refused() -> None:
    price = PricePerSecond(10**14)
    with pytest.raises(SessionTooShortError):
        stake_for(REAL, price, 299)
    with pytest.raises(InvalidDurationError):
        stake_for(REAL, price, 604_801)
    with pytest.raises(BudgetEmptyError):
        stake_for(economy(0, 10**24), price, 3600)


def _rows(name: str) -> list[dict[str, Any]]:
    return [row for row in VECTORS["sessions"] if name in row["name"]]


def _terms(*, direct: bool = False, stake: int = 1000, opened: int, ends: int) -> SessionTerms:
    return SessionTerms(
        stake=Mor(stake * 10**18),
        price=PricePerSecond(10**14),
        opened_at=UnixSeconds(opened),
        ends_at=UnixSeconds(ends),
        direct_payment=direct,
    )


NOON = 1_793_534_400 + 43_200 - 1_793_534_400 % 86_400


def test_closing_after_the_end_returns_everything() -> None:
    refund = refund_at(_terms(opened=NOON, ends=NOON + 3600), NOON + 3700, REAL)
    assert refund.returned == Mor(1000 * 10**18)
    assert refund.held == Mor(0)
    assert refund.held_until == 0
    assert refund.provider_pay == Mor(3600 * 10**14)


def test_early_close_holds_what_was_used_today() -> None:
    refund = refund_at(_terms(opened=NOON, ends=NOON + 31578), NOON + 600, REAL)
    assert refund.held == REAL.stake_for_stipend(Mor(600 * 10**14))
    assert refund.returned + refund.held == Mor(1000 * 10**18)
    assert refund.held_until == NOON - 43_200 + 86_400


def test_only_the_part_after_midnight_is_held() -> None:
    midnight = NOON - 43_200 + 86_400
    refund = refund_at(_terms(opened=midnight - 1800, ends=midnight + 9000), midnight + 900, REAL)
    assert refund.held == REAL.stake_for_stipend(Mor(900 * 10**14))
    assert refund.held_until == midnight + 86_400


def test_direct_payment_pays_and_is_held_as_well() -> None:
    refund = refund_at(_terms(direct=True, opened=NOON, ends=NOON + 31578), NOON + 600, REAL)
    assert refund.paid_by_user == Mor(600 * 10**14)
    assert refund.returned + refund.held + refund.paid_by_user == Mor(1000 * 10**18)
    assert refund.held > Mor(0)


@given(
    stake=st.integers(1, 10**6),
    used=st.integers(-10, 700_000),
    length=st.integers(300, 604_800),
    start=st.integers(1_700_000_000, 1_900_000_000),
    direct=st.booleans(),
)
def test_the_parts_of_the_stake_always_add_up(
    stake: int, used: int, length: int, start: int, direct: bool
) -> None:
    terms = _terms(direct=direct, stake=stake * 10, opened=start, ends=start + length)
    refund = refund_at(terms, start + used, REAL)
    assert refund.returned + refund.held + refund.paid_by_user == terms.stake
    assert refund.held >= Mor(0)


def test_provider_claims_only_after_the_day_of_the_close() -> None:
    terms = _terms(opened=NOON, ends=NOON + 3600)
    plenty = Mor(10**24)
    running = claimable(terms, closed_at=0, now=NOON + 10, headroom=plenty)
    assert running.now == running.later == Mor(0)
    ended = claimable(terms, closed_at=0, now=NOON + 3600, headroom=plenty)
    assert ended.now == Mor(3600 * 10**14)
    same_day = claimable(terms, closed_at=NOON + 600, now=NOON + 700, headroom=plenty)
    assert same_day.now == Mor(0)
    assert same_day.later == Mor(600 * 10**14)
    next_day = claimable(terms, closed_at=NOON + 600, now=same_day.later_at, headroom=plenty)
    assert next_day.now == Mor(600 * 10**14)


def test_claim_is_capped_by_the_yearly_headroom() -> None:
    terms = _terms(opened=NOON, ends=NOON + 3600)
    got = claimable(terms, closed_at=0, now=NOON + 4000, headroom=Mor(7))
    assert got.now == Mor(7)
    assert got.beyond_cap == Mor(3600 * 10**14 - 7)
    assert got.later == Mor(0)
