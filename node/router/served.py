"""The sessions this node serves as provider: read from the chain, checked, kept with an age."""

import asyncio
from dataclasses import dataclass

from node.core.errors import NodeError
from node.core.ids import Address, SessionId
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.router.access import ChainAccess
from node.router.capacity import Capacity
from node.store.session_stats import ServedSession, SessionStats
from node.wire.refusals import SESSION_EXPIRED, SESSION_NOT_LOADED, Refusal

_log = get_logger("node.router.served")
REFRESH_AFTER_S = 10.0
STALE_AFTER_S = 60.0
GRACE_S = 5
"""Seconds after the end in which a prompt that was on its way is still served."""


@dataclass(slots=True)
class _Kept:
    session: ServedSession
    read_at: float
    refreshing: bool = False


class ServedSessions:
    """Looks sessions up for prompts. A look at the chain costs the first prompt, not each one.

    After ten seconds the record is refreshed beside the prompt, after a minute before it, so a
    session closed early is served no longer than that.
    """

    def __init__(
        self,
        *,
        chain: ChainAccess,
        own_address: Address,
        stats: SessionStats,
        capacity: Capacity,
        tasks: TaskScope,
    ) -> None:
        self._chain = chain
        self._own = own_address
        self._stats = stats
        self._capacity = capacity
        self._tasks = tasks
        self._kept: dict[SessionId, _Kept] = {}
        self._reading: dict[SessionId, asyncio.Lock] = {}

    async def find(self, session_id: SessionId) -> ServedSession:
        """Return a session that may be served now.

        Raises:
            Refusal: unknown, of another provider, closed, or past its end; verbatim protocol texts.
        """
        kept = self._kept.get(session_id)
        now = self._chain.clock.monotonic()
        if kept is None or now - kept.read_at > STALE_AFTER_S:
            kept = await self._read_once(session_id)
        elif now - kept.read_at > REFRESH_AFTER_S and not kept.refreshing:
            kept.refreshing = True
            self._tasks.spawn(self._refresh(session_id, kept), name="refresh-session")
        session = kept.session
        ended = self._chain.clock.unix_seconds() > session.ends_at + GRACE_S
        if session.closed_at or ended:
            raise Refusal(SESSION_EXPIRED)
        return session

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

    def recheck(self, session_id: SessionId) -> None:
        """Read the chain before the next prompt: after a report the session may be closed."""
        kept = self._kept.get(session_id)
        if kept is not None:
            kept.read_at = self._chain.clock.monotonic() - 2 * STALE_AFTER_S

    async def _read_once(self, session_id: SessionId) -> _Kept:
        lock = self._reading.setdefault(session_id, asyncio.Lock())
        async with lock:
            kept = self._kept.get(session_id)
            if kept is None or self._chain.clock.monotonic() - kept.read_at > STALE_AFTER_S:
                kept = await self._read(session_id)
            self._reading.pop(session_id, None)
            return kept

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
        except Refusal:
            raise
        except NodeError as error:
            raise Refusal(SESSION_NOT_LOADED) from error
        if bid.provider != self._own:
            raise Refusal(SESSION_NOT_LOADED)
        served = ServedSession(
            session_id=session_id,
            user=session.user,
            model_id=bid.model_id,
            bid_id=session.bid_id,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            closed_at=session.closed_at,
        )
        kept = _Kept(session=served, read_at=self._chain.clock.monotonic())
        self._kept[session_id] = kept
        if served.closed_at:
            self._capacity.closed(session_id)
        else:
            self._capacity.opened(
                session_id, served.model_id, served.bid_id, served.user, served.ends_at
            )
        await self._stats.put_served(served)
        return kept
