"""One SQLite file: opening, checking, upgrading, backing up, setting aside when damaged."""

import re
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from node.core.errors import StorageError
from node.core.faults import fault_point
from node.core.private_files import FILE_MODE, check_private_file, private_folder, sync_folder
from node.store.sqlite_errors import is_damaged, storage_errors

Synchronous = Literal["FULL", "NORMAL"]

_MIGRATION = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")
# Larger files get only a look at their schema at start; reading them whole would delay the window.
_FULL_CHECK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """What happened while a database file was opened, for the log and for the user.

    `quarantined` is where a damaged file went; `restored` the backup that took its place, None when
    the file had to be started empty.
    """

    created: bool = False
    migrated_from: int | None = None
    backup: Path | None = None
    quarantined: Path | None = None
    restored: Path | None = None

    @property
    def message(self) -> str:
        """One sentence for the user, empty when nothing needs to be said."""
        if self.quarantined is None:
            return ""
        kept = f"It was damaged and is kept as {self.quarantined.name}."
        if self.restored is None:
            return f"{kept} A new, empty file is used."
        return f"{kept} The backup {self.restored.name} is used instead."


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """A database file and its schema. Not thread-safe: each thread connects for itself."""

    path: Path
    schema_package: str
    synchronous: Synchronous

    def prepare(self) -> OpenReport:
        """Make the file usable: create, check, set aside if damaged, upgrade.

        Raises:
            StorageError: unreadable, owned by somebody else, or written by a newer program
                (code `storage.newer`; the file is left as it is).
        """
        private_folder(self.path.parent)
        check_private_file(self.path)
        quarantined, restored = None, None
        if not self._is_sound(self.path):
            quarantined = self._set_aside()
            restored = self._restore()
        created = not self.path.exists() or self.path.stat().st_size == 0
        self.path.touch(mode=FILE_MODE)
        with storage_errors(self.path):
            connection = self.connect()
            try:
                migrated_from, backup = self._migrate(connection, created=created)
            finally:
                connection.close()
        return OpenReport(
            created=created,
            migrated_from=migrated_from,
            backup=backup,
            quarantined=quarantined,
            restored=restored,
        )

    def connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        """Open a connection in autocommit mode; transactions are explicit. Raises sqlite3.Error."""
        connection = sqlite3.connect(self.path, timeout=5.0, isolation_level=None)
        try:
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self.synchronous}")
            # macOS: fsync alone leaves the data in the drive's cache. Without effect elsewhere.
            connection.execute(f"PRAGMA fullfsync = {self.synchronous == 'FULL':d}")
            if read_only:
                connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error:
            connection.close()
            raise
        connection.row_factory = sqlite3.Row
        return connection

    def back_up(self, connection: sqlite3.Connection, *, keep: int) -> Path:
        """Write a compact copy beside the file and remove all but the `keep` newest copies."""
        target = _free_name(self.path.with_name(f"{self.path.name}.backup-{_stamp()}"))
        target.touch(mode=FILE_MODE)
        with storage_errors(self.path):
            connection.execute("VACUUM INTO ?", (str(target),))
        for old in self._backups()[keep:]:
            old.unlink(missing_ok=True)
        return target

    # --- damage ----------------------------------------------------------------------------------

    def _is_sound(self, path: Path) -> bool:
        if not path.exists() or path.stat().st_size == 0:
            return True
        with storage_errors(path):
            # Read-only: closing must not merge the write-ahead log into what is kept as found.
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0, isolation_level=None
            )
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                if path.stat().st_size > _FULL_CHECK_BYTES:
                    return True
                verdict: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                return verdict == "ok"
            except sqlite3.DatabaseError as error:
                if is_damaged(error):
                    return False
                raise
            except UnicodeDecodeError:
                # A broken schema: the module cannot even decode SQLite's message about it.
                return False
            finally:
                connection.close()

    def _set_aside(self) -> Path:
        """Rename the damaged file and its write-ahead log; they are never deleted."""
        target = _free_name(self.path.with_name(f"{self.path.name}.corrupt-{_stamp()}"))
        self.path.rename(target)
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and log.stat().st_size:
            log.rename(target.with_name(f"{target.name}-wal"))
        # Left by the check; SQLite makes both again.
        log.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}-shm").unlink(missing_ok=True)
        sync_folder(self.path.parent)
        return target

    def _restore(self) -> Path | None:
        for backup in self._backups():
            if backup.stat().st_size and self._is_sound(backup):
                shutil.copyfile(backup, self.path)
                self.path.chmod(FILE_MODE)
                return backup
        return None

    def _backups(self) -> list[Path]:
        """Newest first."""
        return sorted(self.path.parent.glob(f"{self.path.name}.backup-*"), reverse=True)

    # --- upgrades --------------------------------------------------------------------------------

    def _migrate(
        self, connection: sqlite3.Connection, *, created: bool
    ) -> tuple[int | None, Path | None]:
        present: int = connection.execute("PRAGMA user_version").fetchone()[0]
        scripts = self._scripts()
        newest = max(scripts)
        if present > newest:
            raise StorageError(
                f"{self.path.name} was written by a newer version of this app.",
                hint="Install the newer version again. Nothing was changed.",
                code="storage.newer",
            )
        if present == newest:
            return None, None
        backup = None if created else self.back_up(connection, keep=7)
        steps = [scripts[number] for number in sorted(scripts) if number > present]
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{''.join(steps)}\nPRAGMA user_version = {newest:d};"
            )
            fault_point("store.migrate.before_commit")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return (None if created else present), backup

    def _scripts(self) -> dict[int, str]:
        found = {}
        for item in files(self.schema_package).iterdir():
            match = _MIGRATION.fullmatch(item.name)
            if match:
                found[int(match[1])] = item.read_text(encoding="utf-8")
        return found


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def _free_name(wanted: Path) -> Path:
    candidate, number = wanted, 1
    while candidate.exists():
        number += 1
        candidate = wanted.with_name(f"{wanted.name}-{number}")
    return candidate
