"""Turning SQLite's failures into words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.core.errors import StorageError, UserInputError

_FULL = {sqlite3.SQLITE_FULL}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_damaged(error: sqlite3.Error) -> bool:
    """True when the file is no database or its pages do not fit together."""
    return _primary_code(error) in _DAMAGED


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Raise every `sqlite3.Error` of the block as StorageError; the cause stays attached."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    except UnicodeDecodeError as error:
        # The module decodes SQLite's message about a broken schema, with the broken bytes in it.
        raise _damaged(path) from error


@contextmanager
def row_errors(path: Path) -> Iterator[None]:
    """Raise StorageError when a row of the block holds what this program never wrote."""
    try:
        yield
    except (ValueError, TypeError, LookupError, UserInputError) as error:
        raise _damaged(path) from error


def storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    code = _primary_code(error)
    name = path.name
    if code in _FULL:
        return StorageError(
            "The disk is full; nothing was saved.",
            hint=f"Free some space on the disk of {path.parent}, then try again.",
            code="storage.full",
            retryable=True,
        )
    if code in _BUSY:
        return StorageError(
            f"{name} is in use by another program.",
            hint="Close the other program, then try again.",
            code="storage.busy",
            retryable=True,
        )
    if code in _DAMAGED:
        return _damaged(path)
    details = {"sqlite": getattr(error, "sqlite_errorname", type(error).__name__)}
    return StorageError(
        f"{name} could not be read or written.",
        hint=f"Check the disk and the permissions of {path.parent}.",
        code="storage.io",
        details=details,
    )


def _damaged(path: Path) -> StorageError:
    return StorageError(
        f"{path.name} is damaged.",
        hint="Start the app again: it sets the file aside and goes on with a good one.",
        code="storage.damaged",
    )


def _primary_code(error: sqlite3.Error) -> int | None:
    # Extended codes carry the primary one in their low byte. Errors of the module itself have none.
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
