"""Closes a session with the provider's report, or with our own when the provider gives none."""

import asyncio
from dataclasses import dataclass, replace

from node.core.errors import (
    NodeError,
    PayoutEmptyError,
    ProviderError,
    RevertedError,
    SessionClosedError,
)
from node.core.faults import fault_point
from node.core.ids import SessionId
from node.core.ports import SignedBlob
from node.core.records import Receipt, Session
from node.core.units import Mor, UnixSeconds, next_midnight
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.links import ProviderLink
from node.router.quote import Refund, SessionTerms, refund_at
from node.router.reports import ReportMaker
from node.router.sending import Stage, TransactionSender
from node.store.journal_records import SessionEntry, SessionState
from node.wire.handshake import ReportQuery

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
        self._locks: dict[SessionId, asyncio.Lock] = {}

    async def preview(self, entry: SessionEntry, session_id: SessionId, at: int) -> Refund:
        """What a close at `at` would return. Nothing is sent."""
        session, economy = await asyncio.gather(
            self._chain.market.session(session_id), self._chain.market.economy()
        )
        return refund_at(terms_of(session, entry), at, economy)

    async def close(self, entry: SessionEntry) -> Closed:
        """Close an active session.

        Raises:
            SessionClosedError: it is closed already (the journal is brought up to date).
            PayoutEmptyError: the network cannot pay the provider now; the stake is safe, try again
            later. RevertedError, FundsError, RpcUnavailableError, TxStuckError: the session is
            still open or the
                transaction is journalled; closing again is harmless.
        """
        if entry.session_id is None:
            raise SessionClosedError("This session was never opened.")
        lock = self._locks.setdefault(entry.session_id, asyncio.Lock())
        async with lock:
            return await self._close(entry, entry.session_id)

    async def _close(self, entry: SessionEntry, session_id: SessionId) -> Closed:
        session = await self._chain.market.session(session_id)
        if session.is_closed:
            await self.settle(entry, session, None)
            raise SessionClosedError("This session is closed already.")
        report, from_provider = await self._report(entry, session_id)
        entry = replace(
            entry,
            close_report=report.encoded,
            close_signature=report.signature,
            close_kind="provider_report" if from_provider else "own_report",
        )
        fault_point("close.report.after")
        call = self._chain.calls.close_session(report.encoded, report.signature)
        try:
            entry, record = await self._sender.sign_and_send(call, entry, CLOSE)
            record, receipt = await self._sender.wait_mined(record)
        except RevertedError as error:
            await self._still_open(entry, error)
            if error.reason in _PAYOUT_REASONS:
                raise PayoutEmptyError(
                    "The network's payout account cannot pay the provider at present."
                ) from error
            raise
        fault_point("close.mined.before")
        closed = await self._chain.market.session(session_id)
        entry = await self.settle(entry, closed, receipt)
        fault_point("close.closed.after")
        return Closed(entry=entry, tx_hash=record.tx_hash.hex, with_provider_report=from_provider)

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
