"""Opens sessions nobody confirms one by one, inside the limits that the user set beforehand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from node.core.errors import SpendLimitError
from node.core.units import Mor, start_of_day
from node.router.access import ChainAccess, WalletAccess
from node.router.opening import OpeningStep, SessionOpener
from node.router.quotes import QuoteDesk, QuoteOrder, SessionQuote
from node.store.journal_records import SessionEntry, SessionPurpose

_WHO = {
    SessionPurpose.API: ("Programs", "Settings > API"),
    SessionPurpose.FAILOVER: ("Replaced providers", "Settings > Sessions"),
    SessionPurpose.EXTENSION: ("Extended sessions", "Settings > Sessions"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How much MOR may be locked for one purpose: by one session, by all of a UTC day, and by those
    of one model on that day.
    """

    purpose: SessionPurpose
    session_cap: Mor
    day_cap: Mor
    model_day_cap: Mor | None = None


class LimitedOpening:
    """Quotes and opens within a grant.

    What a day has locked is read from the journal, and the journal has the new session before
    another one is compared with the limit: neither a crash nor requests at the same time exceed it.
    """

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, quotes: QuoteDesk, opener: SessionOpener
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._quotes = quotes
        self._opener = opener
        self._counting = asyncio.Lock()

    async def quote(self, order: QuoteOrder, grant: Grant) -> SessionQuote:
        """What would be opened. Nothing is sent.

        Raises:
            SpendLimitError: it would lock more than the grant allows.
            NodeError: as `QuoteDesk.quote`, and the first of the quote's problems.
        """
        quote = await self._quotes.quote(order)
        who, where = _WHO[grant.purpose]
        if quote.plan.stake > grant.session_cap:
            raise SpendLimitError(
                f"A session would lock {quote.plan.stake};"
                f" {who.lower()} may lock {grant.session_cap} at once.",
                hint=f"Raise the limit in {where}, choose a shorter time, or open one yourself.",
            )
        await self._check_day(quote, grant)
        if quote.problems:
            raise quote.problems[0]
        return quote

    async def open(self, quote: SessionQuote, grant: Grant) -> AsyncGenerator[OpeningStep, None]:
        """As `SessionOpener.open`. The quote may have lost candidates since it was made.

        Raises:
            QuoteExpiredError: it is used or too old.
            SpendLimitError: others used up the day's limit meanwhile; nothing was sent.
        """
        self._quotes.take(quote.id)
        async with aclosing(self._opener.open(quote)) as steps:
            async with self._counting:
                await self._check_day(quote, grant)
                # With the first step the session stands in the journal and counts.
                first = await anext(steps)
            yield first
            async for step in steps:
                yield step

    def named(self, quote: SessionQuote, intent_id: str) -> SessionQuote:
        """The quote, to be opened under an intent id of the caller's."""
        return self._quotes.keep(replace(quote, intent_id=intent_id))

    async def opened(self, quote: SessionQuote, grant: Grant) -> SessionEntry:
        """Open and return the active session."""
        entry: SessionEntry | None = None
        async with aclosing(self.open(quote, grant)) as steps:
            async for step in steps:
                entry = step.entry
        if entry is None:
            raise SpendLimitError("The session could not be opened.")
        return entry

    async def _check_day(self, quote: SessionQuote, grant: Grant) -> None:
        await self._check(quote, grant, grant.day_cap, whole=True)
        if grant.model_day_cap is not None:
            await self._check(quote, grant, grant.model_day_cap, whole=False)

    async def _check(self, quote: SessionQuote, grant: Grant, cap: Mor, *, whole: bool) -> None:
        market = self._chain.market
        locked = await self._wallet.journal.locked_since(
            start_of_day(self._chain.clock.unix_seconds()),
            (grant.purpose,),
            wallet=self._wallet.address,
            chain_id=market.chain_id,
            marketplace=market.marketplace_address,
            model_id=None if whole else quote.model.id,
        )
        if locked + quote.plan.stake <= cap:
            return
        who, where = _WHO[grant.purpose]
        raise SpendLimitError(
            f"{who} locked {locked} today{'' if whole else ' for this model'}; another"
            f" {quote.plan.stake} would pass the limit of {cap} per day.",
            hint=f"Raise the limit in {where}, or wait until 00:00 UTC.",
            code="funds.day_limit",
        )
