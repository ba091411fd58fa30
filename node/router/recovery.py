"""Brings journal and chain together at start: what was under way is finished, what is on chain is
known.

Nothing here asks anybody or spends more than was confirmed before: the only bytes ever sent are
those that were signed and journalled already.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from node.core.errors import (
    InternalError,
    NodeError,
    RevertedError,
    RpcUnavailableError,
    SessionNotFoundError,
    TxCancelledError,
    TxStuckError,
)
from node.core.log import get_logger
from node.core.ports import Intent
from node.core.units import UnixSeconds
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.adoption import LAG_S, SessionAdopter
from node.router.closing import SessionCloser
from node.router.opening import SessionOpener
from node.router.sending import TransactionSender
from node.router.settling import TransactionSettler
from node.store.journal_records import OPENING_STATES, SessionEntry, SessionState, TxRecord

_log = get_logger("node.router.recovery")
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
    """Reconciles one wallet on one chain. Safe to run at any time and as often as wanted.

    `resumed`: intents of openings that an earlier run began and this one finished or gave up.
    """

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
        self._opener = opener
        self._closer = closer
        self._settler = TransactionSettler(chain=chain, wallet=wallet, sender=sender)
        self._adopter = SessionAdopter(chain=chain, wallet=wallet)
        self._began = chain.clock.unix_seconds()
        self.resumed: set[str] = set()

    async def run(self) -> RecoveryReport:
        """Walk all unfinished intents, then all sessions of the wallet on chain.

        One intent that cannot be settled now (a transaction that waits, say) does not stop the
        others; it is listed in `unresolved` and stays in the journal. Intents that somebody in this
        process is carrying out are left alone.

        Raises:
            RpcUnavailableError: no connection; what was not reached stays as it is.
        """
        entries = await self._unfinished()
        held = [entry for entry in entries if entry.state is SessionState.CLOSED]
        under_way = [entry for entry in entries if entry.state is not SessionState.CLOSED]
        finished, unresolved = await self._settle_each(under_way)
        unresolved += await self._settle_single_transactions()
        # Last: one of those transactions may have brought back what was held.
        released, unread = await self._settle_each(held)
        finished += released
        unresolved += unread
        found = await self._adopter.adopt()
        return RecoveryReport(
            finished=tuple(finished),
            adopted=found.adopted,
            unresolved=(*unresolved, *found.unread),
        )

    async def _settle_each(
        self, entries: Iterable[SessionEntry]
    ) -> tuple[list[SessionEntry], list[str]]:
        """What was finished, and what could not be settled now."""
        finished, unresolved = [], []
        for entry in entries:
            if entry.intent_id in self._wallet.at_work:
                continue
            try:
                finished.append(await self._settle_alone(entry))
            except RpcUnavailableError:
                raise
            except NodeError as error:
                _log.warning("intent not settled", intent_id=entry.intent_id, code=error.code)
                unresolved.append(f"{entry.intent_id}: {error.message}")
        return finished, unresolved

    async def is_needed(self) -> bool:
        """Whether something is on its way that nobody in this process looks after."""
        on_its_way = OPENING_STATES | _CLOSING
        for entry in await self._unfinished():
            if entry.state in on_its_way and entry.intent_id not in self._wallet.at_work:
                return True
        return bool(await self._settler.pending_singles())

    async def adopt_from_chain(self) -> tuple[SessionEntry, ...]:
        """See `SessionAdopter.adopt`."""
        return (await self._adopter.adopt()).adopted

    async def _unfinished(self) -> tuple[SessionEntry, ...]:
        market = self._chain.market
        return await self._wallet.journal.unfinished(
            self._wallet.address, market.chain_id, market.marketplace_address
        )

    async def _settle_alone(self, entry: SessionEntry) -> SessionEntry:
        async with self._wallet.at_work.hold(entry.intent_id):
            # Whoever worked on it between the listing and now has moved it on.
            now = await self._wallet.journal.entry(entry.intent_id)
            if now is None or now.is_final:
                return now or entry
            settled = await self._settle(now)
            if now.state in OPENING_STATES and settled.state not in OPENING_STATES:
                self._note_resumed(now)
            return settled

    def _note_resumed(self, entry: SessionEntry) -> None:
        if entry.created_at < self._began:
            self.resumed.add(entry.intent_id)

    async def _settle(self, entry: SessionEntry) -> SessionEntry:
        if entry.state in _NOTHING_SPENT:
            return await self._end(
                entry, SessionState.ABANDONED, "The app stopped; nothing was spent."
            )
        if entry.state in _ALLOWING:
            return await self._settle_allowance(entry)
        if entry.state in _OPENING:
            return await self._settle_opening(entry)
        if entry.state is SessionState.CLOSED:
            return await self._release(entry)
        try:
            if entry.state in _CLOSING:
                return await self._settle_closing(entry)
            return await self._look_at_chain(entry)
        except SessionNotFoundError:
            return await self._vanished(entry)

    async def _settle_allowance(self, entry: SessionEntry) -> SessionEntry:
        # What became of the allowance itself is found out with the single transactions.
        return await self._end(
            entry,
            SessionState.ABANDONED,
            "The app stopped before the session was opened; no MOR was locked.",
        )

    async def _settle_opening(self, entry: SessionEntry) -> SessionEntry:
        for record in await self._transactions(entry, Intent.OPEN_SESSION):
            try:
                receipt = await self._settler.outcome(
                    record, resend=record.is_pending and await self._settler.is_fresh(record)
                )
            except (RevertedError, TxCancelledError) as error:
                return await self._end(entry, SessionState.FAILED, error.message)
            if receipt is not None:
                return await self._opener.mined(entry, receipt)
        session = await self._adopter.matching(entry)
        if session is not None:
            return await self._adopter.give(entry, session)
        return await self._end(
            entry,
            SessionState.FAILED,
            "The opening transaction never reached the chain; nothing was spent.",
        )

    async def _settle_closing(self, entry: SessionEntry) -> SessionEntry:
        if entry.session_id is None:
            raise InternalError("A session that is being closed has no id.")
        session = await self._chain.market.session(entry.session_id)
        receipt = None
        for record in await self._transactions(entry, Intent.CLOSE_SESSION):
            try:
                resend = record.is_pending and not session.is_closed
                found = await self._settler.outcome(record, resend=resend)
                receipt = found or receipt
            except (RevertedError, TxCancelledError) as error:
                _log.info("nothing was closed", session_id=entry.session_id.short, code=error.code)
            except TxStuckError:
                # Somebody else closed the session: ours may wait, there is nothing left to close.
                if not session.is_closed:
                    raise
        session = await self._chain.market.session(entry.session_id)
        if session.is_closed:
            matching = receipt if receipt is not None and receipt.closed == session.id else None
            return await self._closer.settle(entry, session, matching)
        return await self._save(entry, SessionState.ACTIVE)

    async def _transactions(self, entry: SessionEntry, intent: Intent) -> tuple[TxRecord, ...]:
        records = await self._wallet.journal.transactions_of(entry.intent_id)
        return tuple(item for item in records if item.intent is intent)

    async def _look_at_chain(self, entry: SessionEntry) -> SessionEntry:
        if entry.session_id is None:
            return entry
        session = await self._chain.market.session(entry.session_id)
        if session.is_closed:
            return await self._closer.settle(entry, session, None)
        if (session.opened_at, session.ends_at) != (entry.opened_at, entry.ends_at):
            # The block of its opening vanished, and a later one has it.
            entry = await self._adopter.give(entry, session)
        return await self._adopter.moved(entry)

    async def _release(self, entry: SessionEntry) -> SessionEntry:
        """A held part is settled once the chain holds nothing back for the wallet any more.

        By the chain's time: before its midnight the stake is locked and not yet "available".
        """
        if await self._chain.market.block_time() < entry.held_until:
            return entry
        on_hold = await self._chain.market.on_hold(self._wallet.address)
        if on_hold.available.base == 0:
            return await self._save(entry, SessionState.SETTLED)
        return entry

    async def _vanished(self, entry: SessionEntry) -> SessionEntry:
        """The chain does not know a session that was open: a block vanished, or the chain is a new
        one with the old number, as demo networks are after a restart.

        An endpoint whose newest block is older than the session cannot know it.
        """
        age_s = self._chain.clock.unix_seconds() - entry.created_at
        if age_s < LAG_S or await self._chain.market.block_time() < entry.opened_at:
            raise SessionNotFoundError("The network does not know this session yet.")
        if entry.state is not SessionState.ACTIVE:
            entry = await self._save(entry, SessionState.ACTIVE)
        nothing = UnixSeconds(0)
        gone = replace(entry, session_id=None, opened_at=nothing, ends_at=nothing)
        entry = await self._save(gone, SessionState.OPEN_SENT)
        return await self._settle_opening(entry)

    async def _settle_single_transactions(self) -> list[str]:
        unresolved = []
        for record in await self._settler.pending_singles():
            try:
                async with self._wallet.at_work.hold(record.intent_id):
                    await self._settler.settle_single(record)
            except RpcUnavailableError:
                raise
            except NodeError as error:
                _log.info("transaction not settled", hash=record.tx_hash.hex, code=error.code)
                unresolved.append(f"{record.tx_hash.hex}: {error.message}")
        return unresolved

    async def _end(self, entry: SessionEntry, state: SessionState, reason: str) -> SessionEntry:
        return await self._save(replace(entry, error=reason[:500]), state)

    async def _save(self, entry: SessionEntry, state: SessionState) -> SessionEntry:
        entry = replace(entry, state=state, updated_at=self._chain.clock.unix_seconds())
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry
