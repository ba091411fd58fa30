"""How far the logs of a contract were read for an account, in `journal.db`."""

import sqlite3
from dataclasses import dataclass

from node.core.ids import Address
from node.store.db import Database

_PUT = (
    "INSERT INTO log_cursors (chain_id, contract, account, block, block_hash)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (chain_id, contract, account) DO UPDATE SET"
    " block = excluded.block, block_hash = excluded.block_hash"
)
_GET = (
    "SELECT block, block_hash FROM log_cursors WHERE chain_id = ? AND contract = ? AND account = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCursor:
    """The last block whose logs were handled, and its hash (32 bytes) at that time."""

    block: int
    block_hash: bytes


class LogCursors:
    """`contract` is the marketplace whose logs are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, chain_id: int, contract: Address, account: Address) -> LogCursor | None:
        """None before the first `put` of these three."""
        key = (chain_id, contract.raw, account.raw)
        row: sqlite3.Row | None = await self._database.read(
            lambda connection: connection.execute(_GET, key).fetchone()
        )
        return None if row is None else LogCursor(block=row["block"], block_hash=row["block_hash"])

    async def put(
        self, chain_id: int, contract: Address, account: Address, cursor: LogCursor
    ) -> None:
        values = (chain_id, contract.raw, account.raw, cursor.block, cursor.block_hash)
        await self._database.write(lambda connection: _run(connection, values))


def _run(connection: sqlite3.Connection, values: tuple[object, ...]) -> None:
    connection.execute(_PUT, values)
