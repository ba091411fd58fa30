"""Finds out what became of journalled transactions."""

from node.core.errors import FundsError, RevertedError, TxStuckError
from node.core.records import Receipt
from node.router.access import ChainAccess, WalletAccess
from node.router.sending import TransactionSender
from node.store.journal_records import TxRecord, TxStatus

RESEND_WINDOW_S = 540
"""Older signed bytes are not sent any more by themselves:

Price and day figures behind them may have changed, and the user may have changed his mind.
"""
RESENT_WAIT_S = 10.0
"""How long a look waits for what it just sent; the next look goes on."""


class TransactionSettler:
    """Brings the records of one wallet's transactions up to date with the chain."""

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, sender: TransactionSender
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender

    def is_fresh(self, record: TxRecord) -> bool:
        return self._chain.clock.unix_seconds() - record.created_at <= RESEND_WINDOW_S

    async def outcome(self, record: TxRecord, *, resend: bool) -> Receipt | None:
        """The receipt of a transaction, or None when it cannot be mined any more.

        With `resend` the same bytes are sent when the network does not have them and their nonce is
        free; without it they are given up then.

        Raises:
            RevertedError: mined but refused.
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
        if await self._chain.transactions.is_known(record.tx_hash):
            raise TxStuckError("The network has not put the transaction into a block yet.")
        if not resend:
            await self._sender.give_up(record, TxStatus.DROPPED)
            return None
        return await self._resent(record)

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
        """Waiting transactions that no unfinished session looks after and nobody works on."""
        journal = self._wallet.journal
        found = []
        for record in await journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        ):
            entry = await journal.entry(record.intent_id)
            if record.intent_id not in self._wallet.at_work and (entry is None or entry.is_final):
                found.append(record)
        return tuple(found)

    async def settle_single(self, record: TxRecord) -> None:
        """Bring one of `pending_singles` up to date. Raises as `outcome`.

        What belonged to a session that is over is never sent again.
        """
        own = await self._wallet.journal.entry(record.intent_id) is None
        try:
            await self.outcome(record, resend=own and self.is_fresh(record))
        except RevertedError:
            # Journalled as failed: that is what there is to know.
            return
