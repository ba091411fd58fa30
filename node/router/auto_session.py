"""Finds or opens the session for a model that a program named, as the user's policy says."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from node.core.errors import NoBidError, NoTargetError
from node.core.ids import Address, BidId, ModelId
from node.core.settings import PolicyMode, SessionPolicy
from node.core.units import Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.adoption import was_adopted
from node.router.quotes import QuoteOrder
from node.router.setbacks import Setbacks
from node.router.spending import Grant, LimitedOpening
from node.store.journal_records import SessionEntry, SessionPurpose, SessionState

Spending = Callable[[Mor], AbstractAsyncContextManager[str]]
"""Reserves a stake while the context is open, and gives the intent id to open under."""
MIN_LEFT_S = 30
"""A session with less time left is not used for a new request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWish:
    """A model, and perhaps the one offer or provider that shall serve it."""

    model_id: ModelId
    bid_id: BidId | None = None
    provider: Address | None = None

    def fits(self, entry: SessionEntry) -> bool:
        return (
            entry.model_id == self.model_id
            and self.bid_id in (None, entry.bid_id)
            and self.provider in (None, entry.provider)
        )


class AutoSessions:
    """At most one session per model is opened at a time, however many requests ask for it."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        opening: LimitedOpening,
        setbacks: Setbacks,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._opening = opening
        self._setbacks = setbacks
        self._locks: dict[ModelId, asyncio.Lock] = {}

    async def usable(self) -> tuple[SessionEntry, ...]:
        """Open sessions that can take a request: providers that failed just now last, then the
        most time left first. Whoever opened one elsewhere on a model tagged TEE has to name it.
        """
        market = self._chain.market
        entries = await self._wallet.journal.active(
            self._wallet.address, market.chain_id, market.marketplace_address
        )
        limit = self._chain.clock.unix_seconds() + MIN_LEFT_S
        found = [
            entry
            for entry in entries
            if entry.state is SessionState.ACTIVE
            and entry.ends_at > limit
            and not (entry.tee and was_adopted(entry))
        ]
        found.sort(key=lambda entry: (entry.provider in self._setbacks, -entry.ends_at))
        return tuple(found)

    async def open_session_for(self, wish: SessionWish) -> SessionEntry | None:
        """The best of the open sessions that fit, None when there is none."""
        return next((entry for entry in await self.usable() if wish.fits(entry)), None)

    async def ensure(
        self,
        wish: SessionWish,
        policy: SessionPolicy,
        day_cap: Mor,
        spending: Spending | None = None,
    ) -> SessionEntry:
        """Return an open session, opening one where the policy allows. `day_cap` is the limit of
        all models together. `spending` reserves the stake for whom the session is, and names the
        intent.

        Raises:
            NoTargetError: none is open and none may be opened.
            SpendLimitError: a session would lock more than is granted; nothing was spent.
            NodeError: as quoting and opening.
        """
        async with self._locks.setdefault(wish.model_id, asyncio.Lock()):
            entry = await self.open_session_for(wish)
            if entry is not None:
                return entry
            if not policy.may_open or not day_cap:
                raise NoTargetError(
                    "No session is open for this model.",
                    hint="Open one in the app or with `mor-cli session open`, or let programs open"
                    " sessions in Settings > API.",
                    code="session.none_open",
                )
            return await self._open(wish, policy, day_cap, spending)

    async def _open(
        self, wish: SessionWish, policy: SessionPolicy, day_cap: Mor, spending: Spending | None
    ) -> SessionEntry:
        bid_id = wish.bid_id
        if bid_id is None and wish.provider is not None:
            bid_id = await self._bid_of(wish.model_id, wish.provider)
        grant = Grant(
            purpose=SessionPurpose.API,
            session_cap=policy.session_cap,
            day_cap=day_cap,
            model_day_cap=policy.day_cap,
        )
        order = QuoteOrder(
            model_id=None if bid_id is not None else wish.model_id,
            bid_id=bid_id,
            duration_s=policy.duration_s,
            failover=True,
            purpose=SessionPurpose.API,
            auto_extend=policy.mode is PolicyMode.EXTEND,
            skip=self._setbacks.now(),
        )
        quote = await self._opening.quote(order, grant)
        if spending is None:
            return await self._opening.opened(quote, grant)
        async with spending(quote.plan.stake) as intent_id:
            return await self._opening.opened(self._opening.named(quote, intent_id), grant)

    async def _bid_of(self, model_id: ModelId, provider: Address) -> BidId:
        bids = await self._chain.market.model_bids(model_id)
        mine = [item.bid for item in bids.bids if item.bid.provider == provider]
        if not mine:
            raise NoBidError("This provider does not offer the model.")
        return min(mine, key=lambda bid: bid.price_per_second).id
