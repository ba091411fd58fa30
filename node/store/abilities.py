"""What providers said they can do, remembered so that nobody can take it back unnoticed."""

import sqlite3
from dataclasses import dataclass

from node.core.ids import Address
from node.core.units import UnixSeconds
from node.store.db import Database

NEVER = UnixSeconds(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAbilities:
    """`opens_envelopes`: its last signed answer, of `checked_at`, announced encrypted prompts.

    `seen_with_at` is when it was first seen with them, `readable_agreed_at` when the user agreed to
    prompts in clear after it lost them; 0 is never.
    """

    address: Address
    opens_envelopes: bool
    checked_at: UnixSeconds
    seen_with_at: UnixSeconds = NEVER
    readable_agreed_at: UnixSeconds = NEVER

    @property
    def is_withdrawn(self) -> bool:
        """Whether it could once and no longer can, and the user did not agree."""
        return bool(self.seen_with_at) and not self.opens_envelopes and not self.readable_agreed_at


class AbilityBook:
    """One row per provider, in `journal.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, address: Address) -> ProviderAbilities | None:
        def find(connection: sqlite3.Connection) -> sqlite3.Row | None:
            query = "SELECT * FROM provider_abilities WHERE address = ?"
            found: sqlite3.Row | None = connection.execute(query, (address.raw,)).fetchone()
            return found

        row = await self._database.read(find)
        if row is None:
            return None
        return ProviderAbilities(
            address=address,
            opens_envelopes=bool(row["opens_envelopes"]),
            checked_at=UnixSeconds(row["checked_at"]),
            seen_with_at=UnixSeconds(row["seen_with_at"]),
            readable_agreed_at=UnixSeconds(row["readable_agreed_at"]),
        )

    async def put(self, abilities: ProviderAbilities) -> None:
        values = (
            abilities.address.raw,
            int(abilities.opens_envelopes),
            abilities.checked_at,
            abilities.seen_with_at,
            abilities.readable_agreed_at,
        )
        statement = (
            "INSERT INTO provider_abilities"
            " (address, opens_envelopes, checked_at, seen_with_at, readable_agreed_at)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
            " opens_envelopes = excluded.opens_envelopes, checked_at = excluded.checked_at,"
            " seen_with_at = excluded.seen_with_at,"
            " readable_agreed_at = excluded.readable_agreed_at"
        )

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        await self._database.write(write)
