"""Watches the wallet's mined transactions until no reorganisation can take them away.

A block that vanished takes its transactions along: they wait again and the same bytes are sent
again, unless so much time has passed that the user must decide. What was given up may leave a gap
in the account's numbers: see `GapFiller`.
"""

from dataclasses import replace

from node.core.errors import NodeError, RpcUnavailableError
from node.core.log import get_logger
from node.core.ports import Intent
from node.core.units import NO_MOR, UnixSeconds
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.gap_filling import GapFiller
from node.router.sending import TransactionSender
from node.router.transaction_book import RESEND_WINDOW_S
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus

LOOK_EVERY_S = 12.0
_AT_ONCE = 32
_S = SessionState
_BACK = {
    (Intent.OPEN_SESSION, _S.ACTIVE): (_S.OPEN_SENT,),
    (Intent.CLOSE_SESSION, _S.CLOSED): (_S.CLOSE_SENT,),
    (Intent.CLOSE_SESSION, _S.SETTLED): (_S.ACTIVE, _S.CLOSE_SIGNED, _S.CLOSE_SENT),
}
"""Steps of a session whose transaction lost its block."""
_log = get_logger("node.router.finality")


class FinalityWatch:
    """One wallet on one chain. `look` is cheap while nothing is unsettled."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        gaps: GapFiller,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._gaps = gaps
        self._next_look = 0.0

    async def look_if_due(self) -> bool:
        """`look`, at most every twelve seconds."""
        now = self._chain.clock.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        return await self.look()

    async def look(self) -> bool:
        """Compare the blocks of mined transactions with the chain. Returns whether one vanished.

        Raises:
            RpcUnavailableError: no connection; the next look goes on.
        """
        vanished = False
        records = await self._wallet.journal.unsettled_transactions(
            self._wallet.address, self._chain.market.chain_id, _AT_ONCE
        )
        if records:
            final = await self._chain.transactions.final_block()
            known: dict[int, bytes | None] = {}
            for record in records:
                if record.block not in known:
                    known[record.block] = await self._chain.transactions.block_hash(record.block)
                found = known[record.block]
                if found is None:
                    # The chain is not that long yet: it grows again, or the endpoint lags.
                    continue
                if found != record.block_hash:
                    vanished |= await self._vanished(record)
                elif record.block <= final:
                    await self._sender.book.finish(record)
        await self._gaps.look()
        return vanished

    async def _vanished(self, record: TxRecord) -> bool:
        """Whether this look found out that the transaction is not where it was."""
        if record.intent_id in self._wallet.at_work:
            # Who works on it sees the chain as it is; the next look goes on.
            return False
        async with self._wallet.at_work.hold(record.intent_id):
            now = await self._wallet.journal.transaction(record.tx_hash)
            if now is None or now.block_hash != record.block_hash:
                return False
            await self._step_back(record)
            await self._send_back(record)
        return True

    async def _step_back(self, record: TxRecord) -> None:
        """The session waits for its transaction again; recovery brings it forward with the figures
        of the new block.
        """
        entry = await self._wallet.journal.entry(record.intent_id)
        if entry is None:
            return
        steps = _BACK.get((record.intent, entry.state), ())
        if steps:
            entry = _not_opened(entry) if SessionState.OPEN_SENT in steps else _not_closed(entry)
        for state in steps:
            now = self._chain.clock.unix_seconds()
            entry = replace(entry, state=state, updated_at=now)
            await self._wallet.journal.save(entry)
            announce(self._wallet.bus, entry)

    async def _send_back(self, record: TxRecord) -> None:
        """Find the transaction in another block, or send its bytes again."""
        try:
            if await self._sender.settle_from_chain(record) is not None:
                _log.info("transaction moved to another block", hash=record.tx_hash.hex)
                return
            _log.warning("the block of a transaction vanished", hash=record.tx_hash.hex)
            if await self._chain.transactions.next_nonce(record.wallet) > record.nonce:
                await self._sender.give_up(record, TxStatus.REPLACED)
                return
            if self._chain.clock.unix_seconds() - record.updated_at > RESEND_WINDOW_S:
                await self._sender.give_up(record, TxStatus.DROPPED)
                return
            waiting = await self._sender.book.take_back(record)
            await self._sender.book.remember(waiting)
            await self._sender.send_again(waiting)
        except RpcUnavailableError:
            raise
        except NodeError as error:
            # Refused, or another one of its nonce was mined: the journal has it.
            _log.info("vanished transaction", hash=record.tx_hash.hex, code=error.code)


def _not_opened(entry: SessionEntry) -> SessionEntry:
    return replace(entry, session_id=None, opened_at=UnixSeconds(0), ends_at=UnixSeconds(0))


def _not_closed(entry: SessionEntry) -> SessionEntry:
    none = UnixSeconds(0)
    return replace(entry, closed_at=none, returned=NO_MOR, held=NO_MOR, held_until=none)
