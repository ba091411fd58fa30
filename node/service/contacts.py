"""Names that the user gave to addresses, and what is odd about the recipient of a transfer."""

import asyncio
import unicodedata
from collections.abc import Iterable, Mapping

from node.chain.outgoing import outgoing_of
from node.core.errors import InvalidAddressError, UserInputError
from node.core.ids import Address
from node.core.ports import Intent
from node.core.redaction import holds_secret_in_note
from node.service.dto import Contact, Warning_
from node.service.stack import NetworkStack, StackHolder
from node.store.contacts import ContactBook, KnownAddress
from node.store.journal_records import TxStatus

MAX_NAME = 60
MAX_NOTE = 500
_SENDS = frozenset({Intent.SEND_MOR, Intent.SEND_ETH})
_NEVER_SENT = frozenset({TxStatus.DROPPED, TxStatus.REPLACED, TxStatus.FAILED})
_PAGE = 200


class ContactDesk:
    """Contacts of the profile; they hold on every network."""

    def __init__(self, *, stacks: StackHolder, book: ContactBook) -> None:
        self._stacks = stacks
        self._book = book

    async def contacts(self) -> tuple[Contact, ...]:
        return tuple(_view(item) for item in await self._book.all())

    async def save_contact(self, address: str, name: str, note: str = "") -> Contact:
        target = Address.parse(address, strict=True)
        self._refuse_contracts(target)
        contact = KnownAddress(
            address=target,
            name=one_line(name, MAX_NAME, "name"),
            note=one_line(note, MAX_NOTE, "note"),
        )
        if not contact.name:
            raise UserInputError(
                "Give the contact a name.", hint="For example Ada.", code="input.contact"
            )
        await self._book.save(contact)
        return _view(contact)

    async def remove_contact(self, address: str) -> None:
        await self._book.remove(Address.parse(address))

    async def names(self) -> dict[Address, str]:
        return {item.address: item.name for item in await self._book.all()}

    def _refuse_contracts(self, target: Address) -> None:
        stack = self._stacks.current
        if stack is not None:
            refuse_lost_money(stack, target)
        elif not target:
            raise _lost()


def refuse_lost_money(stack: NetworkStack, target: Address) -> None:
    """Raises InvalidAddressError for addresses from which nothing ever comes back."""
    market = stack.chain.market
    if not target or target in (market.token_address, market.marketplace_address):
        raise _lost()


def _lost() -> InvalidAddressError:
    return InvalidAddressError(
        "Sending here would lose the MOR.", hint="Choose another address.", code="input.address"
    )


async def earlier_recipients(stack: NetworkStack) -> frozenset[Address]:
    """To whom this wallet sent something on this network."""
    found: set[Address] = set()
    offset = 0
    while True:
        page = await stack.wallet.journal.transactions(
            stack.wallet.address, stack.chain.market.chain_id, offset, _PAGE
        )
        found.update(
            outgoing_of(record.raw).to
            for record in page
            if record.intent in _SENDS and record.status not in _NEVER_SENT
        )
        if len(page) < _PAGE:
            return frozenset(found)
        offset += _PAGE


async def recipient_warnings(
    stack: NetworkStack, target: Address, names: Mapping[Address, str]
) -> tuple[Warning_, ...]:
    """What the user should know before sending to `target`, the gravest first. `names` are the
    contacts and the user's own accounts.
    """
    earlier, is_contract = await asyncio.gather(
        earlier_recipients(stack), stack.chain.market.has_code(target)
    )
    found = []
    twin = look_alike(target, earlier | set(names) | _own_world(stack))
    if twin is not None:
        name = names.get(twin, "")
        end = "Ends" if twin.raw[-1] == target.raw[-1] else "Begins"
        found.append(
            Warning_(
                code="look_alike",
                text=f"{end} like a known address but is different.",
                hint=f"You know {twin}{f' ({name})' if name else ''}. This one is {target}."
                " Compare every character.",
                known=twin.checksum,
            )
        )
    if is_contract:
        found.append(
            Warning_(
                code="contract",
                text="This is the address of a contract, not of a person.",
                hint="Not every contract can give money back. Be sure that this one takes it.",
            )
        )
    if target not in earlier and target not in names:
        found.append(
            Warning_(
                code="first_recipient",
                text="You never sent to this address before.",
                hint="Compare it with where it comes from. Try a small amount first.",
            )
        )
    return tuple(found)


def _own_world(stack: NetworkStack) -> set[Address]:
    market = stack.chain.market
    return {stack.wallet.address, market.token_address, market.marketplace_address}


def look_alike(target: Address, known: Iterable[Address]) -> Address | None:
    """A known address that `target` is easily taken for: wallets show the two ends only, and
    people look at the last characters first. None when `target` itself is known.
    """
    others = frozenset(known)
    if target in others:
        return None
    best, most = None, 0
    text = target.raw.hex()
    for other in others:
        head = _common(text, other.raw.hex())
        tail = _common(text[::-1], other.raw.hex()[::-1])
        if ((head + tail >= 6 and tail >= 3) or head >= 8) and head + tail > most:
            best, most = other, head + tail
    return best


def _common(one: str, other: str) -> int:
    count = 0
    while count < len(one) and one[count] == other[count]:
        count += 1
    return count


def one_line(text: str, limit: int, what: str) -> str:
    """One line without control and direction characters.

    Raises:
        UserInputError: a pasted key or phrase (`input.secret`), which is never repeated; or it is
            longer than `limit`.
    """
    if holds_secret_in_note(text):
        raise UserInputError(
            "This looks like a private key or recovery phrase. It was not kept.",
            hint="Never share it. Clear the clipboard.",
            code="input.secret",
        )
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    words = " ".join(plain.split())
    if len(words) > limit:
        raise UserInputError(
            f"The {what} is longer than {limit} characters.",
            hint="Make it shorter.",
            code="input.contact",
        )
    return words


def _view(contact: KnownAddress) -> Contact:
    return Contact(address=contact.address.checksum, name=contact.name, note=contact.note)
