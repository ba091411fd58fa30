"""MOR that came to an account by transactions of others, in `journal.db`."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from node.core.ids import Address, TxHash
from node.core.units import Mor, UnixSeconds
from node.store.db import Database
from node.store.journal_records import TxRecord
from node.store.journal_rows import tx_record
from node.store.rows import insert
from node.store.sqlite_errors import row_errors

DUST = Mor(10**16)
"""Less than 0.01 MOR is dust: strangers send it to be mistaken for somebody in a list."""
MAX_DUST = 200
"""So many rows of dust are kept for an account; older ones go."""
_COLUMNS = (
    "wallet", "chain_id", "token", "tx_hash", "log_index", "block", "block_hash", "sender",
    "amount", "origin", "time", "final",
)  # fmt: skip
_INSERT = insert("incoming_transfers", _COLUMNS)
_PLACE = "wallet = :wallet AND chain_id = :chain_id AND token = :token"
_SAME = f"{_PLACE} AND tx_hash = :tx_hash"
_MOVED = f"DELETE FROM incoming_transfers WHERE {_SAME} AND block_hash <> :block_hash AND final = 0"  # noqa: S608
_HAS = f"SELECT 1 FROM incoming_transfers WHERE {_SAME} AND (log_index = :log_index OR final = 1)"  # noqa: S608
_PRUNE = (
    f"DELETE FROM incoming_transfers WHERE {_PLACE} AND origin = 'transfer'"  # noqa: S608
    " AND CAST(amount AS INTEGER) < :dust AND time < (SELECT time FROM incoming_transfers"
    f" WHERE {_PLACE} AND origin = 'transfer' AND CAST(amount AS INTEGER) < :dust"
    " ORDER BY time DESC LIMIT 1 OFFSET :most)"
)
_HISTORY = (
    "SELECT tx_hash, 1 AS own, created_at AS time, nonce, rowid AS number FROM transactions"  # noqa: S608
    " WHERE wallet = :wallet AND chain_id = :chain_id"
    " UNION ALL"
    " SELECT tx_hash, 0, min(time), -1, min(block) FROM incoming_transfers"
    f" WHERE {_PLACE} GROUP BY tx_hash"
    " ORDER BY time DESC, nonce DESC, number DESC, tx_hash LIMIT :limit OFFSET :offset"
)


class Origin(StrEnum):
    """Why it came: somebody sent it, a stake was returned, or it is pay for a session."""

    TRANSFER = "transfer"
    STAKE = "stake"
    PAY = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPlace:
    """One account's tokens of one contract on one chain."""

    wallet: Address
    chain_id: int
    token: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLog:
    """One transfer as it stands in a log. `time` is that of its block."""

    tx_hash: TxHash
    log_index: int
    block: int
    block_hash: bytes
    sender: Address
    amount: Mor
    origin: Origin
    time: UnixSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What one transaction of somebody else brought. `sender`: who sent the most of it."""

    tx_hash: TxHash
    block: int
    block_hash: bytes
    sender: Address
    amount: Mor
    origin: Origin
    time: UnixSeconds
    final: bool

    @property
    def is_dust(self) -> bool:
        return self.origin is Origin.TRANSFER and self.amount < DUST


class IncomingTransfers:
    """Rows of all accounts; every write is on the disk when it returns."""

    def __init__(self, database: Database) -> None:
        """`database` must be open before the first call and is closed by its owner."""
        self._database = database

    async def add(self, place: AccountPlace, log: IncomingLog) -> bool:
        """Whether it was not known; the same transfer in another block takes its old row away."""
        row = {
            **_key(place),
            "tx_hash": log.tx_hash.raw,
            "log_index": log.log_index,
            "block": log.block,
            "block_hash": log.block_hash,
            "sender": log.sender.raw,
            "amount": str(log.amount.base),
            "origin": log.origin.value,
            "time": log.time,
            "final": 0,
        }

        def change(connection: sqlite3.Connection) -> bool:
            connection.execute(_MOVED, row)
            if connection.execute(_HAS, row).fetchone() is not None:
                return False
            connection.execute(_INSERT, row)
            connection.execute(_PRUNE, {**row, "dust": DUST.base, "most": MAX_DUST - 1})
            return True

        return await self._database.write(change)

    async def drop(self, place: AccountPlace, item: Incoming) -> None:
        """Its block vanished."""
        await self._run(
            f"DELETE FROM incoming_transfers WHERE {_SAME} AND block_hash = :block_hash",  # noqa: S608
            place,
            item,
        )

    async def finish(self, place: AccountPlace, item: Incoming) -> None:
        """Its block stays: it is not looked at again."""
        await self._run(
            f"UPDATE incoming_transfers SET final = 1 WHERE {_SAME} AND block_hash = :block_hash",  # noqa: S608
            place,
            item,
        )

    async def unsettled(self, place: AccountPlace, limit: int) -> tuple[Incoming, ...]:
        """In a block that may still vanish, oldest first."""
        query = (
            f"SELECT * FROM incoming_transfers WHERE {_PLACE} AND final = 0"  # noqa: S608
            " ORDER BY block LIMIT :limit"
        )
        values = {**_key(place), "limit": limit}
        rows = await self._database.read(lambda c: c.execute(query, values).fetchall())
        with row_errors(self._database.path):
            return tuple(_joined(rows).values())

    async def of(self, place: AccountPlace, tx_hash: TxHash) -> Incoming | None:
        query = f"SELECT * FROM incoming_transfers WHERE {_SAME}"  # noqa: S608
        values = {**_key(place), "tx_hash": tx_hash.raw}
        rows = await self._database.read(lambda c: c.execute(query, values).fetchall())
        with row_errors(self._database.path):
            return _joined(rows).get(tx_hash)

    async def history(
        self, place: AccountPlace, offset: int, limit: int
    ) -> tuple[TxRecord | Incoming, ...]:
        """What the account sent on the chain and what came to it, newest first."""
        values = {**_key(place), "offset": offset, "limit": limit}

        def read(connection: sqlite3.Connection) -> tuple[TxRecord | Incoming, ...]:
            found = connection.execute(_HISTORY, values).fetchall()
            came = [row["tx_hash"] for row in found if not row["own"]]
            sent = [row["tx_hash"] for row in found if row["own"]]
            own = {
                TxHash(row["tx_hash"]): tx_record(row)
                for row in _rows_of(connection, "SELECT * FROM transactions WHERE", sent)
            }
            start = f"SELECT * FROM incoming_transfers WHERE {_PLACE} AND"  # noqa: S608
            others = _joined(_rows_of(connection, start, came, values))
            return tuple(
                own[TxHash(row["tx_hash"])] if row["own"] else others[TxHash(row["tx_hash"])]
                for row in found
            )

        with row_errors(self._database.path):
            return await self._database.read(read)

    async def _run(self, query: str, place: AccountPlace, item: Incoming) -> None:
        values = {
            **_key(place),
            "tx_hash": item.tx_hash.raw,
            "block_hash": item.block_hash,
        }

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(query, values)

        await self._database.write(change)


def _key(place: AccountPlace) -> dict[str, object]:
    return {
        "wallet": place.wallet.raw,
        "chain_id": place.chain_id,
        "token": place.token.raw,
    }


def _rows_of(
    connection: sqlite3.Connection,
    start: str,
    hashes: Sequence[bytes],
    values: Mapping[str, object] | None = None,
) -> list[sqlite3.Row]:
    named = {f"hash{number}": value for number, value in enumerate(hashes)}
    marks = ", ".join(f":{name}" for name in named)
    query = f"{start} tx_hash IN ({marks})"
    return connection.execute(query, {**(values or {}), **named}).fetchall()


def _joined(rows: Iterable[sqlite3.Row]) -> dict[TxHash, Incoming]:
    """One for each transaction, in the order of the rows."""
    by_hash: dict[TxHash, list[sqlite3.Row]] = {}
    for row in rows:
        by_hash.setdefault(TxHash(row["tx_hash"]), []).append(row)
    return {tx_hash: _incoming(tx_hash, group) for tx_hash, group in by_hash.items()}


def _incoming(tx_hash: TxHash, rows: Sequence[sqlite3.Row]) -> Incoming:
    most = max(rows, key=lambda row: int(row["amount"]))
    return Incoming(
        tx_hash=tx_hash,
        block=most["block"],
        block_hash=most["block_hash"],
        sender=Address(most["sender"]),
        amount=Mor(sum(int(row["amount"]) for row in rows)),
        origin=Origin(most["origin"]),
        time=UnixSeconds(most["time"]),
        final=all(row["final"] for row in rows),
    )
