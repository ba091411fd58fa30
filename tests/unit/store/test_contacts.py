"""Contacts and labels survive a restart; two contacts never share a name."""

from pathlib import Path

import pytest

from node.core.errors import UserInputError
from node.core.ids import Address, TxHash
from node.store.contacts import ContactBook, KnownAddress
from node.store.journal import journal_database

ADA = KnownAddress(address=Address(b"\x0a" * 20), name="Ada", note="Fridays")
BOB = KnownAddress(address=Address(b"\x0b" * 20), name="bob")


async def test_contacts_survive_a_restart_and_come_by_name(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with journal_database(path) as database:
        await ContactBook(database).save(BOB)
        await ContactBook(database).save(ADA)
    async with journal_database(path) as database:
        book = ContactBook(database)
        assert await book.all() == (ADA, BOB)
        await book.remove(ADA.address)
        await book.remove(ADA.address)
        assert await book.all() == (BOB,)


async def test_a_name_belongs_to_one_address(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        book = ContactBook(database)
        await book.save(ADA)
        with pytest.raises(UserInputError) as caught:
            await book.save(KnownAddress(address=BOB.address, name="ADA"))
        assert caught.value.code == "input.contact"
        changed = KnownAddress(address=ADA.address, name="ada", note="")
        await book.save(changed)
        assert await book.all() == (changed,)


async def test_an_empty_label_removes_it(tmp_path: Path) -> None:
    tx_hash = TxHash(b"\x01" * 32)
    async with journal_database(tmp_path / "journal.db") as database:
        book = ContactBook(database)
        await book.label(tx_hash, "rent")
        await book.label(tx_hash, "the rent")
        assert await book.labels() == {tx_hash: "the rent"}
        await book.label(tx_hash, "")
        assert await book.labels() == {}
