"""Power cuts, full disks and failing writes while money is on its way.

What SQLite was told to be on the disk is there, nothing is sent that is not written down, and the
user is told what is wrong. MORPHEUS_DISK_FAULTS sets how many there are of each kind of proof.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.test_kill_points import CHECKS
from tests.support.fresh_accounts import FreshAccount, fresh_accounts
from tests.support.kill_points import chosen, spread
from tests.support.kill_trials import all_pass, life_of, process_ends, revived
from tests.support.mortal_consumer import Life
from tests.support.mortal_disk import Peril, live_on_bad_disk
from tests.support.small_market import SmallMarket, open_small_market
from tests.support.sqlite_layer import is_reachable

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform == "win32", reason="no fork server and no SIGKILL there"),
    pytest.mark.skipif(not is_reachable(), reason="SQLite is built into this Python, unnamed"),
]
ALL = int(os.environ.get("MORPHEUS_DISK_FAULTS", "50"))
POWER = {"open": ALL * 2 // 5, "close": ALL // 5, "send_mor": ALL - ALL * 2 // 5 - ALL // 5}
FAULTS: dict[Peril, str] = {"full": "storage.full", "write": "storage.io", "sync": "storage.io"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SmallMarket, None]:
    async with open_small_market(tmp_path_factory.mktemp("market")) as small:
        yield small


async def points_of(
    market: SmallMarket, folder: Path, account: FreshAccount, act: str
) -> list[str]:
    record = folder / f"{act}.points"
    life = life_of(market, folder, account, act, record=str(record))
    await process_ends(live_on_bad_disk, life, "", killed=False)
    await revived(market, account, life, CHECKS[act])
    points: list[str] = json.loads(record.read_text("utf-8"))
    return points


async def cut_and_revive(market: SmallMarket, account: FreshAccount, life: Life) -> None:
    await process_ends(live_on_bad_disk, life, "power", killed=True)
    await revived(market, account, life, CHECKS[life.act])


@pytest.mark.parametrize("act", POWER)
async def test_what_was_written_down_survives_a_power_cut(
    market: SmallMarket, tmp_path: Path, act: str
) -> None:
    first, *accounts = await fresh_accounts(market.chain, f"cut {act}", POWER[act] + 1)
    points = chosen(await points_of(market, tmp_path, first, act), len(accounts))
    lives = [
        life_of(market, tmp_path, account, act, point=point)
        for account, point in zip(accounts, points, strict=False)
    ]
    await all_pass(
        (life.point, partial(cut_and_revive, market, account, life))
        for account, life in zip(accounts, lives, strict=False)
    )


async def fail_and_revive(
    market: SmallMarket, account: FreshAccount, life: Life, peril: Peril, told: Counter[str]
) -> None:
    record = Path(life.home).with_suffix(".outcome")
    life = replace(life, record=str(record))
    await process_ends(live_on_bad_disk, life, peril, killed=False)
    code, message = json.loads(record.read_text("utf-8"))
    assert code in {"", FAULTS[peril]}, f"{code}: {message}"
    told[code] += 1
    await revived(market, account, life, CHECKS[life.act])


@pytest.mark.parametrize("act", ["open", "close", "send_mor"])
async def test_a_disk_that_fails_loses_nothing_and_is_named(
    market: SmallMarket, tmp_path: Path, act: str
) -> None:
    number = -(-ALL // 9)
    first, *accounts = await fresh_accounts(market.chain, f"fail {act}", 3 * number + 1)
    points = await points_of(market, tmp_path, first, act)
    trials: list[tuple[Peril, str]] = []
    for peril in FAULTS:
        wanted = "sync " if peril == "sync" else "write "
        places = [point for point in points if point.startswith(wanted)]
        trials += [(peril, point) for point in spread(places, number)]
    told: Counter[str] = Counter()
    await all_pass(
        (
            f"{peril} at {point}",
            partial(
                fail_and_revive,
                market,
                account,
                life_of(market, tmp_path, account, act, point=point),
                peril,
                told,
            ),
        )
        for account, (peril, point) in zip(accounts, trials, strict=False)
    )
    assert told.total() == len(trials)
    assert told[""] < len(trials) // 2, "most of these faults must reach the user"
