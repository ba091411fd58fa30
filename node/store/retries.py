"""Duties that were refused and wait to be tried again, with the reason: they survive a restart."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from node.core.units import UnixSeconds
from node.store.db import Database
from node.store.rows import Row, insert


class Duty(StrEnum):
    """`CLOSE`: the subject is the intent id of an ended session; its entry vanishes with the close.
    `CLAIM`: the subject is wallet and network.
    """

    CLOSE = "close"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """`attempts` failed so far, the first at `since`; not before `next_at` again.

    `code` and `reason` are those of the last failure, as in the error tree.
    """

    duty: Duty
    subject: str
    attempts: int
    next_at: UnixSeconds
    code: str
    reason: str
    since: UnixSeconds


_COLUMNS = ("kind", "subject", "attempts", "next_at", "code", "reason", "since")
_PUT = insert("retries", _COLUMNS).replace("INSERT INTO", "INSERT OR REPLACE INTO")


class RetryBook:
    """The table `retries` of `journal.db`. Every write is on the disk when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, retry: Retry) -> None:
        """Add or replace the entry of this duty and subject."""
        await self._database.write(lambda connection: connection.execute(_PUT, _row(retry)))

    async def drop(self, duty: Duty, subject: str) -> None:
        """Done; unknown subjects are fine."""
        await self._database.write(lambda connection: drop_retry(connection, duty, subject))

    async def get(self, duty: Duty, subject: str) -> Retry | None:
        query = "SELECT * FROM retries WHERE kind = ? AND subject = ?"
        found = await self._database.read(
            lambda connection: connection.execute(query, (duty.value, subject)).fetchone()
        )
        return _retry(found) if found is not None else None

    async def all(self, duty: Duty) -> dict[str, Retry]:
        """By subject."""
        query = "SELECT * FROM retries WHERE kind = ?"
        found = await self._database.read(
            lambda connection: connection.execute(query, (duty.value,)).fetchall()
        )
        return {row["subject"]: _retry(row) for row in found}


def drop_retry(connection: sqlite3.Connection, duty: Duty, subject: str) -> None:
    """Within a transaction of the caller."""
    connection.execute("DELETE FROM retries WHERE kind = ? AND subject = ?", (duty.value, subject))


def _row(retry: Retry) -> Row:
    return {
        "kind": retry.duty.value,
        "subject": retry.subject,
        "attempts": retry.attempts,
        "next_at": retry.next_at,
        "code": retry.code,
        "reason": retry.reason,
        "since": retry.since,
    }


def _retry(row: sqlite3.Row) -> Retry:
    return Retry(
        duty=Duty(row["kind"]),
        subject=row["subject"],
        attempts=row["attempts"],
        next_at=UnixSeconds(row["next_at"]),
        code=row["code"],
        reason=row["reason"],
        since=UnixSeconds(row["since"]),
    )
