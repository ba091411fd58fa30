"""What the user wrote beside addresses and transactions."""

import sqlite3
from dataclasses import dataclass

from node.core.errors import UserInputError
from node.core.ids import Address, TxHash
from node.store.db import Database

_PUT = (
    "INSERT INTO contacts (address, name, note) VALUES (?, ?, ?)"
    " ON CONFLICT (address) DO UPDATE SET name = excluded.name, note = excluded.note"
)
_LABEL = "INSERT OR REPLACE INTO transaction_labels (tx_hash, label) VALUES (?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """A contact. Names are unique without regard to the case of ASCII letters."""

    address: Address
    name: str
    note: str = ""


class ContactBook:
    """The tables `contacts` and `transaction_labels` of `journal.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[KnownAddress, ...]:
        """By name."""
        query = "SELECT * FROM contacts ORDER BY name"
        rows = await self._database.read(lambda c: c.execute(query).fetchall())
        return tuple(
            KnownAddress(address=Address(row["address"]), name=row["name"], note=row["note"])
            for row in rows
        )

    async def save(self, contact: KnownAddress) -> None:
        """Add, or change the one with this address.

        Raises:
            UserInputError: another address has this name (code `input.contact`).
        """

        def change(connection: sqlite3.Connection) -> None:
            try:
                connection.execute(_PUT, (contact.address.raw, contact.name, contact.note))
            except sqlite3.IntegrityError as error:
                raise UserInputError(
                    f"Another contact is named {contact.name}.",
                    hint="Choose another name, or remove that contact first.",
                    code="input.contact",
                ) from error

        await self._database.write(change)

    async def remove(self, address: Address) -> None:
        """Unknown addresses are fine."""
        query = "DELETE FROM contacts WHERE address = ?"
        await self._database.write(lambda c: c.execute(query, (address.raw,)))

    async def labels(self) -> dict[TxHash, str]:
        query = "SELECT * FROM transaction_labels"
        rows = await self._database.read(lambda c: c.execute(query).fetchall())
        return {TxHash(row["tx_hash"]): row["label"] for row in rows}

    async def label(self, tx_hash: TxHash, text: str) -> None:
        """Empty text removes the label."""

        def change(connection: sqlite3.Connection) -> None:
            if text:
                connection.execute(_LABEL, (tx_hash.raw, text))
            else:
                query = "DELETE FROM transaction_labels WHERE tx_hash = ?"
                connection.execute(query, (tx_hash.raw,))

        await self._database.write(change)
