"""Contacts as rows: name and note, address. Names are people's own text and never parsed."""

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from node.service.dto import Contact


def contact_table() -> DtoTable[Contact]:
    columns: tuple[Column[Contact], ...] = (
        Column(title="Name", cell=_name, look=ColumnLook(width=300)),
        Column(title="Note", cell=_note),
        Column(title="Address", cell=_address, look=ColumnLook(width=140), right=True),
    )
    return DtoTable(columns, lambda contact: contact.address)


def matches(contact: Contact, words: str) -> bool:
    """Whether every word is somewhere in name, note or address."""
    text = f"{contact.name} {contact.note} {contact.address}".casefold()
    return all(word in text for word in words.casefold().split())


def _name(contact: Contact) -> Cell:
    return Cell(text=contact.name, avatar=(contact.name, contact.address), strong=True)


def _note(contact: Contact) -> Cell:
    return Cell(text=contact.note, role="text2")


def _address(contact: Contact) -> Cell:
    return Cell(text=formats.short_address(contact.address), role="text2", right=True)
