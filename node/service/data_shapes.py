"""What lies in the folders of a profile: names, sizes and numbers of rows, never what is inside."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from node.core.paths import AppDirs
from node.service.dto import DoctorFinding
from node.service.findings import fine, warning

_MAX_FILES = 500
_SKIPPED = frozenset({"models", "uploads"})
"""Large, and named by their owner."""
_ASIDE = (".corrupt-", "damaged-", "replaced-", ".broken-")


def databases(dirs: AppDirs) -> dict[str, Any]:
    """Version of the schema and rows per table of each database."""
    return {
        path.name: database_shape(path)
        for path in (dirs.journal_db, dirs.chats_db, dirs.clients_db)
        if path.exists()
    }


def database_shape(path: Path) -> dict[str, Any]:
    """Read-only; a damaged file is told by SQLite's words."""
    shape: dict[str, Any] = {"bytes": path.stat().st_size}
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            shape["schema version"] = database.execute("PRAGMA user_version").fetchone()[0]
            shape["rows"] = {name: _rows(database, name) for name in _tables(database)}
            shape["check"] = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        shape["fault"] = str(error)
    return shape


def _tables(database: sqlite3.Connection) -> list[str]:
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " ORDER BY name"
    )
    return [str(name) for (name,) in found]


def _rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    # The name comes from the file's own list of tables.
    count: int = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608
    return count


def file_lines(dirs: AppDirs) -> list[str]:
    """Mode, size, time of change and name of the files of a profile, by folder."""
    lines: list[str] = []
    for title in ("config", "data", "state", "logs"):
        lines.append(f"{title}:")
        lines += [_line(path, found) for path, found in _files(getattr(dirs, title))] or ["  none"]
    return lines


def aside_findings(dirs: AppDirs) -> list[DoctorFinding]:
    """Files that were damaged, or replaced, and are kept."""
    names = [
        str(path.relative_to(dirs.data))
        for path, _ in _files(dirs.data)
        if any(mark in path.name for mark in _ASIDE)
    ]
    if not names:
        return [fine("files set aside", "None.")]
    return [warning("files set aside", ", ".join(names), "They are kept as they were found.")]


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    return list(_walk(folder))[:_MAX_FILES]


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        # A folder that cannot be read is a finding of the doctor; here it is an empty one.
        return
    for path in inside:
        found = path.lstat()
        if stat.S_ISDIR(found.st_mode):
            if path.name not in _SKIPPED:
                yield from _walk(path)
        else:
            yield path, found


def _line(path: Path, found: os.stat_result) -> str:
    at = datetime.fromtimestamp(found.st_mtime, UTC).strftime("%Y-%m-%d %H:%M")
    name = f"{path.parent.name}/{path.name}"
    return f"  {stat.filemode(found.st_mode)} {found.st_size:>10} {at} {name}"
