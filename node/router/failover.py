"""Prompts that survive a failing provider: another session answers, inside what was granted.

Only before the first piece of an answer, at most twice per prompt. Open sessions of the model come
first and cost nothing; a new one is opened only where the user allowed it. The session that failed
is left to the ordinary closing: closed early, it would hold stake back until midnight.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from node.core.errors import (
    AttestationError,
    NodeError,
    PromptReadableError,
    ProviderError,
    ProviderModelError,
    ProviderUnreachableError,
)
from node.core.ids import Address
from node.core.log import get_logger
from node.core.units import NO_MOR, Mor
from node.router.access import ChainAccess
from node.router.auto_session import AutoSessions
from node.router.consumer import Answer, Consumer
from node.router.prompt_privacy import Privacy, PromptPrivacy
from node.router.quotes import QuoteOrder, SessionQuote
from node.router.setbacks import Setbacks
from node.router.spending import Grant, LimitedOpening
from node.store.journal_records import SessionEntry, SessionPurpose
from node.wire.prompts import PromptKind

MAX_HOPS = 2
MAX_ASKED = 4
"""Offers whose providers are asked, one after the other, whether they take encrypted prompts."""
CONNECT_ATTEMPTS = 3
FIRST_PAUSE_S = 0.25
MARGIN_S = 60
"""Beside the contract's minimum, so that the opening itself does not make the rest too short."""
_log = get_logger("node.router.failover")
_NOT_ELSEWHERE = (ProviderModelError, AttestationError, PromptReadableError)
"""The model's own answer, and what the user has to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverRules:
    """`use_open`: another open session may answer. `open_always`: a new one may be opened whatever
    was chosen for the session; else its own flag decides.
    """

    use_open: bool
    open_always: bool
    prompt_cap: Mor
    day_cap: Mor


class HopStep(StrEnum):
    FAILED = "failed"
    OPENING = "opening"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What happens between two sessions, in this order: `FAILED` names the provider that failed,
    `OPENING` what is locked with whom, before money moves, `MOVED` who answers now.
    """

    step: HopStep
    provider: Address
    stake: Mor = NO_MOR
    entry: SessionEntry | None = None
    is_new: bool = False


class FailoverPrompts:
    """Runs prompts of sessions; see the module."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        consumer: Consumer,
        sessions: AutoSessions,
        opening: LimitedOpening,
        setbacks: Setbacks,
        privacy: PromptPrivacy,
        pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._chain = chain
        self._consumer = consumer
        self._sessions = sessions
        self._opening = opening
        self._setbacks = setbacks
        self._privacy = privacy
        self._pause_s = pause_s

    async def prompt(
        self,
        entry: SessionEntry,
        body: Mapping[str, Any],
        rules: FailoverRules,
        kind: PromptKind = PromptKind.CHAT,
    ) -> AsyncGenerator[Answer | Hop, None]:
        """As `Consumer.prompt`, with the hops in between.

        Raises:
            NodeError: as `Consumer.prompt`: the last failure, after which nobody else could answer.
        """
        trip = _Trip(origin=entry, entry=entry, budget=rules.prompt_cap)
        while True:
            begun = False
            try:
                async with aclosing(self._connected(trip.entry, body, kind)) as answers:
                    async for answer in answers:
                        begun = True
                        yield answer
                self._setbacks.forget(trip.entry.provider)
                return
            except ProviderError as error:
                if begun or isinstance(error, _NOT_ELSEWHERE):
                    raise
                self._setbacks.note(trip.entry.provider)
                moved = False
                async with aclosing(self._elsewhere(trip, rules, error)) as hops:
                    async for hop in hops:
                        moved = hop.step is HopStep.MOVED
                        yield hop
                if not moved:
                    raise

    async def _connected(
        self, entry: SessionEntry, body: Mapping[str, Any], kind: PromptKind
    ) -> AsyncGenerator[Answer, None]:
        """Ask the same provider again while it cannot even be connected to: nothing was sent.

        Once only if it failed just now.
        """
        pause_s = self._pause_s
        attempts = 1 if entry.provider in self._setbacks else CONNECT_ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                async with aclosing(self._consumer.prompt(entry, body, kind)) as answers:
                    async for answer in answers:
                        yield answer
                return
            except ProviderUnreachableError as error:
                if error.details.get("phase") != "connect" or attempt == attempts:
                    raise
            await asyncio.sleep(pause_s)
            pause_s *= 2

    async def _elsewhere(
        self, trip: "_Trip", rules: FailoverRules, error: ProviderError
    ) -> AsyncGenerator[Hop, None]:
        """Move the trip to another session; the last hop is `MOVED` unless there is none."""
        failed = trip.entry
        trip.failed.add(failed.provider)
        if trip.hops == MAX_HOPS or not rules.use_open:
            return
        trip.hops += 1
        other = await self._open_already(trip)
        if other is not None:
            yield Hop(step=HopStep.FAILED, provider=failed.provider)
            trip.entry = other
            yield Hop(step=HopStep.MOVED, provider=other.provider, entry=other)
            return
        if not (rules.open_always or trip.origin.failover):
            return
        grant = Grant(
            purpose=SessionPurpose.FAILOVER, session_cap=trip.budget, day_cap=rules.day_cap
        )
        quote = await self._affordable(trip, grant, error)
        if quote is None:
            return
        yield Hop(step=HopStep.FAILED, provider=failed.provider)
        yield Hop(step=HopStep.OPENING, provider=quote.bid.provider, stake=quote.plan.stake)
        new = await self._opened(quote, grant, error)
        if new is None:
            return
        trip.budget -= new.stake
        trip.entry = new
        yield Hop(
            step=HopStep.MOVED, provider=new.provider, stake=new.stake, entry=new, is_new=True
        )

    async def _open_already(self, trip: "_Trip") -> SessionEntry | None:
        for entry in await self._sessions.usable():
            fits = entry.model_id == trip.origin.model_id and entry.provider not in trip.failed
            if fits and await self._stays_sealed(trip, entry.endpoint, entry.provider):
                return entry
        return None

    async def _stays_sealed(self, trip: "_Trip", endpoint: str, provider: Address) -> bool:
        """Whether the prompt is no more readable there than it was meant to be: whoever cuts the
        connection to one provider must not see what goes to the next.
        """
        if await self._privacy.known(trip.origin.provider) is not Privacy.ENCRYPTED:
            return True
        try:
            return await self._privacy.seals(endpoint, provider)
        except ProviderError:
            return False

    async def _affordable(
        self, trip: "_Trip", grant: Grant, error: ProviderError
    ) -> SessionQuote | None:
        """A session for the time that is left, with another provider; None with the reason added
        to the hint of `error`.
        """
        origin = trip.origin
        left_s = origin.ends_at - self._chain.clock.unix_seconds()
        try:
            economy = await self._chain.market.economy()
            if left_s < economy.min_session_s + MARGIN_S:
                _explain(error, "Too little time is left to open a session elsewhere.")
                return None
            order = QuoteOrder(
                model_id=origin.model_id,
                duration_s=left_s,
                direct_payment=origin.direct_payment,
                failover=True,
                purpose=SessionPurpose.FAILOVER,
                follows=origin.intent_id,
                auto_extend=origin.auto_extend,
                skip=frozenset(trip.failed) | self._setbacks.now(),
            )
            quote = await self._opening.quote(order, grant)
            kept = [
                item
                for item in quote.candidates[:MAX_ASKED]
                if await self._stays_sealed(trip, item.endpoint, item.bid.provider)
            ]
            if not kept:
                _explain(error, "Nobody else takes encrypted prompts for this price.")
                return None
            return replace(quote, candidates=tuple(kept))
        except NodeError as refusal:
            _log.info("no failover", code=refusal.code)
            _explain(error, refusal.message)
            return None

    async def _opened(
        self, quote: SessionQuote, grant: Grant, error: ProviderError
    ) -> SessionEntry | None:
        try:
            return await self._opening.opened(quote, grant)
        except NodeError as refusal:
            _log.warning("failover session not opened", code=refusal.code)
            _explain(error, refusal.message)
            return None


@dataclass(slots=True, kw_only=True)
class _Trip:
    """One prompt on its way: for whom it was meant, who has it, and what it may still lock."""

    origin: SessionEntry
    entry: SessionEntry
    budget: Mor
    hops: int = 0
    failed: set[Address] = field(default_factory=set)


def _explain(error: ProviderError, reason: str) -> None:
    error.hint = f"{error.hint} No other provider took over: {reason}".strip()
