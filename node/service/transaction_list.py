"""The list of what the wallet sent and received, from the journal: also without a connection."""

import asyncio
from collections.abc import Sequence

from node.core.errors import UserInputError
from node.core.ids import Address, TxHash
from node.service.contacts import ContactDesk, one_line
from node.service.dto import TransactionView
from node.service.incoming_views import incoming_view, intent_of
from node.service.stack import NetworkStack, StackHolder
from node.service.transaction_csv import transactions_csv
from node.service.transaction_purpose import KINDS, Known, purpose_of
from node.service.vaults import VaultDesk
from node.service.views import transaction_view
from node.store.contacts import ContactBook
from node.store.incoming import AccountPlace, Incoming
from node.store.journal_records import TxRecord

MAX_LABEL = 200
_PAGE = 500
Entry = TxRecord | Incoming


class TransactionList:
    def __init__(
        self,
        *,
        stacks: StackHolder,
        contacts: ContactDesk,
        vaults: VaultDesk,
        book: ContactBook,
    ) -> None:
        self._stacks = stacks
        self._contacts = contacts
        self._vaults = vaults
        self._book = book

    async def page(
        self, offset: int, limit: int, kind: str = "", text: str = ""
    ) -> tuple[TransactionView, ...]:
        """See `MoneyApi.transactions`."""
        stack = self._stacks.require()
        if kind and kind not in KINDS:
            raise UserInputError(
                f"There is no kind “{kind[:40]}” of transactions.",
                hint=f"One of {', '.join(KINDS)}.",
                code="input.kind",
            )
        if not kind and not text.strip():
            return await self._views(stack, await _records(stack, offset, limit))
        records = await _all_records(stack)
        if kind:
            records = [record for record in records if _intent(record) in KINDS[kind]]
        if not text.strip():
            return await self._views(stack, records[offset : offset + limit])
        found = [item for item in await self._views(stack, records) if _has(item, text)]
        return tuple(found[offset : offset + limit])

    async def export(self) -> str:
        """See `MoneyApi.export_transactions`."""
        stack = self._stacks.require()
        return transactions_csv(await self._views(stack, await _all_records(stack)))

    async def label(self, tx_hash: str, label: str) -> TransactionView:
        """See `MoneyApi.label_transaction`."""
        stack = self._stacks.require()
        wanted = TxHash.parse(tx_hash)
        record: Entry | None = await stack.wallet.journal.transaction(wanted)
        if record is None:
            record = await stack.incoming.of(place_of(stack), wanted)
        if record is None:
            raise UserInputError(
                "This wallet sent or received no such transaction.",
                hint="Look at the list of transactions.",
                code="input.id",
            )
        await self._book.label(record.tx_hash, one_line(label, MAX_LABEL, "label"))
        return await self.view(record)

    async def view(self, record: Entry) -> TransactionView:
        return (await self._views(self._stacks.require(), [record]))[0]

    async def _views(
        self, stack: NetworkStack, records: Sequence[Entry]
    ) -> tuple[TransactionView, ...]:
        known, labels = await asyncio.gather(self._known(stack, records), self._book.labels())
        return tuple(
            _view(stack, record, known, labels.get(record.tx_hash, "")) for record in records
        )

    async def _known(self, stack: NetworkStack, records: Sequence[Entry]) -> Known:
        market = stack.chain.market
        wanted = {record.intent_id for record in records if isinstance(record, TxRecord)}
        sessions = await stack.wallet.journal.all(stack.wallet.address, market.chain_id)
        entries = {item.intent_id: item for item in sessions if item.intent_id in wanted}
        found = await stack.model_names(item.model_id for item in entries.values())
        own = {Address.parse(item.address): item.label for item in self._vaults.accounts()}
        return Known(
            names={**own, **await self._contacts.names()},
            models={key: found[item.model_id] for key, item in entries.items()},
            marketplace=market.marketplace_address,
        )


def place_of(stack: NetworkStack) -> AccountPlace:
    """The account in use and its MOR on the network in use."""
    market = stack.chain.market
    return AccountPlace(
        wallet=stack.wallet.address, chain_id=market.chain_id, token=market.token_address
    )


def _intent(record: Entry) -> str:
    return intent_of(record) if isinstance(record, Incoming) else record.intent


def _view(stack: NetworkStack, record: Entry, known: Known, label: str) -> TransactionView:
    head = stack.chain.transactions.seen_block
    if isinstance(record, Incoming):
        return incoming_view(
            record,
            place_of(stack),
            known.names,
            explorer=stack.network.explorer_tx,
            head=head,
            label=label,
        )
    purpose = purpose_of(record, known)
    return transaction_view(record, stack.network.explorer_tx, head).model_copy(
        update={
            "purpose": purpose.words,
            "amount_mor": purpose.amount_mor,
            "recipient": purpose.recipient.checksum if purpose.recipient is not None else "",
            "label": label,
            "held_up": _held_up(stack, record),
        }
    )


def _held_up(stack: NetworkStack, record: TxRecord) -> str:
    held = stack.gaps.held_up
    if held is None or not record.is_pending or record.nonce <= held.nonce:
        return ""
    return (
        f"It waits for number {held.nonce} of your account, which nothing uses: {held.reason}."
        " Whatever you send next takes that number and frees the way."
    )


async def _records(stack: NetworkStack, offset: int, limit: int) -> tuple[Entry, ...]:
    return await stack.incoming.history(place_of(stack), offset, limit)


async def _all_records(stack: NetworkStack) -> list[Entry]:
    found: list[Entry] = []
    while True:
        page = await _records(stack, len(found), _PAGE)
        found.extend(page)
        if len(page) < _PAGE:
            return found


def _has(item: TransactionView, text: str) -> bool:
    words = (item.purpose, item.label, item.summary, item.recipient, item.to, item.hash)
    haystack = "\n".join((*words, item.sender, item.status)).casefold()
    return all(part in haystack for part in text.casefold().split())
