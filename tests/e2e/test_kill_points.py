"""kill -9 of the consumer at every await of everything that spends: nothing is lost, nothing is
paid twice.

The points are generated: a life without a death names every await, commit and fault point of an
act, and each of the lives after it ends at another one. MORPHEUS_KILL_POINTS sets how many there
are in all (1000 for the long run).
"""

import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from node.service.local import open_node
from tests.support.fresh_accounts import FreshAccount, fresh_accounts
from tests.support.kill_points import chosen
from tests.support.kill_trials import After, Check, all_pass, life_of, live, revived
from tests.support.mortal_consumer import (
    ALLOWED,
    SENT_ETH,
    SENT_MOR,
    Life,
    open_session,
    options,
)
from tests.support.small_market import SmallMarket, open_small_market

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform == "win32", reason="no fork server and no SIGKILL there"),
]
ALL = int(os.environ.get("MORPHEUS_KILL_POINTS", "200"))
SHARES = {
    "open": 55,
    "close": 30,
    "approve": 15,
    "send_mor": 25,
    "send_eth": 15,
    "speed_up": 20,
    "cancel": 20,
    "claim": 20,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SmallMarket, None]:
    async with open_small_market(tmp_path_factory.mktemp("market")) as small:
        yield small


def opened_once_or_not(after: After) -> None:
    """What was allowed and not staked is still allowed: no more than the one session's stake."""
    stake = sum(after.truth.stakes)
    assert len(after.in_state("active")) == len(after.mined("open_session"))
    assert len(after.mined("approve")) <= 1
    (session,) = after.sessions or (None,)
    promised = session.stake if session and after.mined("approve") and not stake else 0
    assert after.truth.allowance == promised, "more may be taken than was confirmed"


def closed_or_open(after: After) -> None:
    closed = after.in_state("closed")
    assert len(closed) == len(after.mined("close_session"))
    assert len(closed) + len(after.in_state("active")) == 1
    assert bool(after.truth.returned) == bool(closed)


def allowed_or_not(after: After) -> None:
    assert after.truth.allowance == ALLOWED * len(after.mined("approve"))


def mor_arrived_or_not(after: After) -> None:
    assert sum(after.truth.gifts) == SENT_MOR * len(after.mined("send_mor"))


def ether_arrived_or_not(after: After) -> None:
    assert after.truth.recipient_eth == SENT_ETH * len(after.mined("send_eth"))


def sent_once(after: After) -> None:
    """Of the two under one nonce exactly one counts."""
    assert len(after.mined("send_mor")) == 1
    mor_arrived_or_not(after)


def sent_or_cancelled(after: After) -> None:
    assert len(after.mined("send_mor")) + len(after.mined("cancel")) == 1
    mor_arrived_or_not(after)


def claimed_or_ready(after: After) -> None:
    assert (after.overview.ready == 0) == (len(after.mined("withdraw_on_hold")) == 1)
    assert not after.overview.locked


CHECKS: dict[str, Check] = {
    "open": opened_once_or_not,
    "close": closed_or_open,
    "approve": allowed_or_not,
    "send_mor": mor_arrived_or_not,
    "send_eth": ether_arrived_or_not,
    "speed_up": sent_once,
    "cancel": sent_or_cancelled,
    "claim": claimed_or_ready,
}


def share_of(act: str) -> int:
    return max(1, SHARES[act] * ALL // sum(SHARES.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    account: FreshAccount
    life: Life
    check: Check

    async def die(self) -> None:
        await live(self.life)

    async def revive(self, market: SmallMarket) -> None:
        await revived(market, self.account, self.life, self.check)

    async def die_and_revive(self, market: SmallMarket) -> None:
        await self.die()
        await self.revive(market)


async def whole_life(
    market: SmallMarket, folder: Path, account: FreshAccount, act: str
) -> tuple[Trial, Path]:
    record = folder / f"{act}.points"
    life = life_of(market, folder, account, act, record=str(record))
    return Trial(account=account, life=life, check=CHECKS[act]), record


def deaths(
    market: SmallMarket, folder: Path, accounts: Sequence[FreshAccount], act: str, record: Path
) -> list[Trial]:
    """One for each point that was chosen from those of a whole life."""
    points = chosen(json.loads(record.read_text("utf-8")), len(accounts))
    return [
        Trial(
            account=account,
            life=life_of(market, folder, account, act, point=point),
            check=CHECKS[act],
        )
        for point, account in zip(points, accounts, strict=False)
    ]


@pytest.mark.parametrize("act", ["open", "close", "approve", "send_mor", "send_eth"])
async def test_nothing_is_lost_or_paid_twice(market: SmallMarket, tmp_path: Path, act: str) -> None:
    first, *accounts = await fresh_accounts(market.chain, act, share_of(act) + 1)
    example, record = await whole_life(market, tmp_path, first, act)
    await example.die_and_revive(market)
    await all_pass(
        (trial.life.point, partial(trial.die_and_revive, market))
        for trial in deaths(market, tmp_path, accounts, act, record)
    )


@pytest.mark.parametrize("act", ["speed_up", "cancel"])
async def test_one_of_two_under_a_nonce_counts(
    market: SmallMarket, tmp_path: Path, act: str
) -> None:
    """While they die no block takes anything, so that the replaced one is still waiting."""
    first, *accounts = await fresh_accounts(market.chain, act, share_of(act) + 1)
    example, record = await whole_life(market, tmp_path, first, act)
    await market.chain.hold_transactions(True)
    try:
        await example.die()
        dying = deaths(market, tmp_path, accounts, act, record)
        await all_pass((trial.life.point, trial.die) for trial in dying)
    finally:
        await market.chain.hold_transactions(False)
    await all_pass((trial.life.point, partial(trial.revive, market)) for trial in [example, *dying])


async def test_released_stake_is_taken_back_once(market: SmallMarket, tmp_path: Path) -> None:
    """Last in this file: the chain's clock is moved."""
    act = "claim"
    first, *accounts = await fresh_accounts(market.chain, act, share_of(act) + 1)
    example, record = await whole_life(market, tmp_path, first, act)
    await all_pass(
        (account.address.hex, partial(close_early, market, life_of(market, tmp_path, account, act)))
        for account in [first, *accounts]
    )
    await market.chain.skip_to_midnight()
    await example.die_and_revive(market)
    await all_pass(
        (trial.life.point, partial(trial.die_and_revive, market))
        for trial in deaths(market, tmp_path, accounts, act, record)
    )


async def close_early(market: SmallMarket, life: Life) -> None:
    async with open_node(options(life.home, life.environment)) as node:
        session = await open_session(node, market.model_id)
        await node.sessions.close(session.id)
