"""What clients spend of their allowances, in `clients.db`: reserved before anything is signed."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from node.core.clock import Clock
from node.core.errors import ClientAllowanceError
from node.core.ids import TxHash
from node.store.clients import left_of
from node.store.db import Database

Outcome = Literal["reserved", "spent", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """An amount that a client may be spending right now, under the journal's intent id."""

    intent_id: str
    name: str
    chain_id: int


class ClientSpending:
    """Reservations and transactions of clients. Every write is on the disk when it returns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """`database` must be open before the first call and is closed by its owner."""
        self._database = database
        self._clock = clock

    async def left(self, name: str, token: str) -> int:
        """What a client may still spend of a token (base units)."""

        def read(connection: sqlite3.Connection) -> int:
            grant = _grant(connection, name, token)
            return 0 if grant is None else left_of(connection, grant)

        return await self._database.read(read)

    async def reserve(self, reservation: Reservation, token: str, amount: int) -> None:
        """Take `amount` off the client's allowance of `token` until it is settled.

        Raises:
            ClientAllowanceError: less is left; nothing was reserved.
        """

        def change(connection: sqlite3.Connection) -> None:
            grant = _grant(connection, reservation.name, token)
            if grant is None:
                raise ClientAllowanceError("low agent user allowance: nothing is granted")
            left = left_of(connection, grant)
            if amount > left:
                raise ClientAllowanceError(
                    f"low agent user allowance: {left} is left, {amount} is needed"
                )
            connection.execute(
                "INSERT INTO spending (intent_id, name, grant_id, amount, chain_id, state,"
                " created_at) VALUES (?, ?, ?, ?, ?, 'reserved', ?)",
                (
                    reservation.intent_id,
                    reservation.name,
                    grant["id"],
                    str(amount),
                    reservation.chain_id,
                    self._clock.unix_seconds(),
                ),
            )

        await self._database.write(change)

    async def reserved(self, chain_id: int) -> tuple[Reservation, ...]:
        """All that is not settled on one chain, oldest first."""

        def read(connection: sqlite3.Connection) -> tuple[Reservation, ...]:
            rows = connection.execute(
                "SELECT intent_id, name, chain_id FROM spending"
                " WHERE state = 'reserved' AND chain_id = ? ORDER BY created_at, rowid",
                (chain_id,),
            ).fetchall()
            return tuple(Reservation(**dict(row)) for row in rows)

        return await self._database.read(read)

    async def settle(
        self, reservation: Reservation, outcome: Outcome, hashes: tuple[TxHash, ...]
    ) -> None:
        """Note what became of a reservation and which transactions belong to it."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE spending SET state = ? WHERE intent_id = ?",
                (outcome, reservation.intent_id),
            )
            _note(connection, reservation.name, hashes)

        await self._database.write(change)

    async def note(self, name: str, tx_hash: TxHash) -> None:
        """Note a transaction of a client that spends nothing itself."""
        await self._database.write(lambda connection: _note(connection, name, (tx_hash,)))

    async def transactions(
        self, name: str, before: int, limit: int
    ) -> tuple[tuple[TxHash, ...], int]:
        """Transactions of a client, newest first, and where the next page begins, 0 at the end.

        `before` is that number of the page before, 0 for the first page.
        """

        def read(connection: sqlite3.Connection) -> tuple[tuple[TxHash, ...], int]:
            rows = connection.execute(
                "SELECT number, tx_hash FROM client_transactions"
                " WHERE name = ? AND (? = 0 OR number < ?) ORDER BY number DESC LIMIT ?",
                (name, before, before, limit + 1),
            ).fetchall()
            page = rows[:limit]
            further = page[-1]["number"] if page and len(rows) > limit else 0
            return tuple(TxHash(row["tx_hash"]) for row in page), further

        return await self._database.read(read)


def _grant(connection: sqlite3.Connection, name: str, token: str) -> sqlite3.Row | None:
    """The grant of a confirmed client."""
    found: sqlite3.Row | None = connection.execute(
        "SELECT grants.id, grants.amount FROM grants JOIN clients USING (name)"
        " WHERE name = ? AND token = ? AND confirmed",
        (name, token),
    ).fetchone()
    return found


def _note(connection: sqlite3.Connection, name: str, hashes: tuple[TxHash, ...]) -> None:
    connection.executemany(
        "INSERT INTO client_transactions (name, tx_hash) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(name, item.raw) for item in hashes],
    )
