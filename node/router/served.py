"""The sessions this node serves as provider: read from the chain, checked, kept with an age."""

import asyncio
from dataclasses import dataclass

from node.core.errors import NodeError, RpcUnavailableError
from node.core.ids import SessionId
from node.core.log import get_logger
from node.core.ports import Signer
from node.core.tasks import TaskScope
from node.router.access import ChainAccess
from node.router.capacity import Capacity
from node.router.model_tags import TeeModels
from node.router.occupancy import served_session
from node.store.session_stats import ServedSession, SessionStats
from node.wire.refusals import NOT_ATTESTED, SESSION_EXPIRED, SESSION_NOT_LOADED, Refusal

_log = get_logger("node.router.served")
REFRESH_AFTER_S = 10.0
STALE_AFTER_S = 60.0
OUTAGE_S = 600.0
"""So long a session that was open is served on while no server of the chain answers; nobody can
close it by them either."""
TRY_AGAIN_S = 10.0
GRACE_S = 5
"""Seconds after the end in which a prompt that was on its way is still served."""
MAX_KEPT = 1000
"""Above it, sessions that have ended are dropped from memory."""
CLOSE_SETTLES_S = 120.0
"""So long a close that was announced counts although the chain, as we read it, lags behind."""


@dataclass(slots=True)
class _Kept:
    session: ServedSession
    read_at: float
    is_tee: bool
    refreshing: bool = False
    must_read: bool = False
    tried_at: float = 0.0

    def is_good(self, now: float) -> bool:
        """Whether a prompt may be served without a look at the chain."""
        return not self.must_read and now - self.read_at <= STALE_AFTER_S

    def lasts_through_outage(self, now: float) -> bool:
        return not self.must_read and now - self.read_at <= OUTAGE_S


class ServedSessions:
    """Looks sessions up for prompts. A look at the chain costs the first prompt, not each one.

    After ten seconds the record is refreshed beside the prompt, after a minute before it, so a
    session closed early is served no longer than that. While the chain's servers are away the
    last record holds for ten minutes.
    """

    def __init__(
        self,
        *,
        chain: ChainAccess,
        signer: Signer,
        stats: SessionStats,
        capacity: Capacity,
        tee: TeeModels,
        tasks: TaskScope,
    ) -> None:
        self._chain = chain
        self._signer = signer
        self._stats = stats
        self._capacity = capacity
        self._tee = tee
        self._tasks = tasks
        self._kept: dict[SessionId, _Kept] = {}
        self._announced_closed: dict[SessionId, float] = {}
        self._reading: dict[SessionId, asyncio.Lock] = {}

    async def find(self, session_id: SessionId) -> ServedSession:
        """Return a session that may be served now.

        Raises:
            Refusal: unknown, of another provider, closed, or past its end; verbatim protocol texts.
        """
        kept = self._kept.get(session_id)
        now = self._chain.clock.monotonic()
        if kept is None or not kept.is_good(now):
            kept = await self._read_or_keep(session_id, kept)
        elif now - kept.read_at > REFRESH_AFTER_S and not kept.refreshing:
            kept.refreshing = True
            self._tasks.spawn(self._refresh(session_id, kept), name="refresh-session")
        session = kept.session
        ended = self._chain.clock.unix_seconds() > session.ends_at + GRACE_S
        if session.closed_at or ended or self._is_announced_closed(session_id, now):
            raise Refusal(SESSION_EXPIRED)
        if kept.is_tee:
            raise Refusal(NOT_ATTESTED)
        return session

    async def _read_or_keep(self, session_id: SessionId, kept: _Kept | None) -> _Kept:
        """The chain's record; the one we have while no server answers. Raises Refusal."""
        now = self._chain.clock.monotonic()
        lasts = kept is not None and kept.lasts_through_outage(now)
        if kept is not None and lasts and kept.tried_at and now - kept.tried_at < TRY_AGAIN_S:
            return kept
        try:
            return await self._read_once(session_id)
        except Refusal as error:
            if not isinstance(error.__cause__, RpcUnavailableError):
                raise
            if kept is None:
                # Of a session that was paid for nothing is known: worth a second question.
                return await self._read_once(session_id)
            if not lasts:
                raise
            _log.warning("session served unread: the chain is away", session_id=session_id.short)
            kept.tried_at = self._chain.clock.monotonic()
            return kept

    def _is_announced_closed(self, session_id: SessionId, now: float) -> bool:
        announced = self._announced_closed.get(session_id)
        if announced is not None and now - announced > CLOSE_SETTLES_S:
            del self._announced_closed[session_id]
            return False
        return announced is not None

    async def known(self, session_id: SessionId) -> ServedSession | None:
        """A session of ours for a report, also when it has ended or was never prompted."""
        kept = self._kept.get(session_id)
        if kept is not None:
            return kept.session
        stored = await self._stats.served(session_id)
        if stored is not None:
            return stored
        try:
            return (await self._read_once(session_id)).session
        except Refusal:
            return None

    def announced(self, session_id: SessionId) -> None:
        """The chain announced a session of ours: count it, used or not.

        One whose close was known is read again: that close may have vanished.
        """
        was_closed = self._announced_closed.pop(session_id, None) is not None
        kept = self._kept.get(session_id)
        if kept is not None and not was_closed and not kept.session.closed_at:
            return  # its first prompt was here before the announcement
        self.recheck(session_id)
        self._tasks.spawn(self._take_up(session_id), name="new-session")

    async def _take_up(self, session_id: SessionId) -> None:
        try:
            await self._read_once(session_id)
        except NodeError as error:
            _log.info("new session not read", session_id=session_id.short, code=error.code)

    def announced_closed(self, session_id: SessionId) -> None:
        """The chain announced a close: nothing more is served, and the slot is free at once."""
        self._announced_closed[session_id] = self._chain.clock.monotonic()
        self._capacity.closed(session_id)
        self.recheck(session_id)

    def recheck(self, session_id: SessionId) -> None:
        """Read the chain before the next prompt: after a report the session may be closed."""
        kept = self._kept.get(session_id)
        if kept is not None:
            kept.must_read = True

    async def _read_once(self, session_id: SessionId) -> _Kept:
        lock = self._reading.setdefault(session_id, asyncio.Lock())
        try:
            async with lock:
                kept = self._kept.get(session_id)
                if kept is None or not kept.is_good(self._chain.clock.monotonic()):
                    kept = await self._read(session_id)
                return kept
        finally:
            self._reading.pop(session_id, None)

    async def _refresh(self, session_id: SessionId, kept: _Kept) -> None:
        try:
            await self._read(session_id)
        except NodeError as error:
            # The present record stays good for its minute; the next prompt tries again.
            _log.info("session not refreshed", session_id=session_id.short, code=error.code)
        finally:
            kept.refreshing = False

    async def _read(self, session_id: SessionId) -> _Kept:
        market = self._chain.market
        try:
            session = await market.session(session_id)
            bid = await market.bid(session.bid_id)
            is_own = bid.provider == self._signer.address
            is_tee = is_own and await self._tee.has(bid.model_id)
        except Refusal:
            raise
        except NodeError as error:
            raise Refusal(SESSION_NOT_LOADED) from error
        if not is_own:
            raise Refusal(SESSION_NOT_LOADED)
        served = served_session(session, bid)
        kept = _Kept(session=served, read_at=self._chain.clock.monotonic(), is_tee=is_tee)
        self._keep(kept)
        if served.closed_at or session_id in self._announced_closed:
            self._capacity.closed(session_id)
        else:
            self._capacity.opened(served)
        await self._stats.put_served(served)
        return kept

    def _keep(self, kept: _Kept) -> None:
        if len(self._kept) >= MAX_KEPT:
            over = self._chain.clock.unix_seconds() - GRACE_S
            self._kept = {
                key: item for key, item in self._kept.items() if item.session.ends_at > over
            }
        self._kept[kept.session.session_id] = kept
