"""The database layer: transactions, threads, upgrades, damage, modes. Real files throughout."""

import asyncio
import os
import sqlite3
import stat
import sys
import threading
from pathlib import Path

import pytest

from node.core.errors import InternalError, NodeStoppedError, StorageError
from node.store.db import Database
from node.store.journal import journal_database

JOURNAL = "node.store.schema.journal"


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def count(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("SELECT count(*) FROM user_keys").fetchone()[0]
    return found


def add_key(number: int, connection: sqlite3.Connection) -> None:
    row = (number.to_bytes(20, "big"), bytes(65), 0)
    connection.execute("INSERT INTO user_keys VALUES (?, ?, ?)", row)


async def fill(path: Path, rows: int) -> None:
    async with journal_database(path) as database:
        for number in range(rows):
            await database.write(lambda c, n=number: add_key(n, c))  # type: ignore[misc]


class Schema:
    """A package with numbered SQL files, made for one test."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "__init__.py").write_text("")

    def add(self, file: str, sql: str) -> None:
        (self.folder / file).write_text(sql)


@pytest.fixture
def schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Schema:
    monkeypatch.syspath_prepend(str(tmp_path))
    schema = Schema(tmp_path, f"schema_{request.node.name}")
    schema.add("0001_first.sql", "CREATE TABLE items (name TEXT) STRICT;")
    return schema


async def test_pragmas_of_both_connections(tmp_path: Path) -> None:
    names = ("journal_mode", "foreign_keys", "trusted_schema", "busy_timeout", "query_only")

    def look(connection: sqlite3.Connection) -> list[object]:
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    async with journal_database(tmp_path / "journal.db") as database:
        assert await database.write(look) == ["wal", 1, 0, 5000, 0]
        assert await database.read(look) == ["wal", 1, 0, 5000, 1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes")
async def test_files_are_private_even_under_an_open_umask(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    old = os.umask(0)
    try:
        async with journal_database(folder / "journal.db") as database:
            await database.write(lambda c: add_key(1, c))
            await database.back_up()
            modes = {n: stat.S_IMODE((folder / n).stat().st_mode) for n in names_in(folder)}
    finally:
        os.umask(old)
    assert {"journal.db", "journal.db-wal", "journal.db-shm"} < set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_failed_write_leaves_no_trace(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:

        def half(connection: sqlite3.Connection) -> None:
            add_key(1, connection)
            raise InternalError("in the middle")

        with pytest.raises(InternalError):
            await database.write(half)
        with pytest.raises(StorageError):
            await database.write(lambda c: [add_key(2, c), add_key(2, c)])
        assert await database.read(count) == 0
        await database.write(lambda c: add_key(3, c))
        assert await database.read(count) == 1


async def test_writes_run_one_at_a_time_in_their_own_thread(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        threads: set[str] = set()
        running: list[int] = []

        def step(connection: sqlite3.Connection, number: int) -> None:
            threads.add(threading.current_thread().name)
            running.append(number)
            add_key(number, connection)
            assert running == [number]
            running.clear()

        await asyncio.gather(
            *(database.write(lambda c, n=number: step(c, n)) for number in range(50))  # type: ignore[misc]
        )
        assert await database.read(count) == 50
    assert threads == {"journal-write_0"}


async def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        started, finish = threading.Event(), threading.Event()

        def slow(connection: sqlite3.Connection) -> None:
            add_key(1, connection)
            started.set()
            assert finish.wait(10)

        writing = asyncio.gather(database.write(slow))
        await asyncio.to_thread(started.wait, 10)
        assert await asyncio.wait_for(database.read(count), 5) == 0
        finish.set()
        await writing
        assert await database.read(count) == 1


async def test_cancelled_caller_does_not_break_the_writer(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        started, finish = threading.Event(), threading.Event()

        def slow(connection: sqlite3.Connection) -> None:
            started.set()
            assert finish.wait(10)
            add_key(1, connection)

        writing = asyncio.gather(database.write(slow))
        await asyncio.to_thread(started.wait, 10)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        finish.set()
        await database.write(lambda c: add_key(2, c))
        assert await database.read(count) == 2


async def test_closed_database_refuses_and_closes_twice(tmp_path: Path) -> None:
    database = journal_database(tmp_path / "journal.db")
    with pytest.raises(NodeStoppedError):
        await database.read(count)
    await database.open()
    with pytest.raises(InternalError):
        await database.open()
    await database.close()
    await database.close()
    with pytest.raises(NodeStoppedError):
        await database.write(lambda c: add_key(1, c))
    assert (await database.open()).created is False
    await database.close()


async def test_new_file_reports_that_it_is_new(tmp_path: Path) -> None:
    database = journal_database(tmp_path / "journal.db")
    report = await database.open()
    assert (report.created, report.backup, report.message) == (True, None, "")
    await database.close()


async def test_upgrade_runs_the_missing_steps_after_a_copy(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "data" / "x.db"
    async with Database(path, schema_package=schema.name, synchronous="NORMAL") as database:
        await database.write(lambda c: c.execute("INSERT INTO items VALUES ('kept')"))
    schema.add("0002_size.sql", "ALTER TABLE items ADD COLUMN size INTEGER NOT NULL DEFAULT 7;")
    schema.add("0003_index.sql", "CREATE INDEX items_by_size ON items (size);")
    newer = Database(path, schema_package=schema.name, synchronous="NORMAL")
    report = await newer.open()
    rows = await newer.read(lambda c: [tuple(row) for row in c.execute("SELECT * FROM items")])
    version = await newer.read(lambda c: c.execute("PRAGMA user_version").fetchone()[0])
    await newer.close()
    assert (rows, version, report.migrated_from) == ([("kept", 7)], 3, 1)
    assert report.backup is not None
    copy = sqlite3.connect(report.backup)
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    assert copy.execute("SELECT name FROM items").fetchall() == [("kept",)]
    copy.close()


async def test_failing_upgrade_changes_nothing(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "data" / "x.db"
    async with Database(path, schema_package=schema.name, synchronous="NORMAL"):
        pass
    schema.add("0002_bad.sql", "CREATE TABLE more (a INTEGER); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(StorageError):
        await Database(path, schema_package=schema.name, synchronous="NORMAL").open()
    (schema.folder / "0002_bad.sql").unlink()
    async with Database(path, schema_package=schema.name, synchronous="NORMAL") as database:
        tables = await database.read(
            lambda c: [row[0] for row in c.execute("SELECT name FROM sqlite_master")]
        )
    assert tables == ["items"]


async def test_file_of_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path, 3)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as caught:
        await journal_database(path).open()
    assert caught.value.code == "storage.newer"
    assert "newer version" in caught.value.message
    assert path.read_bytes() == before
    assert names_in(tmp_path) == {"journal.db"}


async def test_backups_are_kept_up_to_a_number(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        made = [await database.back_up(keep=3) for _ in range(5)]
    kept = {name for name in names_in(tmp_path) if "backup" in name}
    assert kept == {path.name for path in made[-3:]}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
async def test_links_and_folders_in_place_of_the_file_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("not ours")
    data = tmp_path / "data"
    data.mkdir()
    (data / "journal.db").symlink_to(target)
    (data / "folder.db").mkdir()
    for name in ("journal.db", "folder.db"):
        with pytest.raises(StorageError) as caught:
            await journal_database(data / name).open()
        assert caught.value.code == "storage.not_plain"
    assert target.read_text() == "not ours"
