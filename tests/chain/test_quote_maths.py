"""Our stake, duration, refund and pay against the contracts, for random days, prices and stops.

The contracts run in the EVM; `node.router.quote` computes beforehand what they will do.
"""

from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from node.core.records import Economy
from node.core.units import SECONDS_PER_DAY, Mor, PricePerSecond, UnixSeconds, next_midnight
from node.router.quote import SessionTerms, claimable, plan_for_duration, refund_at
from tests.chain.replay import MODEL, MOR, ReplayChain, calldata, hexbytes

pytestmark = pytest.mark.chain
MODEL_ID = hexbytes(MODEL["modelId"])
FIRST_DAY = 1_793_577_600
"""Midnight UTC after the set-up of the market."""
HEADROOM = 1_000 * MOR
"""Stake of the provider: what it can earn in a year."""
POOLS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A day's emission, an offer and what the user does with it. Times in seconds."""

    compute_reward: int
    other_reward: int
    price: int
    duration: int
    opens: int
    used: int
    late_by: int
    direct: bool
    disputed: bool
    more_stake: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    duration = draw(st.integers(300, 604_800))
    stops_early = draw(st.booleans())
    return Case(
        compute_reward=draw(st.integers(1, 10**6)) * MOR // 10,
        other_reward=draw(st.integers(1, 10**6)) * MOR // 10,
        price=draw(st.integers(10**13, 10**16)),
        duration=duration,
        opens=draw(st.integers(60, SECONDS_PER_DAY - 120)),
        used=draw(st.integers(5, duration - 5)) if stops_early else duration,
        late_by=0 if stops_early else draw(st.integers(60, SECONDS_PER_DAY)),
        direct=draw(st.booleans()),
        disputed=draw(st.booleans()),
        more_stake=draw(st.sampled_from([0, MOR, 10_000 * MOR])),
    )


def economy_now(chain: ReplayChain) -> Economy:
    moment = chain.evm.head.header.timestamp
    return Economy(
        block=chain.evm.head.header.block_number,
        block_time=UnixSeconds(moment),
        compute_balance=Mor(int(chain.read("getComputeBalance", moment))),
        supply=Mor(int(chain.read("totalMORSupply", moment))),
        todays_budget=Mor(int(chain.read("getTodaysBudget", moment))),
        payable=Mor(MOR),
        min_session_s=300,
        max_session_s=int(chain.read("getMaxSessionDuration")),
    )


def prepare(chain: ReplayChain, case: Case) -> bytes:
    """The case's emission and offer; returns the bid's id. The head is at the time of opening."""
    for index in range(POOLS):
        reward = case.compute_reward if index == 3 else case.other_reward
        pool = (reward, 0, FIRST_DAY - 30 * SECONDS_PER_DAY, SECONDS_PER_DAY)
        chain.expect_ok(chain.owner, calldata("setPoolConfig", index, pool))
    address = chain.provider1.address.raw
    chain.expect_ok(chain.provider1, calldata("postModelBid", address, MODEL_ID, case.price))
    chain.go_to(FIRST_DAY + case.opens)
    bids, _ = chain.read("getProviderActiveBids", address, 0, 10)
    return hexbytes(bids[-1])


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    # Tracing the EVM's Python to explain a failure takes minutes.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
def test_what_we_promise_is_what_the_contracts_do(
    market_of_module: ReplayChain, case: Case
) -> None:
    chain = market_of_module
    start = chain.evm.head.header.block_number
    try:
        run(chain, case)
    finally:
        chain.go_back_to(start)


def run(chain: ReplayChain, case: Case) -> None:
    bid = prepare(chain, case)
    figures = economy_now(chain)
    price = PricePerSecond(case.price)
    quoted = plan_for_duration(figures, price, case.duration)
    assume(quoted.stake.base <= chain.mor(chain.user1.address.raw))
    # Only where compute outweighs the supply a hundredfold could a stake be below the cost; the
    # contract then refuses every direct payment.
    assume(not case.direct or quoted.provider_pay <= quoted.stake)
    session = chain.open(
        chain.user1,
        chain.provider1,
        bid,
        at=figures.block_time + 1,
        stake=quoted.stake.base,
        direct_payment=case.direct,
    )
    record = chain.read("getSession", session)
    opened, ends = int(record["openedAt"]), int(record["endsAt"])
    assert ends - opened == quoted.duration_s >= case.duration
    terms = SessionTerms(
        stake=quoted.stake,
        price=price,
        opened_at=UnixSeconds(opened),
        ends_at=UnixSeconds(ends),
        direct_payment=case.direct,
    )
    closed_at = ends + case.late_by if case.late_by else opened + case.used
    chain.go_to(closed_at - 1)
    check_close(chain, case, session, terms, closed_at)


def check_close(
    chain: ReplayChain, case: Case, session: bytes, terms: SessionTerms, closed_at: int
) -> None:
    user, provider = chain.user1.address.raw, chain.provider1.address.raw
    # The figures of the block before: the close itself pays the provider afterwards.
    chain.go_to(closed_at)
    expected = refund_at(terms, closed_at + 1, economy_now(chain))
    had, earned = chain.mor(user), chain.mor(provider)
    signer = chain.user1 if case.disputed else chain.provider1
    chain.close(chain.user1, signer, session, at=closed_at + 1)
    assert chain.mor(user) - had == expected.returned.base
    _, held = chain.read("getUserStakesOnHold", user, 255)
    assert int(held) == expected.held.base
    early = closed_at + 1 < terms.ends_at
    paid = chain.mor(provider) - earned
    if not (case.disputed and early):
        assert paid == min(expected.provider_pay.base, HEADROOM)
    check_on_the_day(chain, case, session, terms, closed_at + 1, paid)
    check_after_midnight(chain, case, session, terms, closed_at + 1, paid)
    if expected.held:
        assert expected.held_until == next_midnight(closed_at + 1)
        chain.expect_ok(chain.user1, calldata("withdrawUserStakes", user, 255))
    assert chain.mor(user) - had == (terms.stake - expected.paid_by_user).base


def check_on_the_day(
    chain: ReplayChain,
    case: Case,
    session: bytes,
    terms: SessionTerms,
    closed_at: int,
    paid: int,
) -> None:
    """A claim on the day of the close pays what we say, or is refused where we say nothing.

    The provider has raised its stake meanwhile, so that what its cap cut off may be due.
    """
    if next_midnight(closed_at) - closed_at < 10:
        return
    start = chain.evm.head.header.block_number
    address = chain.provider1.address.raw
    chain.expect_ok(chain.provider1, calldata("providerRegister", address, case.more_stake, "a:1"))
    got = claimable(
        replace(terms, provider_withdrawn=Mor(paid)),
        closed_at=closed_at,
        now=closed_at + 2,
        headroom=Mor(HEADROOM - paid + case.more_stake),
    )
    before = chain.mor(address)
    receipt = chain.send(chain.provider1, calldata("claimForProvider", session))
    assert chain.mor(address) - before == got.now.base
    assert receipt["status"] == "0x1" or not got.now
    due = terms.price.base * (min(closed_at, terms.ends_at) - terms.opened_at) - paid
    assert got.now.base + got.later.base + got.beyond_cap.base == due
    chain.go_back_to(start)


def check_after_midnight(
    chain: ReplayChain,
    case: Case,
    session: bytes,
    terms: SessionTerms,
    closed_at: int,
    paid: int,
) -> None:
    """What is left to the provider can be claimed from the next midnight UTC on."""
    midnight = next_midnight(closed_at)
    chain.go_to(midnight)
    left = claimable(
        replace(terms, provider_withdrawn=Mor(paid)),
        closed_at=closed_at,
        now=midnight,
        headroom=Mor(HEADROOM - paid),
    )
    before = chain.mor(chain.provider1.address.raw)
    chain.expect_ok(chain.provider1, calldata("claimForProvider", session))
    assert chain.mor(chain.provider1.address.raw) - before == left.now.base
