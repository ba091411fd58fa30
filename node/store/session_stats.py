"""Prompt statistics per session, as reports need them, and the sessions this node serves."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import PromptStats
from node.core.units import UnixSeconds
from node.store.db import Database

Role = Literal["consumer", "provider"]

_MAX_UINT32 = 2**32 - 1
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTotals:
    """Figures of all finished prompts of a session; each fits the uint32 of a report."""

    prompts: int = 0
    mean_tps_scaled_1000: int = 0
    mean_ttft_ms: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSession:
    """A session this node serves as provider, as read from the chain. `closed_at` 0 while open."""

    session_id: SessionId
    user: Address
    model_id: ModelId
    bid_id: BidId
    opened_at: UnixSeconds
    ends_at: UnixSeconds
    closed_at: UnixSeconds


class SessionStats:
    """Counts of prompts per session and role, and served sessions, in `journal.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session_id: SessionId, role: Role, stats: PromptStats) -> None:
        """Count one completed prompt."""
        values = {
            "session_id": session_id.raw,
            "role": role,
            "tps": stats.tps_scaled_1000,
            "ttft": stats.ttft_ms,
            "input": stats.input_tokens,
            "output": stats.output_tokens,
        }

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO session_stats VALUES"
                " (:session_id, :role, 1, :tps, :ttft, :input, :output)"
                " ON CONFLICT (session_id, role) DO UPDATE SET prompts = prompts + 1,"
                " tps_scaled_1000_sum = tps_scaled_1000_sum + :tps,"
                " ttft_ms_sum = ttft_ms_sum + :ttft,"
                " input_tokens = input_tokens + :input,"
                " output_tokens = output_tokens + :output",
                values,
            )

        await self._database.write(change)

    async def totals(self, session_id: SessionId, role: Role) -> SessionTotals:
        """Integer means (rounded down) and sums; zeros when no prompt was completed."""
        return (await self.totals_of([session_id], role)).get(session_id, SessionTotals())

    async def totals_of(
        self, session_ids: Sequence[SessionId], role: Role
    ) -> dict[SessionId, SessionTotals]:
        """Those in which a prompt was completed; as `totals`."""

        def look(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            found: list[sqlite3.Row] = []
            for start in range(0, len(session_ids), _AT_ONCE):
                part = [item.raw for item in session_ids[start : start + _AT_ONCE]]
                marks = ", ".join("?" * len(part))
                where = f"role = ? AND session_id IN ({marks})"
                query = f"SELECT * FROM session_stats WHERE {where}"  # noqa: S608 - question marks
                found += connection.execute(query, (role, *part)).fetchall()
            return found

        rows = await self._database.read(look)
        return {SessionId(row["session_id"]): _totals(row) for row in rows}

    # --- served sessions -------------------------------------------------------------------------

    async def put_served(self, session: ServedSession) -> None:
        """Add the session or replace what is known of it."""
        values = (
            session.session_id.raw,
            session.user.raw,
            session.model_id.raw,
            session.bid_id.raw,
            session.opened_at,
            session.ends_at,
            session.closed_at,
        )

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO served_sessions VALUES (?, ?, ?, ?, ?, ?, ?)", values
            )

        await self._database.write(change)

    async def served(self, session_id: SessionId) -> ServedSession | None:
        found = await self._served("session_id = ?", session_id.raw)
        return found[0] if found else None

    async def served_running(self, now: UnixSeconds) -> tuple[ServedSession, ...]:
        """Sessions that are neither closed nor ended at `now`, soonest end first."""
        return await self._served("closed_at = 0 AND ends_at > ?", now)

    async def served_unclosed(self) -> tuple[ServedSession, ...]:
        """Sessions nobody closed as far as is known, ended ones included (candidates to claim)."""
        return await self._served("closed_at = ?", 0)

    async def _served(self, where: str, value: object) -> tuple[ServedSession, ...]:
        query = f"SELECT * FROM served_sessions WHERE {where} ORDER BY ends_at"  # noqa: S608
        rows = await self._database.read(lambda c: c.execute(query, (value,)).fetchall())
        return tuple(
            ServedSession(
                session_id=SessionId(row["session_id"]),
                user=Address(row["user"]),
                model_id=ModelId(row["model_id"]),
                bid_id=BidId(row["bid_id"]),
                opened_at=UnixSeconds(row["opened_at"]),
                ends_at=UnixSeconds(row["ends_at"]),
                closed_at=UnixSeconds(row["closed_at"]),
            )
            for row in rows
        )


def _totals(row: sqlite3.Row) -> SessionTotals:
    prompts: int = row["prompts"]
    return SessionTotals(
        prompts=prompts,
        mean_tps_scaled_1000=min(_MAX_UINT32, row["tps_scaled_1000_sum"] // prompts),
        mean_ttft_ms=min(_MAX_UINT32, row["ttft_ms_sum"] // prompts),
        input_tokens=min(_MAX_UINT32, row["input_tokens"]),
        output_tokens=min(_MAX_UINT32, row["output_tokens"]),
    )
