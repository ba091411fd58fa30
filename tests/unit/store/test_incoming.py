"""Rows of what came to an account: once each, gone with their block, in one list with its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from node.core.ids import Address, TxHash
from node.core.units import Mor, UnixSeconds
from node.store.incoming import (
    DUST,
    MAX_DUST,
    AccountPlace,
    Incoming,
    IncomingLog,
    IncomingTransfers,
    Origin,
)
from node.store.journal import SessionJournal, TxRecord, journal_database
from tests.unit.store.records import CHAIN, OTHER_WALLET, WALLET, a_tx

TOKEN = Address(b"\x70" * 20)
PLACE = AccountPlace(wallet=WALLET, chain_id=CHAIN, token=TOKEN)
ADA, BOB = Address(b"\xad" * 20), Address(b"\xb0" * 20)
START = 1_793_520_000


def a_log(number: int = 1, **changes: object) -> IncomingLog:
    log = IncomingLog(
        tx_hash=TxHash((number << 64).to_bytes(32, "big")),
        log_index=4,
        block=100 + number,
        block_hash=bytes([number % 256]) * 32,
        sender=ADA,
        amount=Mor(10**18 * 20),
        origin=Origin.TRANSFER,
        time=UnixSeconds(START + number),
    )
    return replace(log, **changes)  # type: ignore[arg-type]


async def test_a_row_is_added_once_and_survives_the_program(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with journal_database(path) as database:
        rows = IncomingTransfers(database)
        assert await rows.add(PLACE, a_log()) is True
        assert await rows.add(PLACE, a_log()) is False
    async with journal_database(path) as database:
        (found,) = await IncomingTransfers(database).history(PLACE, 0, 10)
        assert isinstance(found, Incoming)
        assert (found.amount, found.sender, found.time) == (Mor(10**18 * 20), ADA, START + 1)
        assert not found.final


async def test_a_transfer_that_moved_to_another_block_stays_one_row(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows = IncomingTransfers(database)
        await rows.add(PLACE, a_log())
        moved = a_log(block=160, block_hash=b"\x60" * 32, log_index=9)
        assert await rows.add(PLACE, moved) is True
        (found,) = await rows.history(PLACE, 0, 10)
        assert isinstance(found, Incoming)
        assert (found.block, found.amount) == (160, Mor(10**18 * 20))
        # What vanished was the old place: dropping it now must not touch the new row.
        await rows.drop(PLACE, replace(found, block_hash=b"\x01" * 32))
        assert await rows.of(PLACE, found.tx_hash) == found
        await rows.drop(PLACE, found)
        assert await rows.history(PLACE, 0, 10) == ()


async def test_a_final_row_is_not_moved_by_what_a_server_says_later(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows = IncomingTransfers(database)
        await rows.add(PLACE, a_log())
        (item,) = await rows.unsettled(PLACE, 10)
        await rows.finish(PLACE, item)
        assert await rows.unsettled(PLACE, 10) == ()
        lie = a_log(block=900, block_hash=b"\x09" * 32, log_index=7, amount=Mor(10**24))
        assert await rows.add(PLACE, lie) is False
        found = await rows.of(PLACE, item.tx_hash)
        assert found is not None
        assert (found.block, found.amount, found.final) == (item.block, item.amount, True)


async def test_one_transaction_is_one_row_with_the_sum(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows = IncomingTransfers(database)
        await rows.add(PLACE, a_log(amount=Mor(2)))
        await rows.add(PLACE, a_log(amount=DUST, log_index=5, sender=BOB))
        (found,) = await rows.history(PLACE, 0, 10)
        assert isinstance(found, Incoming)
        assert (found.amount, found.sender, found.is_dust) == (DUST + Mor(2), BOB, False)


@pytest.mark.parametrize(
    ("amount", "origin", "dust"),
    [
        (DUST - Mor(1), Origin.TRANSFER, True),
        (DUST, Origin.TRANSFER, False),
        (Mor(1), Origin.PAY, False),
        (Mor(1), Origin.STAKE, False),
    ],
)
async def test_only_small_gifts_are_dust(
    tmp_path: Path, amount: Mor, origin: Origin, dust: bool
) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows = IncomingTransfers(database)
        await rows.add(PLACE, a_log(amount=amount, origin=origin))
        found = await rows.of(PLACE, a_log().tx_hash)
        assert found is not None
        assert found.is_dust is dust


async def test_endless_dust_does_not_fill_the_disk(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows = IncomingTransfers(database)
        await rows.add(PLACE, a_log(1))
        await rows.add(PLACE, a_log(2, amount=Mor(1), origin=Origin.PAY))
        for number in range(3, MAX_DUST + 13):
            await rows.add(PLACE, a_log(number, amount=Mor(number)))
        found = await rows.history(PLACE, 0, 1000)
        assert len(found) == MAX_DUST + 2
        assert {a_log(1).tx_hash, a_log(2).tx_hash} <= {item.tx_hash for item in found}


async def test_the_history_joins_both_by_time_and_pages_leave_nothing_out(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        rows, journal = IncomingTransfers(database), SessionJournal(database)
        for number in (1, 3, 5):
            await journal.add_tx(a_tx(number))
        for number in (2, 4):
            await rows.add(PLACE, a_log(number))
            await rows.add(PLACE, a_log(number, log_index=8, amount=Mor(1)))
        await rows.add(replace(PLACE, wallet=OTHER_WALLET), a_log(6))
        await rows.add(replace(PLACE, chain_id=1), a_log(7))
        await rows.add(replace(PLACE, token=ADA), a_log(8))
        whole = await rows.history(PLACE, 0, 10)
        kinds = [isinstance(item, TxRecord) for item in whole]
        assert kinds == [True, False, True, False, True]
        assert [item.created_at for item in whole if isinstance(item, TxRecord)] == [
            START + 5, START + 3, START + 1,
        ]  # fmt: skip
        pages = [item for at in range(6) for item in await rows.history(PLACE, at, 1)]
        assert tuple(pages) == whole
