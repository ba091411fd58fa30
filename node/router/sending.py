"""Sends transactions so that a crash at any instant loses nothing:

Sign, write down, send, wait, write down.
"""

import secrets
from dataclasses import dataclass, replace

from node.core.errors import (
    FundsError,
    NodeError,
    RevertedError,
    RpcAnswerError,
    RpcUnavailableError,
)
from node.core.faults import fault_point
from node.core.ids import TxHash
from node.core.ports import Call, Intent, Speed
from node.core.records import Receipt
from node.core.units import Eth
from node.router.access import ChainAccess, WalletAccess
from node.router.transaction_book import TransactionBook
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus

WAIT_TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """States of a session around one transaction, and the name of its fault points."""

    name: str
    signed: SessionState
    sent: SessionState


class TransactionSender:
    """One wallet's sender on one chain."""

    def __init__(self, *, chain: ChainAccess, wallet: WalletAccess) -> None:
        self._chain = chain
        self._wallet = wallet
        self.book = TransactionBook(chain=chain, wallet=wallet)

    async def sign_and_send(
        self, call: Call, entry: SessionEntry, stage: Stage
    ) -> tuple[SessionEntry, TxRecord]:
        """Sign, journal together with the session's state, then send.

        When sending fails the bytes stay in the journal and the start of the program sends them
        again.

        Raises:
            RevertedError, FundsError: refused before anything was signed; the session is unchanged.
            RpcUnavailableError: signed and kept, but no endpoint took it (`chain.tx_kept`).
        """
        async with self._chain.transactions.lane():
            await self.book.hold_earlier()
            prepared = await self._chain.transactions.prepare(call, self._wallet.signer)
            record = self._record(
                call, prepared.nonce, prepared.signed.raw, prepared.signed.tx_hash, entry.intent_id
            )
            fault_point(f"{stage.name}.signed.before")
            entry = self._touch(entry, stage.signed)
            await self._wallet.journal.save_with_tx(entry, record)
            fault_point(f"{stage.name}.signed.after")
            await self._broadcast(record)
        fault_point(f"{stage.name}.sent.before")
        record = await self.book.update(record, TxStatus.SENT)
        entry = self._touch(entry, stage.sent)
        await self._wallet.journal.save(entry)
        fault_point(f"{stage.name}.sent.after")
        return entry, record

    async def send_alone(
        self,
        call: Call,
        intent_id: str = "",
        speed: Speed = "normal",
        most: Eth | None = None,
    ) -> tuple[TxRecord, Receipt]:
        """Send a transaction that belongs to no session and wait for it. Raises as `wait_mined`.

        The journal keeps it under `intent_id`, or under a new id. `most` is the fee that was agreed
        to: what it could cost above that is refused (SpendLimitError) before anything is signed.
        """
        intent_id = intent_id or secrets.token_hex(16)
        async with self._wallet.at_work.hold(intent_id):
            async with self._chain.transactions.lane():
                await self.book.hold_earlier()
                prepared = await self._chain.transactions.prepare(
                    call, self._wallet.signer, speed=speed, most=most
                )
                signed = prepared.signed
                record = self._record(call, prepared.nonce, signed.raw, signed.tx_hash, intent_id)
                await self._wallet.journal.add_tx(record)
                fault_point("single.signed.after")
                await self._broadcast(record)
            record = await self.book.update(record, TxStatus.SENT)
            fault_point("single.sent.after")
            return await self.wait_mined(record)

    async def fill(self, nonce: int, most: Eth | None) -> TxRecord | None:
        """Send nothing to oneself under a nonce that holds up those behind it; None when something
        took it meanwhile. Raises as `send_alone`, without waiting.

        Raises:
            SpendLimitError: its fee could be above `most` (None: no limit here); nothing was sent.
        """
        own = self._wallet.address
        call = Call(
            intent=Intent.FREE_NONCE,
            to=own,
            data=b"",
            summary=f"Free the way for waiting transactions (number {nonce})",
        )
        async with self._chain.transactions.lane():
            waiting = await self._wallet.journal.pending_transactions(
                own, self._chain.market.chain_id
            )
            free = await self._chain.transactions.free_nonce(own)
            if free != nonce or nonce in {item.nonce for item in waiting}:
                return None
            prepared = await self._chain.transactions.prepare(
                call, self._wallet.signer, nonce=nonce, most=most
            )
            signed = prepared.signed
            record = self._record(call, nonce, signed.raw, signed.tx_hash, secrets.token_hex(16))
            await self._wallet.journal.add_tx(record)
            await self._broadcast(record)
        return await self.book.update(record, TxStatus.SENT)

    async def _broadcast(self, record: TxRecord) -> None:
        try:
            await self._chain.transactions.broadcast(record.raw)
        except (RpcUnavailableError, RpcAnswerError) as error:
            # Whoever reads only "no connection" would order the same thing a second time.
            raise RpcUnavailableError(
                "The transaction is signed and kept, but no network node took it yet.",
                hint="Do not repeat it: it is sent by itself when the connection is back. After"
                " nine minutes without one it is given up.",
                code="chain.tx_kept",
                details={"tx_hash": record.tx_hash.hex},
            ) from error
        except FundsError:
            await self.book.update(record, TxStatus.DROPPED)
            raise

    async def send_again(self, record: TxRecord) -> TxRecord:
        """Broadcast the same bytes once more; harmless when they are known or mined.

        Raises:
            FundsError: refused for want of ETH; journalled as dropped.
            RpcUnavailableError: nobody took them; they stay as they are.
        """
        async with self._chain.transactions.lane():
            await self._broadcast(record)
        if record.status is TxStatus.SIGNED:
            record = await self.book.update(record, TxStatus.SENT)
        return record

    async def wait_mined(
        self, record: TxRecord, timeout_s: float | None = None
    ) -> tuple[TxRecord, Receipt]:
        """Wait until the transaction, or one that replaced it, is in a block and journal that.

        Raises:
            RevertedError: mined but refused; journalled as failed.
            TxCancelledError: the user's cancellation was mined instead.
            TxStuckError: not mined in time; it stays journalled as sent.
        """
        await self.book.remember(record)
        try:
            receipt = await self._chain.transactions.wait(
                record.tx_hash, timeout_s=WAIT_TIMEOUT_S if timeout_s is None else timeout_s
            )
        except RevertedError:
            await self.settle_from_chain(record)
            raise
        return await self.book.settle(record, receipt), receipt

    async def settle_from_chain(self, record: TxRecord) -> Receipt | None:
        """Look for the receipt of the transaction or of one that replaced it, and journal it; None
        while there is none. Raises TxCancelledError as `wait_mined`.
        """
        for item in reversed(await self.book.same_nonce(record)):
            receipt = await self._chain.transactions.receipt(item.tx_hash)
            if receipt is not None:
                await self.book.settle(record, receipt)
                return receipt
        return None

    async def give_up(self, record: TxRecord, status: TxStatus) -> TxRecord:
        """Journal that a transaction was dropped or replaced; it is not sent again from here."""
        return await self.book.give_up(record, status)

    def _record(
        self, call: Call, nonce: int, raw: bytes, tx_hash: TxHash, intent_id: str
    ) -> TxRecord:
        now = self._chain.clock.unix_seconds()
        return TxRecord(
            tx_hash=tx_hash,
            intent_id=intent_id,
            intent=call.intent,
            wallet=self._wallet.address,
            chain_id=self._chain.market.chain_id,
            nonce=nonce,
            raw=raw,
            to=call.to,
            value=call.value,
            summary=call.summary,
            status=TxStatus.SIGNED,
            fee=Eth(0),
            created_at=now,
            updated_at=now,
        )

    def _touch(self, entry: SessionEntry, state: SessionState) -> SessionEntry:
        return replace(entry, state=state, updated_at=self._chain.clock.unix_seconds())


def refusal_text(error: NodeError) -> str:
    """One line for the list of providers that were tried."""
    return error.message[:200]
