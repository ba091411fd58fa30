"""The facade's sessions group."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from pydantic import SecretStr

from node.core.errors import SessionNotFoundError, UserInputError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import Mor, UnixSeconds
from node.router.display import clean_name
from node.router.extension import mark_extension
from node.router.opening import OpeningStep
from node.router.quote import SessionTerms, refund_at
from node.router.quotes import QuoteOrder, SessionQuote
from node.service.allowance_desk import AllowanceDesk, Spending
from node.service.dto import (
    ApprovedSession,
    CloseResult,
    Handshake,
    InitiateRequest,
    OpenProgress,
    OpenStep,
    PromptPrivacy,
    Quote,
    QuoteRequest,
    SessionView,
    StopPreview,
)
from node.service.guards import Consent, SpendingGuards, stake_warnings, stake_wish
from node.service.handshakes import approved_quote, handshake
from node.service.session_views import all_views, one_view
from node.service.spending_rules import SpendingRules
from node.service.stack import NetworkStack, StackHolder
from node.service.views import coarse_state, quote_view, stop_preview
from node.store.journal_records import SessionEntry

_STEPS = {
    "asking_provider": OpenStep.ASKING_PROVIDER,
    "allowing": OpenStep.ALLOWING,
    "opening": OpenStep.OPENING,
    "ready": OpenStep.READY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableSession:
    """`opened_at` as the chain has it."""

    model_name: str
    provider: Address
    opened_at: UnixSeconds


class SessionsService:
    """Quotes, opens, lists and closes sessions on the network in use."""

    def __init__(
        self,
        stacks: StackHolder,
        *,
        touch: Callable[[], None],
        allowances: AllowanceDesk,
        rules: SpendingRules,
        guards: SpendingGuards,
    ) -> None:
        """`touch` is told that the user does something, so that the wallet stays unlocked."""
        self._stacks = stacks
        self._allowances = allowances
        self._rules = rules
        self._guards = guards
        self._touch = touch

    async def quote(self, request: QuoteRequest) -> Quote:
        self._touch()
        stack = self._stacks.require()
        extended = await self._entry(stack, request.extends) if request.extends else None
        if request.model_id is None and request.bid_id is None and extended is not None:
            request = request.model_copy(update={"bid_id": extended.bid_id.hex})
        if (request.model_id is None) == (request.bid_id is None):
            raise UserInputError("A quote is for a model or for one offer.")
        wanted = request.auto_extend
        order = QuoteOrder(
            model_id=ModelId.parse(request.model_id) if request.model_id else None,
            bid_id=BidId.parse(request.bid_id) if request.bid_id else None,
            duration_s=request.duration_s,
            stake=Mor(request.stake) if request.stake is not None else None,
            direct_payment=request.direct_payment,
            failover=request.failover,
            accept_unverified_tee=request.accept_unverified_tee,
            follows=extended.intent_id if extended is not None else "",
            auto_extend=self._rules.auto_extend if wanted is None else wanted,
        )
        quote = await stack.quotes.quote(order)
        view = quote_view(quote, await stack.privacy.known(quote.bid.provider))
        return await self._guarded(stack, quote, view)

    async def initiate(self, request: InitiateRequest) -> Handshake:
        self._touch()
        return await handshake(self._stacks.require(), request)

    async def quote_approved(self, request: ApprovedSession) -> Quote:
        self._touch()
        stack = self._stacks.require()
        quote = await approved_quote(stack, request)
        return await self._guarded(stack, quote, quote_view(quote))

    async def _guarded(self, stack: NetworkStack, quote: SessionQuote, view: Quote) -> Quote:
        demand = await self._guards.demand(stack, stake_wish(quote))
        return view.model_copy(
            update={
                "warnings": (*stake_warnings(quote), *demand.warnings),
                "needs_password": demand.password,
                "needs_typed": demand.typed,
            }
        )

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

    async def open(
        self, quote_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> AsyncGenerator[OpenProgress, None]:
        stack = self._stacks.require()
        if client:
            # What the owner granted it is its limit.
            async with aclosing(self._opened(stack, quote_id, client)) as steps:
                async for step in steps:
                    yield step
            return
        wish = stake_wish(stack.quotes.find(quote_id))
        consent = Consent(password=password, typed=typed)
        async with (
            self._guards.passing(stack, wish, consent),
            aclosing(self._opened(stack, quote_id, client)) as steps,
        ):
            async for step in steps:
                yield step

    async def _opened(
        self, stack: NetworkStack, quote_id: str, client: str
    ) -> AsyncGenerator[OpenProgress, None]:
        quote = stack.quotes.take(quote_id)
        wanted = Spending(client=client, asset="MOR", amount=quote.plan.stake.base)
        done = False
        try:
            async with self._allowances.spending(wanted) as intent_id:
                confirmed = replace(quote, intent_id=intent_id)
                async with aclosing(stack.opener.open(confirmed)) as steps:
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
            session=await one_view(stack, step.entry) if done else None,
        )

    async def close(self, session_id: str) -> CloseResult:
        self._touch()
        stack = self._stacks.require()
        closed = await stack.closer.close(await self._entry(stack, session_id))
        entry = closed.entry
        return CloseResult(
            session=await one_view(stack, entry),
            tx_hash=closed.tx_hash,
            returned=entry.returned.base,
            held=entry.held.base,
            held_until=entry.held_until,
            with_provider_report=closed.with_provider_report,
        )

    async def set_auto_extend(self, session_id: str, on: bool) -> SessionView:
        self._touch()
        stack = self._stacks.require()
        entry = await self._entry(stack, session_id)
        return await one_view(stack, await mark_extension(stack.wallet, entry, on=on))

    async def list(self) -> tuple[SessionView, ...]:
        stack = self._stacks.require()
        market = stack.chain.market
        entries = await stack.wallet.journal.all(
            stack.wallet.address, market.chain_id, market.marketplace_address
        )
        return await all_views(stack, entries)

    async def usable(self) -> tuple[UsableSession, ...]:
        """Sessions that answer now, newest first; cheap enough for every list of models."""
        stack = self._stacks.require()
        market, now = stack.chain.market, stack.chain.clock.unix_seconds()
        active = await stack.wallet.journal.active(
            stack.wallet.address, market.chain_id, market.marketplace_address
        )
        found = [entry for entry in active if coarse_state(entry.phase(now)) == "active"]
        names = await stack.model_names(entry.model_id for entry in found)
        return tuple(
            UsableSession(
                model_name=clean_name(names[entry.model_id]),
                provider=entry.provider,
                opened_at=entry.opened_at,
            )
            for entry in found
        )

    async def get(self, session_id: str) -> SessionView:
        stack = self._stacks.require()
        return await one_view(stack, await self._entry(stack, session_id))

    async def allow_readable_prompts(self, provider: str, allowed: bool = True) -> PromptPrivacy:
        self._touch()
        stack = self._stacks.require()
        return (await stack.privacy.agree(Address.parse(provider), agreed=allowed)).value

    async def _entry(self, stack: NetworkStack, session_id: str) -> SessionEntry:
        wanted = SessionId.parse(session_id)
        entry = await stack.session_entry(wanted)
        if entry is None:
            await stack.recovery.adopt_from_chain()
            entry = await stack.session_entry(wanted)
        if entry is None:
            raise SessionNotFoundError("session not found", hint="Look at the list of sessions.")
        return entry
