"""What a provider remembers over a restart: approvals it gave, and when sessions were last used."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import UnixMillis, UnixSeconds
from node.store.db import Database

_KEEP_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenApproval:
    """`issued_at` is the time in the approval's bytes."""

    bid_id: BidId
    user: Address
    model_id: ModelId
    issued_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """`message_at`: newest timestamp of an accepted prompt, in its sender's clock.

    `active_at`: our time of the newest start or end of a prompt.
    """

    session_id: SessionId
    message_at: UnixMillis
    active_at: UnixSeconds


class ProviderMemory:
    """In `journal.db`. Entries older than a day are of no use and are removed at the start."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give_approval(
        self, bid_id: BidId, user: Address, model_id: ModelId, now: UnixMillis, window_ms: int
    ) -> UnixMillis:
        """The time for a new approval, kept before it is used: equal bytes are one approval.

        Strictly later than the one before for the same bid and user. A time before more than
        `window_ms` ahead of `now` was made by a clock that has been put right since: it is left.
        """
        key = (bid_id.raw, user.raw)

        def change(connection: sqlite3.Connection) -> int:
            row = connection.execute(
                "SELECT issued_at FROM approvals_given WHERE bid_id = ? AND user = ?", key
            ).fetchone()
            last: int = row["issued_at"] if row else 0
            moment = now if last > now + window_ms else max(now, last + 1)
            connection.execute(
                "INSERT OR REPLACE INTO approvals_given VALUES (?, ?, ?, ?)",
                (*key, model_id.raw, moment),
            )
            return moment

        return UnixMillis(await self._database.write(change))

    async def approvals_since(self, moment: UnixMillis) -> tuple[GivenApproval, ...]:
        """Approvals given at `moment` or later, oldest first."""
        query = "SELECT * FROM approvals_given WHERE issued_at >= ? ORDER BY issued_at"
        rows = await self._database.read(lambda c: c.execute(query, (moment,)).fetchall())
        return tuple(
            GivenApproval(
                bid_id=BidId(row["bid_id"]),
                user=Address(row["user"]),
                model_id=ModelId(row["model_id"]),
                issued_at=UnixMillis(row["issued_at"]),
            )
            for row in rows
        )

    async def note_activity(self, found: Iterable[Activity]) -> None:
        """Write the newest times of several sessions at once; older ones change nothing."""
        values = [(item.session_id.raw, item.message_at, item.active_at) for item in found]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO served_activity VALUES (?, ?, ?) ON CONFLICT (session_id) DO UPDATE"
                " SET message_at = max(message_at, excluded.message_at),"
                " active_at = max(active_at, excluded.active_at)",
                values,
            )

        await self._database.write(change)

    async def recall(self, now: UnixSeconds) -> tuple[Activity, ...]:
        """Activity of the last day; older entries of both kinds are removed."""
        oldest = now - _KEEP_S

        def change(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            connection.execute("DELETE FROM served_activity WHERE active_at < ?", (oldest,))
            connection.execute("DELETE FROM approvals_given WHERE issued_at < ?", (oldest * 1000,))
            return connection.execute("SELECT * FROM served_activity").fetchall()

        return tuple(
            Activity(
                session_id=SessionId(row["session_id"]),
                message_at=UnixMillis(row["message_at"]),
                active_at=UnixSeconds(row["active_at"]),
            )
            for row in await self._database.write(change)
        )
