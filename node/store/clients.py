"""Clients of the API beside the admin: requests, and what they may spend, in `clients.db`."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from node.core.clock import Clock
from node.core.errors import ClientExistsError, ClientNotFoundError, TooManyRequestsError
from node.core.units import UnixSeconds
from node.store.db import Database
from node.store.schema import clients as schema

MAX_PENDING = 20
"""Requests of strangers, and requests for money, that wait for the admin."""


def clients_database(path: Path) -> Database:
    """The database of `clients.db`; a finished write survives a power cut."""
    return Database(path, schema_package=schema.__name__, synchronous="FULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """`password` is the text of a hash, empty once confirmed. `allowances`: what is left, by token
    ("eth" or a contract address in lower case), base units.
    """

    name: str
    permissions: tuple[str, ...]
    password: str = ""
    confirmed: bool = False
    allowances: Mapping[str, int] = field(default_factory=dict)
    created_at: UnixSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    name: str
    token: str
    amount: int


class ClientRepository:
    """Requests and confirmed clients with their allowances. Names are unique."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """`database` must be open before the first call and is closed by its owner."""
        self._database = database
        self._clock = clock

    async def all(self) -> tuple[ClientRecord, ...]:
        """Oldest first."""

        def read(connection: sqlite3.Connection) -> tuple[ClientRecord, ...]:
            rows = connection.execute("SELECT * FROM clients ORDER BY created_at, rowid").fetchall()
            return tuple(_record(row, _left(connection, row["name"])) for row in rows)

        return await self._database.read(read)

    async def request(self, client: ClientRecord) -> None:
        """Keep a stranger's request, with the allowances it asks for.

        Raises:
            ClientExistsError: the name is taken. TooManyRequestsError: too many wait already.
        """

        def change(connection: sqlite3.Connection) -> None:
            if _row(connection, client.name) is not None:
                raise ClientExistsError(f"There is a client named {client.name} already.")
            query = "SELECT count(*) FROM clients WHERE NOT confirmed"
            _refuse_flood(connection.execute(query).fetchone()[0])
            _insert(connection, client)
            _grant_all(connection, client.name, client.allowances)

        await self._database.write(change)

    async def add(self, name: str, permissions: Iterable[str]) -> None:
        """Note a client that the admin made: confirmed, without a hash of its own here."""
        record = ClientRecord(
            name=name,
            permissions=tuple(permissions),
            confirmed=True,
            created_at=self._clock.unix_seconds(),
        )

        def change(connection: sqlite3.Connection) -> None:
            row = _row(connection, name)
            if row is not None and not row["confirmed"]:
                # What a stranger asked for under this name was not granted.
                connection.execute("DELETE FROM grants WHERE name = ?", (name,))
            connection.execute("DELETE FROM clients WHERE name = ?", (name,))
            _insert(connection, record)

        await self._database.write(change)

    async def find(self, name: str) -> ClientRecord:
        """Raises ClientNotFoundError."""

        def read(connection: sqlite3.Connection) -> ClientRecord:
            return _record(_required(connection, name), _left(connection, name))

        return await self._database.read(read)

    async def confirm(self, name: str) -> None:
        """Mark a request as confirmed and forget its hash. Raises ClientNotFoundError."""

        def change(connection: sqlite3.Connection) -> None:
            _required(connection, name)
            connection.execute(
                "UPDATE clients SET confirmed = 1, password = '' WHERE name = ?", (name,)
            )

        await self._database.write(change)

    async def remove(self, name: str) -> None:
        """Forget a client and all that belongs to it, also one that is not here."""

        def change(connection: sqlite3.Connection) -> None:
            for table in ("clients", "grants", "grant_requests", "client_transactions"):
                connection.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608
            connection.execute(
                "DELETE FROM spending WHERE name = ? AND state != 'reserved'", (name,)
            )

        await self._database.write(change)

    # --- allowances ------------------------------------------------------------------------------

    async def grant(self, name: str, token: str, amount: int) -> None:
        """Let a client spend `amount` from now on, whatever was granted or spent before."""

        def change(connection: sqlite3.Connection) -> None:
            _required(connection, name)
            _grant_all(connection, name, {token: amount})

        await self._database.write(change)

    async def revoke(self, name: str, token: str) -> None:
        """Raises ClientNotFoundError."""

        def change(connection: sqlite3.Connection) -> None:
            _required(connection, name)
            connection.execute("DELETE FROM grants WHERE name = ? AND token = ?", (name, token))

        await self._database.write(change)

    async def ask(self, request: GrantRequest) -> None:
        """Keep a client's request for an allowance; a later one for the same token replaces it.

        Raises:
            ClientNotFoundError: no such client. TooManyRequestsError: too many wait already.
        """

        def change(connection: sqlite3.Connection) -> None:
            _required(connection, request.name)
            key = (request.name, request.token)
            connection.execute("DELETE FROM grant_requests WHERE name = ? AND token = ?", key)
            query = "SELECT count(*) FROM grant_requests"
            _refuse_flood(connection.execute(query).fetchone()[0])
            connection.execute(
                "INSERT INTO grant_requests (name, token, amount, created_at) VALUES (?, ?, ?, ?)",
                (*key, str(request.amount), self._clock.unix_seconds()),
            )

        await self._database.write(change)

    async def asked(self) -> tuple[GrantRequest, ...]:
        """Requests for allowances that wait, oldest first."""

        def read(connection: sqlite3.Connection) -> tuple[GrantRequest, ...]:
            rows = connection.execute("SELECT * FROM grant_requests ORDER BY created_at").fetchall()
            return tuple(
                GrantRequest(name=row["name"], token=row["token"], amount=int(row["amount"]))
                for row in rows
            )

        return await self._database.read(read)

    async def answer(self, name: str, token: str, *, accept: bool) -> None:
        """Grant what was asked for, or not. Raises ClientNotFoundError when nothing was."""

        def change(connection: sqlite3.Connection) -> None:
            key = (name, token)
            row = connection.execute(
                "SELECT amount FROM grant_requests WHERE name = ? AND token = ?", key
            ).fetchone()
            if row is None:
                raise ClientNotFoundError("There is no such request.")
            connection.execute("DELETE FROM grant_requests WHERE name = ? AND token = ?", key)
            if accept:
                _grant_all(connection, name, {token: int(row["amount"])})

        await self._database.write(change)


def _refuse_flood(waiting: int) -> None:
    if waiting >= MAX_PENDING:
        raise TooManyRequestsError("Too many requests wait for the owner of this node.")


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM clients WHERE name = ?", (name,)
    ).fetchone()
    return found


def _required(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = _row(connection, name)
    if row is None:
        raise ClientNotFoundError("user not found")
    return row


def _insert(connection: sqlite3.Connection, client: ClientRecord) -> None:
    connection.execute(
        "INSERT INTO clients (name, permissions, password, confirmed, created_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            client.name,
            json.dumps(client.permissions),
            client.password,
            client.confirmed,
            client.created_at,
        ),
    )


def _grant_all(connection: sqlite3.Connection, name: str, amounts: Mapping[str, int]) -> None:
    for token, amount in amounts.items():
        connection.execute("DELETE FROM grants WHERE name = ? AND token = ?", (name, token))
        # Ids are never used again, so that old spending does not count against a new grant.
        connection.execute(
            "INSERT INTO grants (id, name, token, amount) VALUES ((SELECT 1 + max("
            "coalesce((SELECT max(id) FROM grants), 0),"
            " coalesce((SELECT max(grant_id) FROM spending), 0))), ?, ?, ?)",
            (name, token, str(amount)),
        )


def _left(connection: sqlite3.Connection, name: str) -> dict[str, int]:
    rows = connection.execute(
        "SELECT id, token, amount FROM grants WHERE name = ? ORDER BY token", (name,)
    ).fetchall()
    return {row["token"]: left_of(connection, row) for row in rows}


def left_of(connection: sqlite3.Connection, grant: sqlite3.Row) -> int:
    """What is left of a grant (`id`, `amount`) after all that was reserved and spent."""
    rows = connection.execute(
        "SELECT amount FROM spending WHERE grant_id = ? AND state != 'released'", (grant["id"],)
    ).fetchall()
    return max(0, int(grant["amount"]) - sum(int(row["amount"]) for row in rows))


def _record(row: sqlite3.Row, left: Mapping[str, int]) -> ClientRecord:
    return ClientRecord(
        name=row["name"],
        permissions=tuple(json.loads(row["permissions"])),
        password=row["password"],
        confirmed=bool(row["confirmed"]),
        allowances=left,
        created_at=UnixSeconds(row["created_at"]),
    )
