"""The list of what the wallet sent, from the journal: also without a connection."""

import asyncio
from collections.abc import Sequence

from node.core.errors import UserInputError
from node.core.ids import Address, TxHash
from node.service.contacts import ContactDesk, one_line
from node.service.dto import TransactionView
from node.service.stack import NetworkStack, StackHolder
from node.service.transaction_csv import transactions_csv
from node.service.transaction_purpose import KINDS, Known, purpose_of
from node.service.vaults import VaultDesk
from node.service.views import transaction_view
from node.store.contacts import ContactBook
from node.store.journal_records import TxRecord

MAX_LABEL = 200
_PAGE = 500


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
            records = [record for record in records if record.intent in KINDS[kind]]
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
        record = await stack.wallet.journal.transaction(TxHash.parse(tx_hash))
        if record is None:
            raise UserInputError(
                "This wallet sent no such transaction.",
                hint="Look at the list of transactions.",
                code="input.id",
            )
        await self._book.label(record.tx_hash, one_line(label, MAX_LABEL, "label"))
        return await self.view(record)

    async def view(self, record: TxRecord) -> TransactionView:
        return (await self._views(self._stacks.require(), [record]))[0]

    async def _views(
        self, stack: NetworkStack, records: Sequence[TxRecord]
    ) -> tuple[TransactionView, ...]:
        known, labels = await asyncio.gather(self._known(stack, records), self._book.labels())
        return tuple(
            _view(stack, record, known, labels.get(record.tx_hash, "")) for record in records
        )

    async def _known(self, stack: NetworkStack, records: Sequence[TxRecord]) -> Known:
        market = stack.chain.market
        wanted = {record.intent_id for record in records}
        sessions = await stack.wallet.journal.all(stack.wallet.address, market.chain_id)
        entries = {item.intent_id: item for item in sessions if item.intent_id in wanted}
        models = {item.model_id for item in entries.values()}
        # All names at once: without a connection each attempt takes its time.
        found = dict(zip(models, await asyncio.gather(*map(stack.model_name, models)), strict=True))
        own = {Address.parse(item.address): item.label for item in self._vaults.accounts()}
        return Known(
            names={**own, **await self._contacts.names()},
            models={key: found[item.model_id] for key, item in entries.items()},
            marketplace=market.marketplace_address,
        )


def _view(stack: NetworkStack, record: TxRecord, known: Known, label: str) -> TransactionView:
    purpose = purpose_of(record, known)
    head = stack.chain.transactions.seen_block
    return transaction_view(record, stack.network.explorer_tx, head).model_copy(
        update={
            "purpose": purpose.words,
            "amount_mor": purpose.amount_mor,
            "recipient": purpose.recipient.checksum if purpose.recipient is not None else "",
            "label": label,
        }
    )


async def _records(stack: NetworkStack, offset: int, limit: int) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, offset, limit
    )


async def _all_records(stack: NetworkStack) -> list[TxRecord]:
    found: list[TxRecord] = []
    while True:
        page = await _records(stack, len(found), _PAGE)
        found.extend(page)
        if len(page) < _PAGE:
            return found


def _has(item: TransactionView, text: str) -> bool:
    words = (item.purpose, item.label, item.summary, item.recipient, item.to, item.hash)
    haystack = "\n".join((*words, item.status)).casefold()
    return all(part in haystack for part in text.casefold().split())
