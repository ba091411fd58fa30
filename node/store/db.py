"""An SQLite database behind two threads: one that writes, one that reads."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from node.core.errors import InternalError, NodeStoppedError
from node.core.faults import fault_point
from node.store.sqlite_errors import storage_errors
from node.store.sqlite_file import OpenReport, SqliteFile, Synchronous

_T = TypeVar("_T")


class _Lane:
    """One thread with its own connection, made and used only there."""

    def __init__(self, file: SqliteFile, *, read_only: bool) -> None:
        self._file = file
        self._read_only = read_only
        kind = "read" if read_only else "write"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{file.path.stem}-{kind}")
        self._connection: sqlite3.Connection | None = None

    async def call(self, function: Callable[[], _T]) -> _T:
        loop = asyncio.get_running_loop()
        try:
            future = loop.run_in_executor(self._thread, function)
        except RuntimeError as error:
            raise NodeStoppedError("The storage is closed.") from error
        return await future

    def connection(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._file.connect(read_only=self._read_only)
        return self._connection

    async def close(self) -> None:
        await self.call(self._disconnect)
        self._thread.shutdown(wait=True)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Database:
    """Async access to one file. `write` runs one function at a time in a transaction; `read` sees
    what was committed before it began and never waits for a writer.

    With `synchronous` FULL a finished `write` survives a power cut; with NORMAL the newest ones may
    be lost, the file stays sound.
    """

    def __init__(self, path: Path, *, schema_package: str, synchronous: Synchronous) -> None:
        self._file = SqliteFile(path=path, schema_package=schema_package, synchronous=synchronous)
        self._writer: _Lane | None = None
        self._reader: _Lane | None = None

    @property
    def path(self) -> Path:
        return self._file.path

    async def open(self) -> OpenReport:
        """Create, check and upgrade the file, then start both threads.

        Raises:
            StorageError: see `SqliteFile.prepare`.
        """
        if self._writer is not None:
            raise InternalError(f"{self.path.name} is already open.")
        writer = _Lane(self._file, read_only=False)
        try:
            report = await writer.call(self._file.prepare)
        except BaseException:
            await writer.close()
            raise
        self._writer, self._reader = writer, _Lane(self._file, read_only=True)
        return report

    async def write(self, function: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run `function` in a transaction; committed when this returns, rolled back when it raises.

        Raises:
            StorageError: SQLite refused (disk full, damaged, busy).
            NodeStoppedError: the database is closed.
        """
        lane = self._lane(self._writer)
        return await lane.call(lambda: self._in_transaction(lane, "BEGIN IMMEDIATE", function))

    async def read(self, function: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run `function` on one consistent snapshot; it cannot write. Errors as for `write`."""
        lane = self._lane(self._reader)
        return await lane.call(lambda: self._in_transaction(lane, "BEGIN", function))

    async def check(self) -> None:
        """Read one page. Raises as `read`, when the file is of no use any more."""
        await self.read(lambda c: c.execute("SELECT count(*) FROM sqlite_master").fetchone())

    async def back_up(self, *, keep: int = 7) -> Path:
        """Write a compact copy beside the file; the `keep` newest copies stay."""
        lane = self._lane(self._writer)
        return await lane.call(lambda: self._file.back_up(lane.connection(), keep=keep))

    async def close(self) -> None:
        """Finish what was handed in, then close. Safe to call twice."""
        writer, reader = self._writer, self._reader
        self._writer = self._reader = None
        if reader is not None:
            await reader.close()
        if writer is not None:
            await writer.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _lane(self, lane: _Lane | None) -> _Lane:
        if lane is None:
            raise NodeStoppedError("The storage is closed.")
        return lane

    def _in_transaction(
        self, lane: _Lane, begin: str, function: Callable[[sqlite3.Connection], _T]
    ) -> _T:
        with storage_errors(self.path):
            connection = lane.connection()
            connection.execute(begin)
            try:
                result = function(connection)
                fault_point("store.commit.before")
                connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            fault_point("store.commit.after")
            return result
