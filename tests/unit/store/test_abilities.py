"""Abilities of providers on a real file."""

from dataclasses import replace
from pathlib import Path

from node.core.ids import Address
from node.core.units import UnixSeconds
from node.store.abilities import AbilityBook, ProviderAbilities
from node.store.journal import journal_database

ADDRESS = Address(b"\x01" * 20)


async def test_abilities_outlive_the_program_and_withdrawal_needs_consent(tmp_path: Path) -> None:
    seen = ProviderAbilities(
        address=ADDRESS,
        opens_envelopes=True,
        checked_at=UnixSeconds(20),
        seen_with_at=UnixSeconds(10),
    )
    async with journal_database(tmp_path / "journal.db") as database:
        assert await AbilityBook(database).get(ADDRESS) is None
        await AbilityBook(database).put(seen)
    async with journal_database(tmp_path / "journal.db") as database:
        book = AbilityBook(database)
        assert await book.get(ADDRESS) == seen
        assert not seen.is_withdrawn
        lost = replace(seen, opens_envelopes=False, checked_at=UnixSeconds(30))
        await book.put(lost)
        assert lost.is_withdrawn
        agreed = replace(lost, readable_agreed_at=UnixSeconds(40))
        await book.put(agreed)
        assert await book.get(ADDRESS) == agreed
        assert not agreed.is_withdrawn
        assert await book.get(Address(b"\x02" * 20)) is None
