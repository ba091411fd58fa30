"""Damaged database files under a node with an open session: it starts, keeps the bad file, and
finds the session again on the chain.

MORPHEUS_DAMAGES sets how many cases there are.
"""

import asyncio
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import StorageError
from node.core.paths import AppDirs
from node.core.tasks import TaskScope
from node.service.dto import SessionView
from node.service.local import LocalNode, open_node
from tests.support.fresh_accounts import START_MOR, FreshAccount, chain_truth, fresh_accounts
from tests.support.kill_points import END
from tests.support.kill_trials import life_of, live
from tests.support.mortal_consumer import Life, open_session, options
from tests.support.small_market import SmallMarket, open_small_market

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform == "win32", reason="no fork server and no SIGKILL there"),
]
CASES = int(os.environ.get("MORPHEUS_DAMAGES", "60"))
FOUND_S = 20
JOURNAL, WAL = "journal.db", "journal.db-wal"
Damage = Callable[[Path, random.Random], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """Two consumers with a session each: one ended in order, one was killed and left its WAL."""

    market: SmallMarket
    orderly: tuple[FreshAccount, Life]
    killed: tuple[FreshAccount, Life]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Lived, None]:
    folder = tmp_path_factory.mktemp("lived")
    async with open_small_market(folder / "market") as market:
        first, second = await fresh_accounts(market.chain, "damage", 2)
        orderly = life_of(market, folder, first, "open")
        async with open_node(options(orderly.home, orderly.environment)) as node:
            await open_session(node, market.model_id)
        killed = life_of(market, folder, second, "open", point=END)
        await live(killed)
        yield Lived(market=market, orderly=(first, orderly), killed=(second, killed))


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 16, 400])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _cut_off(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(1, len(content))])


def _page_of_noise(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    start = chance.randrange(0, len(content), 4096)
    content[start : start + 4096] = chance.randbytes(4096)
    path.write_bytes(content)


def _zeros(path: Path, chance: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _gone(path: Path, chance: random.Random) -> None:
    path.unlink()


DAMAGES: tuple[tuple[str, str, Damage], ...] = (
    ("orderly", JOURNAL, _flip),
    ("killed", WAL, _flip),
    ("orderly", JOURNAL, _cut_off),
    ("killed", WAL, _cut_off),
    ("orderly", JOURNAL, _page_of_noise),
    ("orderly", "chats.db", _flip),
    ("orderly", "clients.db", _cut_off),
    ("killed", JOURNAL, _flip),
    ("orderly", JOURNAL, _zeros),
    ("killed", WAL, _gone),
    ("killed", JOURNAL, _gone),
    ("orderly", JOURNAL, _empty),
    ("killed", JOURNAL, _page_of_noise),
    ("orderly", "chats.db", _zeros),
    ("killed", WAL, _zeros),
)
ALWAYS_KEPT = {(JOURNAL, _zeros), (JOURNAL, _cut_off), ("chats.db", _zeros)}


@pytest.mark.parametrize("case", range(CASES))
async def test_the_node_starts_and_finds_its_session(
    lived: Lived, tmp_path: Path, case: int
) -> None:
    kind, name, damage = DAMAGES[case % len(DAMAGES)]
    account, life = lived.killed if kind == "killed" else lived.orderly
    home = tmp_path / "home"
    shutil.copytree(life.home, home)
    data = AppDirs.under(home).data
    damage(data / name, random.Random(case))
    found = {item.name: item.read_bytes() for item in data.glob("*.db*")}

    async with asyncio.timeout(FOUND_S), open_node(options(str(home), life.environment)) as node:
        (session,) = await _active(node)
        overview = await node.wallet.overview()
    truth = await chain_truth(lived.market.chain, account)
    assert [session.stake] == list(truth.stakes) == [overview.in_sessions]
    assert overview.total == START_MOR
    for kept in data.glob("*.corrupt-*"):
        was = kept.name.partition(".corrupt-")[0] + ("-wal" if kept.name.endswith("-wal") else "")
        assert kept.read_bytes() == found[was], "what is kept is not what was found"
    if (name, damage) in ALWAYS_KEPT:
        assert list(data.glob(f"{name}.corrupt-*"))


async def _active(node: LocalNode) -> list[SessionView]:
    changed = asyncio.Event()

    async def follow() -> None:
        async for _ in node.system.events():
            changed.set()

    async with TaskScope("follow") as tasks:
        tasks.spawn(follow(), name="events")
        while True:
            changed.clear()
            found = [item for item in await node.sessions.list() if item.state == "active"]
            if found:
                return found
            await changed.wait()


async def test_a_newer_program_s_journal_is_left_as_it_is(lived: Lived, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _, life = lived.orderly
    shutil.copytree(life.home, home)
    path = AppDirs.under(home).journal_db
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9000")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(StorageError) as caught:
        async with open_node(options(str(home), life.environment)):
            raise AssertionError("the node started on a journal it cannot read")
    assert caught.value.code == "storage.newer"
    assert path.read_bytes() == content
