"""Public keys of peers, bound to their addresses once proven."""

import sqlite3
from dataclasses import dataclass

from node.core.clock import Clock
from node.core.ids import Address
from node.core.units import UnixSeconds
from node.store.db import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKey:
    """`public_key`: 65 bytes, uncompressed. `endpoint` is hostile text until checked."""

    address: Address
    public_key: bytes
    endpoint: str
    seen_at: UnixSeconds


class PeerKeys:
    """Keys of providers this node used and of users it served, in `journal.db`.

    The caller has checked that a key belongs to its address before it is put here.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put_provider(self, address: Address, public_key: bytes, endpoint: str) -> None:
        values = (address.raw, public_key, endpoint, self._clock.unix_seconds())
        await self._database.write(
            lambda connection: _run(
                connection,
                "INSERT INTO provider_keys (address, public_key, endpoint, seen_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
                " public_key = excluded.public_key, endpoint = excluded.endpoint,"
                " seen_at = excluded.seen_at",
                values,
            )
        )

    async def provider(self, address: Address) -> ProviderKey | None:
        row = await self._database.read(
            lambda connection: _row(
                connection, "SELECT * FROM provider_keys WHERE address = ?", address
            )
        )
        if row is None:
            return None
        return ProviderKey(
            address=address,
            public_key=row["public_key"],
            endpoint=row["endpoint"],
            seen_at=UnixSeconds(row["seen_at"]),
        )

    async def put_user(self, address: Address, public_key: bytes) -> None:
        values = (address.raw, public_key, self._clock.unix_seconds())
        await self._database.write(
            lambda connection: _run(
                connection,
                "INSERT INTO user_keys (address, public_key, seen_at) VALUES (?, ?, ?)"
                " ON CONFLICT (address) DO UPDATE SET"
                " public_key = excluded.public_key, seen_at = excluded.seen_at",
                values,
            )
        )

    async def user(self, address: Address) -> bytes | None:
        """The user's public key (65 bytes), None when this provider never met the user."""
        row = await self._database.read(
            lambda connection: _row(
                connection, "SELECT * FROM user_keys WHERE address = ?", address
            )
        )
        if row is None:
            return None
        public_key: bytes = row["public_key"]
        return public_key


def _run(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    connection.execute(statement, values)


def _row(connection: sqlite3.Connection, query: str, address: Address) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(query, (address.raw,)).fetchone()
    return row
