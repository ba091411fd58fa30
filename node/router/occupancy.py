"""Brings the count of taken slots up to date with the chain: what was opened, what was closed."""

import asyncio
from collections import OrderedDict

from node.core.errors import SessionNotFoundError
from node.core.ids import BidId, ModelId, SessionId
from node.core.ports import Signer
from node.core.records import Bid, Session
from node.router.access import ChainAccess
from node.router.capacity import Capacity
from node.router.models_config import CapacityPolicy
from node.store.session_stats import ServedSession

PAGE = 100
OVERLAP = 5
"""So many of the known sessions are read again: a reorganisation may have replaced them."""
LOOK_AGAIN_S = 10.0
MAX_RECHECKED = 64


def served_session(session: Session, bid: Bid) -> ServedSession:
    """What the provider keeps of a session on its bid."""
    return ServedSession(
        session_id=session.id,
        user=session.user,
        model_id=bid.model_id,
        bid_id=session.bid_id,
        opened_at=session.opened_at,
        ends_at=session.ends_at,
        closed_at=session.closed_at,
    )


class Occupancy:
    """Reads for the counts of one provider; the counts themselves are in `Capacity`."""

    def __init__(self, *, chain: ChainAccess, signer: Signer, capacity: Capacity) -> None:
        self._chain = chain
        self._signer = signer
        self._capacity = capacity
        self._listed: int | None = None
        self._bids: dict[BidId, Bid] = {}
        self._seen: OrderedDict[SessionId, None] = OrderedDict()
        self._looking = asyncio.Lock()
        self._rechecked: dict[ModelId, float] = {}

    async def catch_up(self) -> None:
        """Count the sessions that were opened since the last look, used or not.

        The first look reads back as far as a session can last.

        Raises:
            ChainError: no connection; the counts stay as they are.
        """
        async with self._looking:
            if self._listed is None:
                self._listed = await self._read_back()
                return
            offset = max(0, self._listed - OVERLAP)
            total = offset + 1
            while offset < total:
                page = await self._chain.market.sessions(
                    provider=self._signer.address, offset=offset, limit=PAGE
                )
                total = page.total
                offset += PAGE
                for session in page.items:
                    await self._count(session)
            self._listed = total

    async def _read_back(self) -> int:
        market = self._chain.market
        total = (await market.sessions(provider=self._signer.address, offset=0, limit=1)).total
        longest_s = (await market.economy()).max_session_s if total else 0
        oldest = self._chain.clock.unix_seconds() - longest_s
        end = total
        while end > 0:
            start = max(0, end - PAGE)
            page = await market.sessions(
                provider=self._signer.address, offset=start, limit=end - start
            )
            for session in page.items:
                await self._count(session)
            if any(session.opened_at < oldest for session in page.items):
                break
            end = start
        return total

    async def _count(self, session: Session) -> None:
        if session.is_closed:
            if self._listed is not None and session.id not in self._seen:
                self._capacity.came_of(session.bid_id, session.user, session.opened_at)
            self._capacity.closed(session.id)
        elif session.ends_at > self._chain.clock.unix_seconds():
            bid = self._bids.get(session.bid_id)
            if bid is None:
                bid = self._bids[session.bid_id] = await self._chain.market.bid(session.bid_id)
            self._capacity.opened(served_session(session, bid), is_new=self._listed is not None)
        self._seen[session.id] = None
        if len(self._seen) > PAGE:
            self._seen.popitem(last=False)

    async def recheck(self, model_id: ModelId, policy: CapacityPolicy) -> None:
        """Free the slots of sessions that were closed early without our noticing.

        Done before somebody is refused for want of a slot, at most once in ten seconds.

        Raises:
            ChainError: no connection.
        """
        now = self._chain.clock.monotonic()
        if now - self._rechecked.get(model_id, -LOOK_AGAIN_S) < LOOK_AGAIN_S:
            return
        self._rechecked[model_id] = now
        counted = self._capacity.counted(model_id, policy)[:MAX_RECHECKED]
        closed = await asyncio.gather(*(self._is_closed(item) for item in counted))
        for session_id, is_closed in zip(counted, closed, strict=True):
            if is_closed:
                self._capacity.closed(session_id)

    async def _is_closed(self, session_id: SessionId) -> bool:
        try:
            return (await self._chain.market.session(session_id)).is_closed
        except SessionNotFoundError:
            # The block that opened it vanished.
            return True
