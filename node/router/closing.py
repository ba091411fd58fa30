"""Closes a session with the provider's report, or with our own when the provider gives none."""

import asyncio
from dataclasses import dataclass, replace

from node.core.errors import (
    FundsError,
    NodeError,
    PayoutEmptyError,
    ProviderError,
    RevertedError,
    SessionClosedError,
    TxCancelledError,
    TxReplacedError,
)
from node.core.faults import fault_point
from node.core.ids import SessionId
from node.core.log import get_logger
from node.core.ports import Intent, SignedBlob
from node.core.records import Receipt, Session
from node.core.units import Mor, UnixSeconds, next_midnight
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.links import ProviderLink
from node.router.quote import Refund, SessionTerms, refund_at
from node.router.reports import ReportMaker
from node.router.sending import Stage, TransactionSender
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus
from node.wire.handshake import ReportQuery

_log = get_logger("node.router.closing")
_CLOSED = frozenset({SessionState.CLOSED, SessionState.SETTLED})
CLOSE = Stage(name="close", signed=SessionState.CLOSE_SIGNED, sent=SessionState.CLOSE_SENT)
_PAYOUT_REASONS = (
    "ERC20: transfer amount exceeds balance",
    "ERC20: insufficient allowance",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The outcome of a close, from the receipt and the chain."""

    entry: SessionEntry
    tx_hash: str
    with_provider_report: bool


def terms_of(session: Session, entry_price: SessionEntry) -> SessionTerms:
    """Money terms of a session on chain; the price is the bid's, which the journal keeps."""
    return SessionTerms(
        stake=session.stake,
        price=entry_price.price,
        opened_at=session.opened_at,
        ends_at=session.ends_at,
        direct_payment=session.is_direct_payment,
        provider_withdrawn=session.provider_withdrawn,
    )


class SessionCloser:
    """Closes sessions of the wallet. At most one close of a session runs at a time."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        link: ProviderLink,
        reports: ReportMaker,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._link = link
        self._reports = reports

    async def preview(self, entry: SessionEntry, session_id: SessionId, at: int) -> Refund:
        """What a close at `at` would return. Nothing is sent."""
        session, economy = await asyncio.gather(
            self._chain.market.session(session_id), self._chain.market.economy()
        )
        return refund_at(terms_of(session, entry), at, economy)

    async def close(self, entry: SessionEntry) -> Closed:
        """Close an active session.

        A close that was signed before and still waits is finished instead of signing another one.
        When the contract refuses the provider's report, the own one is used.

        Raises:
            SessionClosedError: it is closed already (the journal is brought up to date).
            PayoutEmptyError: the network cannot pay the provider now; the stake is safe, try again
                later.
            RevertedError, FundsError, RpcUnavailableError, TxStuckError: the session is still open
                or the transaction is journalled; closing again is harmless.
        """
        if entry.session_id is None:
            raise SessionClosedError("This session was never opened.")
        async with self._wallet.at_work.hold(entry.intent_id):
            kept = await self._wallet.journal.entry(entry.intent_id)
            if kept is not None and kept.state is not entry.state:
                # Somebody else moved it on while this call waited.
                entry = kept
            return await self._close(entry)

    async def _close(self, entry: SessionEntry) -> Closed:
        session_id = entry.session_id
        if session_id is None:
            raise SessionClosedError("This session was never opened.")
        session = await self._chain.market.session(session_id)
        if session.is_closed:
            if entry.state not in _CLOSED:
                await self.settle(entry, session, None)
            raise SessionClosedError("This session is closed already.")
        if entry.state in _CLOSED:
            # Its close vanished from the chain with a block.
            entry = await self._save(entry, SessionState.ACTIVE)
        waiting = await self._waiting_close(entry)
        if waiting is not None:
            closed = await self._finish(entry, waiting, session_id)
            if closed is not None:
                return closed
            entry = await self._save(entry, SessionState.ACTIVE)
        report, from_provider = await self._report(entry, session_id)
        try:
            return await self._send(entry, session_id, report, from_provider)
        except TxCancelledError as error:
            await self._still_open(entry, error)
            raise
        except RevertedError as error:
            await self._still_open(entry, error)
            if error.reason in _PAYOUT_REASONS:
                raise PayoutEmptyError(
                    "The network's payout account cannot pay the provider at present."
                ) from error
            if not from_provider:
                raise
            # The contract does not take the provider's report: that must not hold the stake.
            _log.warning("provider's report refused", code=error.code)
        own = await self._reports.own_report(session_id)
        try:
            return await self._send(entry, session_id, own, False)
        except (RevertedError, TxCancelledError) as error:
            await self._still_open(entry, error)
            raise

    async def _send(
        self, entry: SessionEntry, session_id: SessionId, report: SignedBlob, from_provider: bool
    ) -> Closed:
        entry = replace(
            entry,
            close_report=report.encoded,
            close_signature=report.signature,
            close_kind="provider_report" if from_provider else "own_report",
        )
        fault_point("close.report.after")
        call = self._chain.calls.close_session(report.encoded, report.signature)
        entry, record = await self._sender.sign_and_send(call, entry, CLOSE)
        record, receipt = await self._sender.wait_mined(record)
        return await self._done(entry, session_id, record, receipt)

    async def _done(
        self, entry: SessionEntry, session_id: SessionId, record: TxRecord, receipt: Receipt
    ) -> Closed:
        fault_point("close.mined.before")
        closed = await self._chain.market.session(session_id)
        entry = await self.settle(entry, closed, receipt)
        fault_point("close.closed.after")
        return Closed(
            entry=entry,
            tx_hash=record.tx_hash.hex,
            with_provider_report=entry.close_kind == "provider_report",
        )

    async def _waiting_close(self, entry: SessionEntry) -> TxRecord | None:
        """The close that was signed already: a second one would wait behind it and pay twice."""
        for record in await self._wallet.journal.transactions_of(entry.intent_id):
            if record.intent is Intent.CLOSE_SESSION and record.is_pending:
                return record
        return None

    async def _finish(
        self, entry: SessionEntry, record: TxRecord, session_id: SessionId
    ) -> Closed | None:
        """Send the waiting close again and wait for it; None when it will not close the session."""
        try:
            record = await self._sender.send_again(record)
            record, receipt = await self._sender.wait_mined(record)
        except TxCancelledError:
            return None
        except TxReplacedError:
            await self._sender.give_up(record, TxStatus.REPLACED)
            return None
        except (RevertedError, FundsError) as error:
            _log.info("the waiting close is of no use", code=error.code)
            return None
        return await self._done(entry, session_id, record, receipt)

    async def _report(self, entry: SessionEntry, session_id: SessionId) -> tuple[SignedBlob, bool]:
        try:
            public_key = entry.provider_public_key
            if not public_key:
                public_key = (await self._link.ping(entry.endpoint, entry.provider)).public_key
            query = ReportQuery(
                session_id=session_id,
                provider=entry.provider,
                provider_public_key=public_key,
                chain_id=entry.chain_id,
            )
            blob = await self._link.request_report(entry.endpoint, query)
        except ProviderError:
            # Closing must not depend on the provider: our own report is accepted as a dispute.
            return await self._reports.own_report(session_id), False
        return blob, True

    async def _still_open(self, entry: SessionEntry, error: NodeError) -> None:
        await self._save(replace(entry, error=error.message[:500]), SessionState.ACTIVE)

    async def settle(
        self, entry: SessionEntry, session: Session, receipt: Receipt | None
    ) -> SessionEntry:
        """Journal a closed session: what came back at once and what is held until when.

        With a receipt the figures are the real transfers; without one (closed elsewhere) they are
        computed from the terms, for the day of the close.
        """
        returned = self._returned(session, receipt)
        if returned is None:
            refund = refund_at(
                terms_of(session, entry), session.closed_at, await self._chain.market.economy()
            )
            returned, held = refund.returned, refund.held
        else:
            held = self._held(entry, session, returned)
        held_until = next_midnight(session.closed_at) if held else UnixSeconds(0)
        entry = replace(
            entry,
            session_id=session.id,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            closed_at=session.closed_at,
            returned=returned,
            held=held,
            held_until=held_until,
            error="",
        )
        return await self._save(entry, SessionState.CLOSED if held else SessionState.SETTLED)

    def _returned(self, session: Session, receipt: Receipt | None) -> Mor | None:
        if receipt is None:
            return None
        marketplace = self._chain.market.marketplace_address
        amounts = [
            amount.base
            for source, target, amount in receipt.transfers
            if source == marketplace and target == session.user
        ]
        return Mor(sum(amounts))

    @staticmethod
    def _held(entry: SessionEntry, session: Session, returned: Mor) -> Mor:
        end = min(session.closed_at, session.ends_at)
        used = (entry.price * (end - session.opened_at)).base if session.is_direct_payment else 0
        return Mor(max(0, session.stake.base - used - returned.base))

    async def _save(self, entry: SessionEntry, state: SessionState) -> SessionEntry:
        if state is SessionState.SETTLED and entry.state is not SessionState.CLOSED:
            entry = await self._store(entry, SessionState.CLOSED)
        return await self._store(entry, state)

    async def _store(self, entry: SessionEntry, state: SessionState) -> SessionEntry:
        entry = replace(entry, state=state, updated_at=self._chain.clock.unix_seconds())
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry
