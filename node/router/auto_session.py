"""Finds or opens the session for a model that a program named, within the MOR the user granted."""

import asyncio

from node.core.errors import NoTargetError, SpendLimitError
from node.core.ids import ModelId
from node.core.units import Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.opening import SessionOpener
from node.router.quotes import QuoteDesk, QuoteOrder
from node.store.journal_records import SessionEntry, SessionState

MIN_LEFT_S = 30
"""A session with less time left is not used for a new request."""


class AutoSessions:
    """At most one session per model is opened at a time, however many requests ask for it."""

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, quotes: QuoteDesk, opener: SessionOpener
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._quotes = quotes
        self._opener = opener
        self._locks: dict[ModelId, asyncio.Lock] = {}

    async def open_session_for(self, model_id: ModelId) -> SessionEntry | None:
        """The open session with the most time left, None when there is none."""
        market = self._chain.market
        entries = await self._wallet.journal.active(
            self._wallet.address, market.chain_id, market.marketplace_address
        )
        limit = self._chain.clock.unix_seconds() + MIN_LEFT_S
        usable = [
            entry
            for entry in entries
            if entry.model_id == model_id
            and entry.state is SessionState.ACTIVE
            and entry.ends_at > limit
        ]
        return max(usable, key=lambda entry: entry.ends_at, default=None)

    async def ensure(self, model_id: ModelId, *, cap: Mor, duration_s: int) -> SessionEntry:
        """Return an open session, opening one when it locks at most `cap`.

        Raises:
            NoTargetError: none is open and `cap` is 0.
            SpendLimitError: a session would lock more than `cap`; nothing was spent.
            NodeError: as quoting and opening.
        """
        async with self._locks.setdefault(model_id, asyncio.Lock()):
            entry = await self.open_session_for(model_id)
            if entry is not None:
                return entry
            if not cap:
                raise NoTargetError(
                    "No session is open for this model.",
                    hint="Open one in the app or with `mor-cli session open`, or allow requests to"
                    " lock MOR in Settings > API.",
                    code="session.none_open",
                )
            return await self._open(model_id, cap, duration_s)

    async def _open(self, model_id: ModelId, cap: Mor, duration_s: int) -> SessionEntry:
        quote = await self._quotes.quote(QuoteOrder(model_id=model_id, duration_s=duration_s))
        if quote.plan.stake > cap:
            raise SpendLimitError(
                f"A session would lock {quote.plan.stake}; requests may lock {cap} at most.",
                hint="Raise the limit in Settings > API, or open a shorter session yourself.",
            )
        entry: SessionEntry | None = None
        async for step in self._opener.open(self._quotes.take(quote.id)):
            entry = step.entry
        if entry is None:
            raise NoTargetError("The session could not be opened.")
        return entry
