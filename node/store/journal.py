"""The journal of sessions and transactions: written before anything is sent, read after a crash."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from node.core.errors import InternalError, SessionNotFoundError, StorageError
from node.core.ids import Address, ModelId, SessionId, TxHash
from node.core.units import Mor
from node.store.db import Database
from node.store.journal_records import (
    FINAL_STATES,
    MINED_STATUSES,
    OPEN_STATES,
    OPENING_STATES,
    PENDING_STATUSES,
    TRANSITIONS,
    SessionEntry,
    SessionPurpose,
    SessionState,
    TxRecord,
    TxStatus,
    may_move,
)
from node.store.journal_rows import (
    SESSION_COLUMNS,
    TX_COLUMNS,
    session_entry,
    session_row,
    tx_record,
    tx_row,
)
from node.store.read_memory import ReadMemory
from node.store.retries import Duty, drop_retry
from node.store.rows import insert, update
from node.store.schema import journal as schema
from node.store.sqlite_errors import row_errors

__all__ = [
    "FINAL_STATES",
    "OPENING_STATES",
    "OPEN_STATES",
    "PENDING_STATUSES",
    "TRANSITIONS",
    "SessionEntry",
    "SessionJournal",
    "SessionState",
    "TxRecord",
    "TxStatus",
    "journal_database",
    "may_move",
]

MAX_KEPT = 256
_S = SessionState
_INSERT_SESSION = insert("sessions", SESSION_COLUMNS)
_UPDATE_SESSION = update("sessions", SESSION_COLUMNS, "intent_id")
_INSERT_TX = insert("transactions", TX_COLUMNS)
_UPDATE_TX = update("transactions", TX_COLUMNS, "tx_hash")


def journal_database(path: Path) -> Database:
    """The database of `journal.db`; a finished write survives a power cut."""
    return Database(path, schema_package=schema.__name__, synchronous="FULL")


def fresh_journal_database(path: Path) -> Database:
    """An empty journal: the demo chain forgets everything at its end, and so must its journal.
    Raises StorageError when the one before cannot be removed.
    """
    try:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
    except OSError as error:
        hint = f"Close what has {path.name} open, or remove it by hand."
        raise StorageError("The journal of the last demo cannot be removed.", hint=hint) from error
    return journal_database(path)


class SessionJournal:
    """Sessions and transactions of all wallets, in `journal.db`.

    Every method that writes has committed to the disk when it returns. Lists are newest first
    unless said otherwise. Entries are replaced whole: change them with `dataclasses.replace`, then
    `save`.
    """

    def __init__(self, database: Database) -> None:
        """`database` must be open before the first call and is closed by its owner."""
        self._database = database
        self._read = ReadMemory(MAX_KEPT)

    # --- sessions --------------------------------------------------------------------------------

    async def create(self, entry: SessionEntry) -> None:
        """Add a session: a new draft, or one found on chain.

        Raises:
            InternalError: the intent id or session id is known already.
        """
        await self._change(lambda connection: _add_session(connection, entry))

    async def save(self, entry: SessionEntry) -> None:
        """Replace the stored entry of the same intent id.

        Raises:
            InternalError: this step is not in `TRANSITIONS` (code `journal.transition`).
            SessionNotFoundError: never created.
        """
        await self._change(lambda connection: _replace_session(connection, entry))

    async def save_with_tx(self, entry: SessionEntry, tx: TxRecord) -> None:
        """`save` the entry and add (or replace) the transaction, both or none."""

        def change(connection: sqlite3.Connection) -> None:
            _replace_session(connection, entry)
            _put_tx(connection, tx)

        await self._change(change)

    async def _change(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Write sessions; nothing read before the end of the write is kept."""
        try:
            await self._database.write(change)
        finally:
            self._read.forget()

    async def entry(self, intent_id: str) -> SessionEntry | None:
        return await self._one_session("intent_id = ?", (intent_id,))

    async def entry_by_session(
        self, session_id: SessionId, chain_id: int, marketplace: Address
    ) -> SessionEntry | None:
        """The session of this marketplace: another one may know another session by the same id.

        From memory when nothing changed since it was read: each prompt asks for its session.
        """
        where = "session_id = ? AND chain_id = ? AND marketplace = ?"
        values = (session_id.raw, chain_id, marketplace.raw)
        return await self._read.read(values, lambda: self._one_session(where, values))

    async def unfinished(
        self, wallet: Address, chain_id: int, marketplace: Address | None = None
    ) -> tuple[SessionEntry, ...]:
        """Sessions that still need something done, oldest first: what recovery walks through.

        Here and below `marketplace` leaves out sessions of other contracts on the same chain.
        """
        states = frozenset(SessionState) - FINAL_STATES
        return await self._by_states(wallet, chain_id, states, "ASC", marketplace)

    async def active(
        self, wallet: Address, chain_id: int, marketplace: Address | None = None
    ) -> tuple[SessionEntry, ...]:
        """Sessions that are open on chain as far as is known, also ended ones nobody closed yet.

        From memory when nothing changed: each list of usable models asks.
        """
        return await self._read.read(
            ("active", wallet, chain_id, marketplace),
            lambda: self._by_states(wallet, chain_id, OPEN_STATES, "DESC", marketplace),
        )

    async def with_stake(self, wallet: Address) -> tuple[SessionEntry, ...]:
        """Sessions of every chain that hold the wallet's stake or are about to, oldest first."""
        states = OPEN_STATES | {_S.OPEN_SIGNED, _S.OPEN_SENT, _S.OPEN_IN_BLOCK}
        marks, values = _any_of(states)
        return await self._sessions(
            f"wallet = ? AND state IN ({marks})",
            (wallet.raw, *values),
            "ORDER BY created_at, rowid",
        )

    async def all(
        self, wallet: Address, chain_id: int, marketplace: Address | None = None
    ) -> tuple[SessionEntry, ...]:
        states = frozenset(SessionState)
        return await self._by_states(wallet, chain_id, states, "DESC", marketplace)

    async def followers(self, intent_id: str) -> tuple[SessionEntry, ...]:
        """Sessions that take the place of `intent_id`, newest first; given-up ones too.

        From memory when nothing changed: each prompt asks who answers for its session now.
        """
        tail = "ORDER BY created_at DESC, rowid DESC"
        return await self._read.read(
            ("followers", intent_id), lambda: self._sessions("follows = ?", (intent_id,), tail)
        )

    async def locked_since(
        self,
        moment: int,
        purposes: Iterable[SessionPurpose],
        *,
        wallet: Address,
        chain_id: int,
        marketplace: Address,
        model_id: ModelId | None = None,
    ) -> Mor:
        """Stake of the sessions begun at `moment` or later for one of these purposes, also of those
        that were closed since; what was given up locked nothing. `model_id` None: of all models.
        """
        marks, values = _any_of(purposes)
        given_up = (SessionState.FAILED.value, SessionState.ABANDONED.value)
        query = (
            "SELECT stake FROM sessions WHERE wallet = ? AND chain_id = ? AND marketplace = ?"  # noqa: S608
            f" AND created_at >= ? AND state NOT IN (?, ?) AND purpose IN ({marks})"
            " AND model_id = ifnull(?, model_id)"
        )
        wanted = model_id.raw if model_id is not None else None
        parameters = (wallet.raw, chain_id, marketplace.raw, moment, *given_up, *values, wanted)
        rows = await self._database.read(lambda c: c.execute(query, parameters).fetchall())
        with row_errors(self._database.path):
            return Mor(sum(int(row["stake"]) for row in rows))

    # --- transactions ----------------------------------------------------------------------------

    async def add_tx(self, tx: TxRecord) -> None:
        """Add a transaction before it is sent. Raises InternalError when its hash is known."""

        def change(connection: sqlite3.Connection) -> None:
            if _has_tx(connection, tx.tx_hash):
                raise InternalError("This transaction is in the journal already.")
            connection.execute(_INSERT_TX, tx_row(tx))

        await self._database.write(change)

    async def update_tx(self, tx: TxRecord) -> None:
        """Replace the stored record of the same hash. Raises InternalError when there is none."""

        def change(connection: sqlite3.Connection) -> None:
            if connection.execute(_UPDATE_TX, tx_row(tx)).rowcount != 1:
                raise InternalError("This transaction is not in the journal.")

        await self._database.write(change)

    async def update_txs(self, changed: Sequence[TxRecord]) -> None:
        """`update_tx` for several records, all or none (a mined one and those it replaced)."""

        def change(connection: sqlite3.Connection) -> None:
            for tx in changed:
                if connection.execute(_UPDATE_TX, tx_row(tx)).rowcount != 1:
                    raise InternalError("This transaction is not in the journal.")

        await self._database.write(change)

    async def add_replacement(self, tx: TxRecord, replaced: Sequence[TxRecord]) -> None:
        """`add_tx` and `update_txs` in one: written before the replacement is sent."""

        def change(connection: sqlite3.Connection) -> None:
            _put_tx(connection, tx)
            for item in replaced:
                connection.execute(_UPDATE_TX, tx_row(item))

        await self._database.write(change)

    async def transaction(self, tx_hash: TxHash) -> TxRecord | None:
        found = await self._transactions("tx_hash = ?", (tx_hash.raw,), "")
        return found[0] if found else None

    async def transactions(
        self, wallet: Address, chain_id: int, offset: int, limit: int
    ) -> tuple[TxRecord, ...]:
        return await self._transactions(
            "wallet = ? AND chain_id = ?",
            (wallet.raw, chain_id, limit, offset),
            "ORDER BY created_at DESC, nonce DESC, rowid DESC LIMIT ? OFFSET ?",
        )

    async def transactions_of(self, intent_id: str) -> tuple[TxRecord, ...]:
        """All transactions signed for one intent, oldest first; replacements share their nonce."""
        return await self._transactions(
            "intent_id = ?", (intent_id,), "ORDER BY created_at, nonce, rowid"
        )

    async def transactions_at(
        self, wallet: Address, chain_id: int, nonce: int
    ) -> tuple[TxRecord, ...]:
        """All that was ever signed for one nonce, oldest first: at most one of them is mined."""
        return await self._transactions(
            "wallet = ? AND chain_id = ? AND nonce = ?",
            (wallet.raw, chain_id, nonce),
            "ORDER BY rowid",
        )

    async def unsettled_transactions(
        self, wallet: Address, chain_id: int, limit: int
    ) -> tuple[TxRecord, ...]:
        """In a block that may still vanish, oldest first."""
        marks, values = _any_of(MINED_STATUSES)
        return await self._transactions(
            f"wallet = ? AND chain_id = ? AND final = 0 AND status IN ({marks})",
            (wallet.raw, chain_id, *values, limit),
            "ORDER BY block, nonce LIMIT ?",
        )

    async def pending_transactions(self, wallet: Address, chain_id: int) -> tuple[TxRecord, ...]:
        """Signed or sent, not yet known to be mined or dropped; lowest nonce first."""
        marks, values = _any_of(PENDING_STATUSES)
        return await self._transactions(
            f"wallet = ? AND chain_id = ? AND status IN ({marks})",
            (wallet.raw, chain_id, *values),
            "ORDER BY nonce, created_at, rowid",
        )

    # --- reading ---------------------------------------------------------------------------------

    async def _one_session(self, where: str, values: tuple[object, ...]) -> SessionEntry | None:
        found = await self._sessions(where, values, "LIMIT 1")
        return found[0] if found else None

    async def _by_states(
        self,
        wallet: Address,
        chain_id: int,
        states: Iterable[SessionState],
        direction: str,
        marketplace: Address | None,
    ) -> tuple[SessionEntry, ...]:
        marks, values = _any_of(states)
        where = f"wallet = ? AND chain_id = ? AND state IN ({marks})"
        parameters: tuple[object, ...] = (wallet.raw, chain_id, *values)
        if marketplace is not None:
            where, parameters = f"{where} AND marketplace = ?", (*parameters, marketplace.raw)
        return await self._sessions(
            where, parameters, f"ORDER BY created_at {direction}, rowid {direction}"
        )

    async def _sessions(
        self, where: str, values: tuple[object, ...], tail: str
    ) -> tuple[SessionEntry, ...]:
        query = f"SELECT * FROM sessions WHERE {where} {tail}"  # noqa: S608 - literals above
        rows = await self._database.read(lambda c: c.execute(query, values).fetchall())
        with row_errors(self._database.path):
            return tuple(session_entry(row) for row in rows)

    async def _transactions(
        self, where: str, values: tuple[object, ...], tail: str
    ) -> tuple[TxRecord, ...]:
        query = f"SELECT * FROM transactions WHERE {where} {tail}"  # noqa: S608 - literals above
        rows = await self._database.read(lambda c: c.execute(query, values).fetchall())
        with row_errors(self._database.path):
            return tuple(tx_record(row) for row in rows)


def _any_of(names: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    values = tuple(sorted(names))
    return ", ".join("?" * len(values)), values


def _add_session(connection: sqlite3.Connection, entry: SessionEntry) -> None:
    try:
        connection.execute(_INSERT_SESSION, session_row(entry))
    except sqlite3.IntegrityError as error:
        raise InternalError("This session is in the journal already.") from error


def _replace_session(connection: sqlite3.Connection, entry: SessionEntry) -> None:
    row = connection.execute(
        "SELECT state FROM sessions WHERE intent_id = ?", (entry.intent_id,)
    ).fetchone()
    if row is None:
        raise SessionNotFoundError("The journal knows no such session.")
    old = SessionState(row["state"])
    if not may_move(old, entry.state):
        raise InternalError(
            f"A session cannot go from {old} to {entry.state}.", code="journal.transition"
        )
    try:
        connection.execute(_UPDATE_SESSION, session_row(entry))
    except sqlite3.IntegrityError as error:
        raise InternalError("Another entry of the journal has this session id.") from error
    if entry.state not in OPEN_STATES:
        drop_retry(connection, Duty.CLOSE, entry.intent_id)


def _has_tx(connection: sqlite3.Connection, tx_hash: TxHash) -> bool:
    query = "SELECT 1 FROM transactions WHERE tx_hash = ?"
    return connection.execute(query, (tx_hash.raw,)).fetchone() is not None


def _put_tx(connection: sqlite3.Connection, tx: TxRecord) -> None:
    statement = _UPDATE_TX if _has_tx(connection, tx.tx_hash) else _INSERT_TX
    connection.execute(statement, tx_row(tx))
