"""Finds out what became of journalled transactions."""

from collections.abc import Sequence

from node.core.errors import FundsError, RevertedError, TxCancelledError, TxStuckError
from node.core.records import Receipt
from node.router.access import ChainAccess, WalletAccess
from node.router.sending import TransactionSender
from node.store.journal_records import OPENING_STATES, SessionState, TxRecord, TxStatus

RESENT_WAIT_S = 10.0
"""How long a look waits for what it just sent; the next look goes on."""
_LOOKED_AFTER = OPENING_STATES | {SessionState.CLOSE_SIGNED, SessionState.CLOSE_SENT}


class TransactionSettler:
    """Brings the records of one wallet's transactions up to date with the chain."""

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, sender: TransactionSender
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender

    async def is_fresh(self, record: TxRecord) -> bool:
        """See `TransactionBook.is_fresh`."""
        return await self._sender.book.is_fresh(record)

    async def outcome(self, record: TxRecord, *, resend: bool) -> Receipt | None:
        """The receipt of a transaction or of its replacement; None when neither can be mined any
        more.

        With `resend` the same bytes are sent when the network does not have them and their nonce is
        free; without it they are given up then.

        Raises:
            RevertedError: mined but refused.
            TxCancelledError: the user's cancellation was mined instead.
            TxStuckError: the network has it, but not in a block yet.
            RpcUnavailableError: not known now; the record stays as it is.
        """
        receipt = await self._sender.settle_from_chain(record)
        if receipt is None and await self._nonce_used(record):
            # It may have come into a block between the two looks.
            receipt = await self._sender.settle_from_chain(record)
            if receipt is None:
                await self._sender.give_up(record, TxStatus.REPLACED)
                return None
        if receipt is not None:
            if not receipt.ok:
                raise RevertedError("The transaction was refused.", reason="")
            return receipt
        waiting = [item for item in await self._sender.book.same_nonce(record) if item.is_pending]
        if await self._is_known(waiting or [record]):
            raise TxStuckError("The network has not put the transaction into a block yet.")
        if not resend:
            await self._sender.give_up(record, TxStatus.DROPPED)
            return None
        return await self._resent(waiting[-1] if waiting else record)

    async def _is_known(self, records: Sequence[TxRecord]) -> bool:
        known = self._chain.transactions.is_known
        return any([await known(item.tx_hash) for item in records])

    async def _resent(self, record: TxRecord) -> Receipt | None:
        try:
            record = await self._sender.send_again(record)
        except FundsError:
            await self._sender.give_up(record, TxStatus.DROPPED)
            return None
        _, receipt = await self._sender.wait_mined(record, RESENT_WAIT_S)
        return receipt

    async def _nonce_used(self, record: TxRecord) -> bool:
        return await self._chain.transactions.next_nonce(record.wallet) > record.nonce

    async def pending_singles(self) -> tuple[TxRecord, ...]:
        """Waiting transactions that no session under way looks after and nobody works on: those of
        none, those left behind, and those whose block vanished.
        """
        journal = self._wallet.journal
        found = []
        for record in await journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        ):
            entry = await journal.entry(record.intent_id)
            looked_after = entry is not None and entry.state in _LOOKED_AFTER
            if record.intent_id not in self._wallet.at_work and not looked_after:
                found.append(record)
        return tuple(found)

    async def settle_single(self, record: TxRecord) -> None:
        """Bring one of `pending_singles` up to date. Raises as `outcome`.

        What belonged to a session that is over is never sent again.
        """
        entry = await self._wallet.journal.entry(record.intent_id)
        own = entry is None or not entry.is_final
        try:
            await self.outcome(record, resend=own and await self.is_fresh(record))
        except (RevertedError, TxCancelledError):
            # Journalled as failed or replaced: that is what there is to know.
            return
