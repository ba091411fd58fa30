"""The part of the facade's wallet group that is about sending, allowances and the list."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from node.service.allowance_desk import AllowanceDesk
from node.service.contacts import ContactDesk
from node.service.dto import ApprovalView, Contact, SendDraft, Speed, TransactionView
from node.service.guards import Consent, SpendingGuards
from node.service.sending_service import SendingService
from node.service.stack import StackHolder
from node.service.transaction_list import TransactionList
from node.service.vaults import VaultDesk
from node.store.contacts import ContactBook
from node.store.db import Database
from node.store.journal import SessionJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyParts:
    """What `WalletMoney` offers to the facade."""

    sending: SendingService
    contacts: ContactDesk
    listing: TransactionList
    journal: SessionJournal


def money_parts(
    *,
    stacks: StackHolder,
    vaults: VaultDesk,
    touch: Callable[[], None],
    allowances: AllowanceDesk,
    guards: SpendingGuards,
    journal: Database,
) -> MoneyParts:
    """`journal` also keeps contacts and labels; they belong to all networks."""
    book = ContactBook(journal)
    contacts = ContactDesk(stacks=stacks, book=book)
    return MoneyParts(
        journal=SessionJournal(journal),
        contacts=contacts,
        listing=TransactionList(stacks=stacks, contacts=contacts, vaults=vaults, book=book),
        sending=SendingService(
            stacks=stacks,
            touch=touch,
            allowances=allowances,
            guards=guards,
            contacts=contacts,
            vaults=vaults,
        ),
    )


class WalletMoney:
    """Implements `MoneyApi`."""

    def __init__(self, parts: MoneyParts) -> None:
        self._sending = parts.sending
        self._contacts = parts.contacts
        self._listing = parts.listing

    async def draft_send(
        self, asset: str, to: str, amount: int, speed: Speed = "normal"
    ) -> SendDraft:
        return await self._sending.draft_send(asset, to, amount, speed)

    async def max_send(self, asset: str, to: str) -> int:
        return await self._sending.max_send(asset, to)

    async def send(
        self, draft_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> TransactionView:
        consent = Consent(password=password, typed=typed)
        return await self._listing.view(await self._sending.send(draft_id, consent, client))

    async def approvals(self) -> tuple[ApprovalView, ...]:
        return await self._sending.approvals()

    async def draft_approval(self, amount: int, spender: str = "") -> SendDraft:
        return await self._sending.draft_approval(amount, spender)

    async def contacts(self) -> tuple[Contact, ...]:
        return await self._contacts.contacts()

    async def save_contact(self, address: str, name: str, note: str = "") -> Contact:
        return await self._contacts.save_contact(address, name, note)

    async def remove_contact(self, address: str) -> None:
        await self._contacts.remove_contact(address)

    async def transactions(
        self, offset: int, limit: int, kind: str = "", text: str = ""
    ) -> tuple[TransactionView, ...]:
        return await self._listing.page(offset, limit, kind, text)

    async def export_transactions(self) -> str:
        return await self._listing.export()

    async def label_transaction(self, hash: str, label: str) -> TransactionView:
        return await self._listing.label(hash, label)
