"""What the journal still has open somewhere, of whatever wallet."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.core.ids import Address
from node.store.db import Database
from node.store.journal_records import OPEN_STATES, PENDING_STATUSES, SessionState

_HELD = OPEN_STATES | {
    SessionState.OPEN_SIGNED,
    SessionState.OPEN_SENT,
    SessionState.OPEN_IN_BLOCK,
    SessionState.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Holdings:
    """`sessions` hold stake, or are about to; `transactions` of the chain wait for a block."""

    sessions: int
    transactions: int


async def held_on(database: Database, chain_id: int, marketplace: Address) -> Holdings:
    """Sessions of this marketplace, and transactions of the whole chain."""
    states, statuses = sorted(_HELD), sorted(PENDING_STATUSES)
    at_market = f"chain_id = ? AND marketplace = ? AND state IN ({_marks(states)})"
    waiting = f"chain_id = ? AND status IN ({_marks(statuses)})"
    sessions = f"SELECT count(*) FROM sessions WHERE {at_market}"  # noqa: S608 - question marks
    transactions = f"SELECT count(*) FROM transactions WHERE {waiting}"  # noqa: S608 - as above
    return await database.read(
        lambda c: Holdings(
            c.execute(sessions, (chain_id, marketplace.raw, *states)).fetchone()[0],
            c.execute(transactions, (chain_id, *statuses)).fetchone()[0],
        )
    )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
