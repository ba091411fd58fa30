"""Damaged database files: set aside, never deleted; the program starts all the same."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from node.core.errors import StorageError
from node.store.journal import SessionJournal, journal_database
from tests.unit.store.records import CHAIN, WALLET, a_tx, an_entry


async def fill(path: Path, *, backup: bool = False) -> None:
    async with journal_database(path) as database:
        journal = SessionJournal(database)
        await journal.create(an_entry())
        if backup:
            await database.back_up()
        for number in range(1, 200):
            await journal.add_tx(a_tx(number, raw=bytes([number]) * 400))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Content of a journal with a session and 199 transactions."""
    path = tmp_path_factory.mktemp("filled") / "journal.db"
    asyncio.run(fill(path))
    return path.read_bytes()


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("journal.db.backup-*"))


def set_aside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if ".corrupt-" in path.name)


async def entries(path: Path) -> tuple[int, str]:
    """Sessions found after opening, and what the user is told."""
    database = journal_database(path)
    report = await database.open()
    found = await SessionJournal(database).all(WALLET, CHAIN)
    await database.close()
    return len(found), report.message


async def test_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is no database, but it may be precious" * 100)
    content = path.read_bytes()
    found, message = await entries(path)
    (kept,) = set_aside(tmp_path)
    assert found == 0
    assert kept.read_bytes() == content
    assert kept.name in message
    assert "empty" in message


async def test_newest_good_backup_takes_the_place(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path, backup=True)
    (good,) = backups(tmp_path)
    (tmp_path / "journal.db.backup-99991231T000000000000Z").write_bytes(b"bad backup " * 500)
    path.write_bytes(b"\x00" * 8192)
    found, message = await entries(path)
    assert found == 1
    assert good.name in message
    assert len(set_aside(tmp_path)) == 1


async def test_truncated_file_is_set_aside(tmp_path: Path, filled: bytes) -> None:
    path = tmp_path / "journal.db"
    half = filled[: len(filled) // 2]
    path.write_bytes(half)
    found, message = await entries(path)
    assert (found, bool(message)) == (0, True)
    assert [kept.read_bytes() for kept in set_aside(tmp_path)] == [half]


async def test_empty_file_is_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    assert await entries(path) == (0, "")
    assert set_aside(tmp_path) == []


async def test_second_damage_keeps_both_files(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for _ in range(2):
        path.write_bytes(b"\xff" * 5000)
        await entries(path)
    assert len(set_aside(tmp_path)) == 2


@pytest.mark.parametrize("seed", range(30))
async def test_any_flipped_bytes_let_the_program_start(
    tmp_path: Path, filled: bytes, seed: int
) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(seed)
    content = bytearray(filled)
    for _ in range(chance.choice([1, 16, 400])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    try:
        await entries(path)
    except StorageError as error:
        # A flip in the version number looks like a newer program; other pages may fail on reading.
        assert error.code in {"storage.newer", "storage.damaged", "storage.io"}
    for kept in set_aside(tmp_path):
        assert kept.read_bytes() == bytes(content)
    if not set_aside(tmp_path):
        assert path.stat().st_size >= len(content)


async def test_damage_under_a_running_program_is_named(tmp_path: Path, filled: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(filled)
    async with journal_database(path) as database:
        raw = bytearray(path.read_bytes())
        raw[4096:] = b"\xa5" * (len(raw) - 4096)
        path.write_bytes(raw)
        with pytest.raises(StorageError) as caught:
            await SessionJournal(database).transactions(WALLET, CHAIN, 0, 1000)
    assert caught.value.code == "storage.damaged"
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


async def test_full_disk_is_told_and_passes(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        journal = SessionJournal(database)
        pages = await database.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        with pytest.raises(StorageError) as caught:
            for number in range(1, 100):
                await journal.add_tx(a_tx(number, raw=bytes(4000)))
        assert caught.value.code == "storage.full"
        assert caught.value.retryable
        await database.write(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
        await journal.add_tx(a_tx(500, raw=bytes(4000)))
        assert await journal.transaction(a_tx(500).tx_hash) is not None


async def test_row_with_a_state_nobody_wrote_is_damage(tmp_path: Path, filled: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(filled)
    async with journal_database(path) as database:
        journal = SessionJournal(database)
        await database.write(lambda c: c.execute("UPDATE sessions SET price = '12,5'").rowcount)
        await database.write(lambda c: c.execute("UPDATE transactions SET value = 'x'").rowcount)
        for reading in (journal.all(WALLET, CHAIN), journal.transactions(WALLET, CHAIN, 0, 9)):
            with pytest.raises(StorageError) as caught:
                await reading
            assert caught.value.code == "storage.damaged"
