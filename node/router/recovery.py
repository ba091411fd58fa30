"""Brings journal and chain together at start: what was under way is finished, what is on chain is
known.

Nothing here asks anybody or spends more than was confirmed before: the only bytes ever sent are
those that were signed and journalled already.
"""

from dataclasses import dataclass, replace

from node.core.errors import InternalError, NodeError, RevertedError
from node.core.ids import Address, BidId
from node.core.log import get_logger
from node.core.ports import Intent
from node.core.records import Receipt, Session
from node.core.units import UnixSeconds
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.closing import SessionCloser
from node.router.holdings import all_sessions
from node.router.opening import SessionOpener
from node.router.sending import TransactionSender
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus

_log = get_logger("node.router.recovery")
RESEND_WINDOW_S = 540
"""Older signed openings are not sent any more:

Price and day figures behind them may have changed.
"""

_NOTHING_SPENT = frozenset({SessionState.DRAFT, SessionState.QUOTED, SessionState.PROVIDER_OK})
_ALLOWING = frozenset(
    {SessionState.APPROVE_SIGNED, SessionState.APPROVE_SENT, SessionState.APPROVE_IN_BLOCK}
)
_OPENING = frozenset({SessionState.OPEN_SIGNED, SessionState.OPEN_SENT, SessionState.OPEN_IN_BLOCK})
_CLOSING = frozenset({SessionState.CLOSE_SIGNED, SessionState.CLOSE_SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """What was found: intents finished or given up, sessions adopted from the chain, and what is
    left.
    """

    finished: tuple[SessionEntry, ...]
    adopted: tuple[SessionEntry, ...]
    unresolved: tuple[str, ...]


class SessionRecovery:
    """Reconciles one wallet on one chain. Safe to run at any time and as often as wanted."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        opener: SessionOpener,
        closer: SessionCloser,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._opener = opener
        self._closer = closer

    async def run(self) -> RecoveryReport:
        """Walk all unfinished intents, then all sessions of the wallet on chain.

        One intent that cannot be settled now (no connection, say) does not stop the others; it is
        listed in `unresolved` and stays in the journal.
        """
        journal, chain_id = self._wallet.journal, self._chain.market.chain_id
        finished: list[SessionEntry] = []
        unresolved: list[str] = []
        for entry in await journal.unfinished(self._wallet.address, chain_id):
            try:
                finished.append(await self._settle(entry))
            except NodeError as error:
                _log.warning("intent not settled", intent_id=entry.intent_id, code=error.code)
                unresolved.append(f"{entry.intent_id}: {error.message}")
        await self._settle_single_transactions()
        adopted = await self.adopt_from_chain()
        return RecoveryReport(
            finished=tuple(finished), adopted=adopted, unresolved=tuple(unresolved)
        )

    async def _settle(self, entry: SessionEntry) -> SessionEntry:
        if entry.state in _NOTHING_SPENT:
            return await self._end(
                entry, SessionState.ABANDONED, "The app stopped; nothing was spent."
            )
        if entry.state in _ALLOWING:
            return await self._settle_allowance(entry)
        if entry.state in _OPENING:
            return await self._settle_opening(entry)
        if entry.state in _CLOSING:
            return await self._settle_closing(entry)
        return await self._look_at_chain(entry)

    async def _settle_allowance(self, entry: SessionEntry) -> SessionEntry:
        for record in await self._wallet.journal.transactions_of(entry.intent_id):
            await self._settle_record(record, resend=False)
        return await self._end(
            entry,
            SessionState.ABANDONED,
            "The app stopped before the session was opened; no MOR was locked.",
        )

    async def _settle_opening(self, entry: SessionEntry) -> SessionEntry:
        records = await self._wallet.journal.transactions_of(entry.intent_id)
        opening = [item for item in records if item.intent is Intent.OPEN_SESSION]
        fresh = self._age(entry) <= RESEND_WINDOW_S
        for record in opening:
            try:
                receipt = await self._settle_record(record, resend=fresh)
            except RevertedError as error:
                return await self._end(entry, SessionState.FAILED, error.message)
            if receipt is not None:
                return await self._opener.mined(entry, receipt)
        session = await self._matching_session(entry)
        if session is not None:
            return await self._adopt_into(entry, session)
        return await self._end(
            entry,
            SessionState.FAILED,
            "The opening transaction never reached the chain; nothing was spent.",
        )

    async def _settle_closing(self, entry: SessionEntry) -> SessionEntry:
        if entry.session_id is None:
            raise InternalError("A session that is being closed has no id.")
        session = await self._chain.market.session(entry.session_id)
        records = await self._wallet.journal.transactions_of(entry.intent_id)
        closing = [item for item in records if item.intent is Intent.CLOSE_SESSION]
        receipt = None
        for record in closing:
            try:
                receipt = await self._settle_record(record, resend=not session.is_closed) or receipt
            except RevertedError as error:
                _log.info("close was refused", session_id=entry.session_id.short, code=error.code)
        session = await self._chain.market.session(entry.session_id)
        if session.is_closed:
            matching = receipt if receipt is not None and receipt.closed == session.id else None
            return await self._closer.settle(entry, session, matching)
        return await self._save(entry, SessionState.ACTIVE)

    async def _look_at_chain(self, entry: SessionEntry) -> SessionEntry:
        if entry.session_id is None:
            return entry
        if entry.state is SessionState.CLOSED:
            return await self._release(entry)
        session = await self._chain.market.session(entry.session_id)
        if session.is_closed:
            return await self._closer.settle(entry, session, None)
        return entry

    async def _release(self, entry: SessionEntry) -> SessionEntry:
        """A held part is settled once the chain holds nothing back for the wallet any more."""
        if self._chain.clock.unix_seconds() < entry.held_until:
            return entry
        on_hold = await self._chain.market.on_hold(self._wallet.address)
        if on_hold.available.base == 0:
            return await self._save(entry, SessionState.SETTLED)
        return entry

    async def _settle_record(self, record: TxRecord, *, resend: bool) -> Receipt | None:
        """Return the receipt of a journalled transaction, or None when it can never be mined.

        With `resend` the same bytes are broadcast when the chain does not know them and the nonce
        is free.
        """
        receipt = await self._sender.settle_from_chain(record)
        if receipt is not None:
            if not receipt.ok:
                raise RevertedError("The transaction was refused.", reason="")
            return receipt
        used = await self._chain.transactions.next_nonce(record.wallet) > record.nonce
        if used:
            await self._sender.mark(record, TxStatus.REPLACED)
            return None
        if not resend:
            await self._sender.mark(record, TxStatus.DROPPED)
            return None
        await self._sender.send_again(record)
        _, mined = await self._sender.wait_mined(record)
        return mined

    async def _settle_single_transactions(self) -> None:
        pending = await self._wallet.journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        )
        for record in pending:
            try:
                await self._settle_record(record, resend=True)
            except NodeError as error:
                _log.warning("transaction not settled", hash=record.tx_hash.hex, code=error.code)

    async def _matching_session(self, entry: SessionEntry) -> Session | None:
        known = {item.session_id for item in await self._all_entries() if item.session_id}
        for session in await self._sessions_on_chain():
            same = (
                session.bid_id == entry.bid_id
                and session.stake == entry.stake
                and session.opened_at >= entry.created_at - 30
            )
            if same and session.id not in known:
                return session
        return None

    async def adopt_from_chain(self) -> tuple[SessionEntry, ...]:
        """Make rows for open sessions that the journal does not know (lost data, another program).

        All pages are read: an old open session may lie behind any number of closed ones.
        """
        known = {item.session_id for item in await self._all_entries() if item.session_id}
        adopted = []
        for session in await self._sessions_on_chain():
            if session.id not in known and not session.is_closed:
                adopted.append(await self._adopt(session))
        return tuple(adopted)

    async def _adopt(self, session: Session) -> SessionEntry:
        bid = await self._chain.market.bid(session.bid_id)
        provider = await self._chain.market.provider(bid.provider)
        now = self._chain.clock.unix_seconds()
        entry = SessionEntry(
            intent_id=f"chain-{session.id.raw.hex()}",
            wallet=session.user,
            chain_id=self._chain.market.chain_id,
            marketplace=self._chain.market.marketplace_address,
            state=SessionState.ACTIVE,
            model_id=bid.model_id,
            bid_id=BidId(session.bid_id.raw),
            provider=Address(bid.provider.raw),
            endpoint=provider.endpoint if provider is not None else "",
            price=bid.price_per_second,
            stake=session.stake,
            duration_s=session.ends_at - session.opened_at,
            direct_payment=session.is_direct_payment,
            session_id=session.id,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            created_at=UnixSeconds(session.opened_at),
            updated_at=now,
        )
        await self._wallet.journal.create(entry)
        announce(self._wallet.bus, entry)
        return entry

    async def _adopt_into(self, entry: SessionEntry, session: Session) -> SessionEntry:
        entry = replace(
            entry, session_id=session.id, opened_at=session.opened_at, ends_at=session.ends_at
        )
        entry = await self._save(entry, SessionState.ACTIVE)
        return await self._look_at_chain(entry)

    async def _sessions_on_chain(self) -> tuple[Session, ...]:
        return await all_sessions(self._chain.market, self._wallet.address)

    async def _all_entries(self) -> tuple[SessionEntry, ...]:
        return await self._wallet.journal.all(self._wallet.address, self._chain.market.chain_id)

    def _age(self, entry: SessionEntry) -> int:
        return self._chain.clock.unix_seconds() - entry.updated_at

    async def _end(self, entry: SessionEntry, state: SessionState, reason: str) -> SessionEntry:
        return await self._save(replace(entry, error=reason[:500]), state)

    async def _save(self, entry: SessionEntry, state: SessionState) -> SessionEntry:
        entry = replace(entry, state=state, updated_at=self._chain.clock.unix_seconds())
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry
