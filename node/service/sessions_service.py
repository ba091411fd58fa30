"""The facade's sessions group."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from node.core.errors import SessionNotFoundError, UserInputError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import Mor
from node.router.opening import OpeningStep
from node.router.quote import SessionTerms, refund_at
from node.router.quotes import QuoteOrder
from node.service.dto import (
    CloseResult,
    OpenProgress,
    OpenStep,
    PromptPrivacy,
    Quote,
    QuoteRequest,
    SessionView,
    StopPreview,
)
from node.service.stack import NetworkStack, StackHolder
from node.service.views import quote_view, session_view, stop_preview
from node.store.journal_records import SessionEntry

_STEPS = {
    "asking_provider": OpenStep.ASKING_PROVIDER,
    "allowing": OpenStep.ALLOWING,
    "opening": OpenStep.OPENING,
    "ready": OpenStep.READY,
}


class SessionsService:
    """Quotes, opens, lists and closes sessions on the network in use."""

    def __init__(self, stacks: StackHolder, *, touch: Callable[[], None]) -> None:
        """`touch` is told that the user does something, so that the wallet stays unlocked."""
        self._stacks = stacks
        self._touch = touch

    async def quote(self, request: QuoteRequest) -> Quote:
        self._touch()
        if (request.model_id is None) == (request.bid_id is None):
            raise UserInputError("A quote is for a model or for one offer.")
        order = QuoteOrder(
            model_id=ModelId.parse(request.model_id) if request.model_id else None,
            bid_id=BidId.parse(request.bid_id) if request.bid_id else None,
            duration_s=request.duration_s,
            stake=Mor(request.stake) if request.stake is not None else None,
            direct_payment=request.direct_payment,
            failover=request.failover,
            accept_unverified_tee=request.accept_unverified_tee,
        )
        stack = self._stacks.require()
        quote = await stack.quotes.quote(order)
        return quote_view(quote, await stack.privacy.known(quote.bid.provider))

    async def preview_stop(self, quote_or_session_id: str, at: int) -> StopPreview:
        stack = self._stacks.require()
        if quote_or_session_id.startswith("0x"):
            entry = await self._entry(stack, quote_or_session_id)
            session_id = SessionId.parse(quote_or_session_id)
            return stop_preview(await stack.closer.preview(entry, session_id, at))
        quote = stack.quotes.find(quote_or_session_id)
        terms = SessionTerms(
            stake=quote.plan.stake,
            price=quote.bid.price_per_second,
            opened_at=quote.plan.opens_at,
            ends_at=quote.plan.ends_at,
            direct_payment=quote.direct_payment,
        )
        return stop_preview(refund_at(terms, at, quote.economy))

    async def open(self, quote_id: str) -> AsyncGenerator[OpenProgress, None]:
        stack = self._stacks.require()
        quote = stack.quotes.take(quote_id)
        done = False
        try:
            async with aclosing(stack.opener.open(quote)) as steps:
                async for step in steps:
                    done = step.name == "ready"
                    yield await self._progress(stack, step)
        finally:
            if not done:
                # What was sent by now is finished, the rest given up.
                stack.keeper.reconcile_soon()

    async def _progress(self, stack: NetworkStack, step: OpeningStep) -> OpenProgress:
        done = step.name == "ready"
        return OpenProgress(
            step=_STEPS[step.name],
            intent_id=step.entry.intent_id,
            tx_hash=step.tx_hash,
            detail=step.detail,
            session=await self._view(stack, step.entry) if done else None,
        )

    async def close(self, session_id: str) -> CloseResult:
        self._touch()
        stack = self._stacks.require()
        closed = await stack.closer.close(await self._entry(stack, session_id))
        entry = closed.entry
        return CloseResult(
            session=await self._view(stack, entry),
            tx_hash=closed.tx_hash,
            returned=entry.returned.base,
            held=entry.held.base,
            held_until=entry.held_until,
            with_provider_report=closed.with_provider_report,
        )

    async def list(self) -> tuple[SessionView, ...]:
        stack = self._stacks.require()
        market = stack.chain.market
        entries = await stack.wallet.journal.all(
            stack.wallet.address, market.chain_id, market.marketplace_address
        )
        # All names at once: without a connection each attempt takes its time.
        models = {entry.model_id for entry in entries}
        names = dict(zip(models, await asyncio.gather(*map(stack.model_name, models)), strict=True))
        return tuple([await self._view(stack, entry, names[entry.model_id]) for entry in entries])

    async def get(self, session_id: str) -> SessionView:
        stack = self._stacks.require()
        return await self._view(stack, await self._entry(stack, session_id))

    async def allow_readable_prompts(self, provider: str, allowed: bool = True) -> PromptPrivacy:
        self._touch()
        stack = self._stacks.require()
        return (await stack.privacy.agree(Address.parse(provider), agreed=allowed)).value

    async def _entry(self, stack: NetworkStack, session_id: str) -> SessionEntry:
        wanted = SessionId.parse(session_id)
        entry = await stack.wallet.journal.entry_by_session(wanted)
        if entry is None:
            await stack.recovery.adopt_from_chain()
            entry = await stack.wallet.journal.entry_by_session(wanted)
        if entry is None:
            raise SessionNotFoundError("session not found", hint="Look at the list of sessions.")
        return entry

    async def _view(self, stack: NetworkStack, entry: SessionEntry, name: str = "") -> SessionView:
        prompts = tokens = 0
        if entry.session_id is not None:
            totals = await stack.stats.totals(entry.session_id, "consumer")
            prompts, tokens = totals.prompts, totals.output_tokens
        return session_view(
            entry,
            model_name=name or await stack.model_name(entry.model_id),
            now=stack.chain.clock.unix_seconds(),
            prompts=prompts,
            tokens=tokens,
            privacy=await stack.privacy.known(entry.provider),
        )
