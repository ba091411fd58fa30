"""What keeps a network from being forgotten."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.core.ids import Address, SessionId
from node.store.chain_holdings import Holdings, held_on
from node.store.db import Database
from node.store.journal import SessionJournal, SessionState, TxStatus, journal_database
from tests.unit.store.records import CHAIN, OTHER_WALLET, a_tx, an_entry

MARKET = an_entry().marketplace
OTHER_MARKET = Address(b"\x99" * 20)
NOTHING = Holdings(0, 0)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with journal_database(tmp_path / "journal.db") as found:
        yield found


async def test_an_empty_journal_holds_nothing(database: Database) -> None:
    assert await held_on(database, CHAIN, MARKET) == NOTHING


HOLDING = {
    SessionState.OPEN_SIGNED,
    SessionState.OPEN_SENT,
    SessionState.OPEN_IN_BLOCK,
    SessionState.ACTIVE,
    SessionState.CLOSE_SIGNED,
    SessionState.CLOSE_SENT,
    SessionState.CLOSED,
}


@pytest.mark.parametrize("state", list(SessionState))
async def test_sessions_with_stake_count_and_others_do_not(
    database: Database, state: SessionState
) -> None:
    await SessionJournal(database).create(an_entry(state=state))
    assert await held_on(database, CHAIN, MARKET) == Holdings(int(state in HOLDING), 0)


async def test_sessions_of_all_wallets_at_this_marketplace_only(database: Database) -> None:
    journal, active = SessionJournal(database), SessionState.ACTIVE
    for number, where in enumerate(
        (
            {},
            {"wallet": OTHER_WALLET},
            {"marketplace": OTHER_MARKET},
            {"chain_id": CHAIN + 1},
        )
    ):
        session = SessionId(bytes([number]) * 32)
        await journal.create(
            an_entry(f"intent-{number}", state=active, session_id=session, **where)
        )
    assert (await held_on(database, CHAIN, MARKET)).sessions == 2
    assert (await held_on(database, CHAIN, OTHER_MARKET)).sessions == 1
    assert (await held_on(database, CHAIN + 1, MARKET)).sessions == 1
    assert (await held_on(database, CHAIN + 2, MARKET)) == NOTHING


async def test_transactions_that_wait_count_for_their_chain(database: Database) -> None:
    journal = SessionJournal(database)
    for number, status in enumerate(TxStatus, 1):
        await journal.add_tx(a_tx(number, status=status))
    await journal.add_tx(a_tx(90, status=TxStatus.SENT, chain_id=CHAIN + 1))
    await journal.add_tx(a_tx(91, status=TxStatus.SENT, wallet=OTHER_WALLET))
    assert await held_on(database, CHAIN, MARKET) == Holdings(0, 3)
    assert await held_on(database, CHAIN, OTHER_MARKET) == Holdings(0, 3)
    assert await held_on(database, CHAIN + 1, MARKET) == Holdings(0, 1)
