"""What the wallet earned as provider: what can be claimed now, what later, and under which cap."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from node.core.errors import SessionError, SessionNotFoundError
from node.core.ids import BidId, ModelId, SessionId
from node.core.ports import Signer
from node.core.records import Bid, Provider, Session
from node.core.units import NO_MOR, Mor, PricePerSecond, UnixSeconds
from node.router.access import ChainAccess
from node.router.quote import Claimable, SessionTerms, claimable

PAGE = 100
CLAIMABLE_AGE_S = 60.0
_NEVER = UnixSeconds(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A served session with what can be claimed for it, were it the only one."""

    session: Session
    model_id: ModelId
    price: PricePerSecond
    claimable: Claimable


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most its stake is paid to a provider within a period of 365 days.

    `headroom` is what is left of it now; a period that is over counts as begun anew.
    """

    stake: Mor = NO_MOR
    earned: Mor = NO_MOR
    period_end: UnixSeconds = _NEVER

    @property
    def headroom(self) -> Mor:
        return Mor(max(0, self.stake.base - self.earned.base))


def cap_of(record: Provider | None, now: int) -> Cap:
    """The cap as the next payment would find it."""
    if record is None:
        return Cap()
    if now > record.limit_period_end:
        return Cap(stake=record.stake)
    return Cap(
        stake=record.stake, earned=record.limit_period_earned, period_end=record.limit_period_end
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """All served sessions, newest first. The sums respect that all share one cap."""

    sessions: tuple[Earned, ...]
    cap: Cap
    now: Mor
    later: Mor
    later_at: UnixSeconds
    beyond_cap: Mor


class EarningsBook:
    """Reads the pay of one wallet on one network."""

    def __init__(self, *, chain: ChainAccess, signer: Signer) -> None:
        self._chain = chain
        self._signer = signer
        self._bids: dict[BidId, Bid] = {}
        self._claimable: tuple[Provider, float, Mor] | None = None

    async def claimable_now(self, record: Provider) -> Mor:
        """What a claim would bring the provider `record`; at most a minute old, and never from
        before a payment, which changes the record.
        """
        now = self._chain.clock.monotonic()
        known = self._claimable
        if known is not None and known[0] == record and now - known[1] < CLAIMABLE_AGE_S:
            return known[2]
        found = (await self.earnings()).now
        self._claimable = (record, now, found)
        return found

    async def earnings(self) -> Earnings:
        """All sessions served by the wallet with what can be claimed when."""
        record, now, sessions = await asyncio.gather(
            self._chain.market.provider(self._signer.address),
            self._chain.market.block_time(),
            self._sessions(),
        )
        cap = cap_of(record, now)
        earned = tuple([await self._earned(item, cap.headroom, now) for item in reversed(sessions)])
        return _summed(earned, cap)

    async def earned(self, session_id: SessionId) -> Earned:
        """One session.

        Raises:
            SessionError: it was not served by this wallet, or does not exist.
        """
        record, now, session = await asyncio.gather(
            self._chain.market.provider(self._signer.address),
            self._chain.market.block_time(),
            self._session(session_id),
        )
        if (await self._bid(session.bid_id)).provider != self._signer.address:
            raise SessionError("This session was not served by your wallet.")
        return await self._earned(session, cap_of(record, now).headroom, now)

    async def _session(self, session_id: SessionId) -> Session:
        try:
            return await self._chain.market.session(session_id)
        except SessionNotFoundError as error:
            raise SessionError("This session was not served by your wallet.") from error

    async def _sessions(self) -> list[Session]:
        sessions: list[Session] = []
        offset, total = 0, 1
        while offset < total:
            page = await self._chain.market.sessions(
                provider=self._signer.address, offset=offset, limit=PAGE
            )
            sessions.extend(page.items)
            # A page may be short in the middle: records that cannot be read are left out.
            offset, total = offset + PAGE, page.total
        return sessions

    async def _bid(self, bid_id: BidId) -> Bid:
        bid = self._bids.get(bid_id)
        if bid is None:
            # Its provider, model and price never change.
            bid = self._bids[bid_id] = await self._chain.market.bid(bid_id)
        return bid

    async def _earned(self, session: Session, headroom: Mor, now: int) -> Earned:
        bid = await self._bid(session.bid_id)
        terms = SessionTerms(
            stake=session.stake,
            price=bid.price_per_second,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            direct_payment=session.is_direct_payment,
            provider_withdrawn=session.provider_withdrawn,
        )
        return Earned(
            session=session,
            model_id=bid.model_id,
            price=bid.price_per_second,
            claimable=claimable(terms, closed_at=session.closed_at, now=now, headroom=headroom),
        )


def _summed(sessions: tuple[Earned, ...], cap: Cap) -> Earnings:
    def total(amounts: Iterable[Mor]) -> int:
        return sum(amount.base for amount in amounts)

    now = total(item.claimable.now for item in sessions)
    later = total(item.claimable.later for item in sessions)
    beyond = total(item.claimable.beyond_cap for item in sessions)
    paid_now = min(now, cap.headroom.base)
    paid_later = min(later, cap.headroom.base - paid_now)
    return Earnings(
        sessions=sessions,
        cap=cap,
        now=Mor(paid_now),
        later=Mor(paid_later),
        later_at=UnixSeconds(max((item.claimable.later_at for item in sessions), default=0))
        if paid_later
        else UnixSeconds(0),
        beyond_cap=Mor(beyond + now - paid_now + later - paid_later),
    )
