"""The journal's side of transactions: what shares a nonce is settled together."""

from dataclasses import replace

from node.core.errors import TxCancelledError
from node.core.events import BalanceChanged, TransactionChanged
from node.core.ids import Address
from node.core.ports import EMPTY_INTENTS, SignedTransaction
from node.core.records import Receipt
from node.core.units import Eth, Mor
from node.router.access import ChainAccess, WalletAccess
from node.store.journal_records import MINED_STATUSES, TxRecord, TxStatus

RESEND_WINDOW_S = 540
"""Older signed bytes are not sent any more by themselves:

Price and day figures behind them may have changed, and the user may have changed his mind.
"""


class TransactionBook:
    """Records of one wallet's transactions on one chain.

    A transaction and those signed to replace it have one nonce: the chain takes one of them, and
    the others point to it from then on.
    """

    def __init__(self, *, chain: ChainAccess, wallet: WalletAccess) -> None:
        self._chain = chain
        self._wallet = wallet

    async def same_nonce(self, record: TxRecord) -> tuple[TxRecord, ...]:
        """All that was signed for the nonce, oldest first, the record itself included."""
        return await self._wallet.journal.transactions_at(
            record.wallet, record.chain_id, record.nonce
        )

    async def is_fresh(self, record: TxRecord) -> bool:
        """Whether the newest bytes of the nonce may still be sent without being asked."""
        newest = max(item.created_at for item in await self.same_nonce(record))
        return self._chain.clock.unix_seconds() - newest <= RESEND_WINDOW_S

    async def remember(self, record: TxRecord) -> None:
        """Let the lane know what was signed in an earlier run of the program."""
        signed = [
            SignedTransaction(raw=item.raw, tx_hash=item.tx_hash)
            for item in await self.same_nonce(record)
            if item.is_pending or item.tx_hash == record.tx_hash
        ]
        self._chain.transactions.remember(record.wallet, record.nonce, signed)

    async def hold_earlier(self) -> None:
        """Keep the nonces of what waits and will be sent again, before a new one is taken."""
        journal = self._wallet.journal
        for record in await journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        ):
            entry = await journal.entry(record.intent_id)
            if (entry is None or not entry.is_final) and await self.is_fresh(record):
                await self.remember(record)

    async def update(self, record: TxRecord, status: TxStatus) -> TxRecord:
        record = self._changed(record, status)
        await self._wallet.journal.update_tx(record)
        self._announce(record)
        return record

    async def settle(self, record: TxRecord, receipt: Receipt) -> TxRecord:
        """Journal which transaction of the nonce was mined, and return it.

        Raises:
            TxCancelledError: it was the cancellation of `record`.
        """
        winner, changed = record, []
        for item in await self.same_nonce(record):
            if item.tx_hash == receipt.tx_hash:
                winner = self._mined(item, receipt)
                changed.append(winner)
            else:
                changed.append(
                    replace(self._changed(item, TxStatus.REPLACED), replaced_by=receipt.tx_hash)
                )
        await self._wallet.journal.update_txs(changed)
        for item in changed:
            self._announce(item)
        self._wallet.bus.publish(BalanceChanged())
        if winner.intent in EMPTY_INTENTS and record.intent not in EMPTY_INTENTS:
            raise TxCancelledError(
                "The transaction was cancelled.", details={"tx_hash": winner.tx_hash.hex}
            )
        return winner

    def _mined(self, record: TxRecord, receipt: Receipt) -> TxRecord:
        return replace(
            self._changed(record, TxStatus.MINED if receipt.ok else TxStatus.FAILED),
            block=receipt.block,
            block_hash=receipt.block_hash,
            fee=receipt.fee,
            moved=_moved(receipt, record.wallet),
            replaced_by=None,
        )

    async def finish(self, record: TxRecord) -> None:
        """Its block stays: nothing of the nonce is looked at again."""
        await self._wallet.journal.update_txs(
            [replace(item, final=True) for item in await self.same_nonce(record)]
        )
        self._announce(record)

    async def take_back(self, record: TxRecord) -> TxRecord:
        """Its block vanished: it waits again."""
        waiting = self._changed(record, TxStatus.SENT)
        waiting = replace(waiting, block=0, block_hash=b"", fee=Eth(0), moved=None)
        await self._wallet.journal.update_tx(waiting)
        self._announce(waiting)
        self._wallet.bus.publish(BalanceChanged())
        return waiting

    async def give_up(self, record: TxRecord, status: TxStatus) -> TxRecord:
        """All that waits for the nonce was dropped or replaced; it is not sent again from here."""
        changed = [
            self._changed(item, status)
            for item in await self.same_nonce(record)
            if item.is_pending or (item.status in MINED_STATUSES and not item.final)
        ]
        await self._wallet.journal.update_txs(changed)
        for item in changed:
            self._chain.transactions.give_up(item.tx_hash)
            self._announce(item)
        return next((item for item in changed if item.tx_hash == record.tx_hash), record)

    def _changed(self, record: TxRecord, status: TxStatus) -> TxRecord:
        now = self._chain.clock.unix_seconds()
        return replace(record, status=status, final=False, updated_at=now)

    def _announce(self, record: TxRecord) -> None:
        self._wallet.bus.publish(
            TransactionChanged(
                tx_hash=record.tx_hash.hex, status=record.status.value, summary=record.summary
            )
        )


def _moved(receipt: Receipt, wallet: Address) -> Mor:
    came = sum(amount.base for _, to, amount in receipt.transfers if to == wallet)
    went = sum(amount.base for source, _, amount in receipt.transfers if source == wallet)
    return Mor(came - went)
