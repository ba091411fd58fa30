"""Wallet, quotes and sessions of the fake node. The money rules are a sketch."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from pydantic import SecretStr

from node.core.errors import NotSupportedError, SessionNotFoundError, WrongPasswordError
from node.core.events import BalanceChanged, EventBus, SessionChanged, WalletChanged
from node.core.session_life import SessionPhase
from node.core.units import next_midnight
from node.service.api import SessionsApi, WalletApi
from node.service.dto import (
    ApprovedSession,
    ClaimResult,
    CloseResult,
    CreatedWallet,
    CreateWallet,
    Handshake,
    HeldStake,
    ImportWallet,
    InitiateRequest,
    ModelSummary,
    MorOverview,
    OpenProgress,
    OpenStep,
    PromptPrivacy,
    Quote,
    QuoteRequest,
    SessionView,
    StopPreview,
    WalletStatus,
    Warning_,
)
from tests.fakes import sample_data
from tests.fakes.fake_accounts import PHRASE, FakeAccounts
from tests.fakes.fake_pending import FakePending
from tests.fakes.fake_sending import FakeSending
from tests.fakes.sample_market import PROVIDERS, STAKE_FACTOR, detail, hex_id, stake_for
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World


class FakeWallet(FakeAccounts, FakeSending, FakePending, WalletApi):
    def __init__(self, script: Script, world: "World", bus: EventBus) -> None:
        self._script = script
        self._world = world
        self._bus = bus

    async def status(self) -> WalletStatus:
        await self._script.enter("wallet.status")
        return self._world.wallet

    async def create(self, request: CreateWallet) -> CreatedWallet:
        await self._script.enter("wallet.create", request)
        if request.add:
            made = self._beside("phrase", backed_up=False)
            return CreatedWallet(address=made.address, phrase=SecretStr(PHRASE))
        self._become(sample_data.wallet_status().model_copy(update={"backed_up": False}))
        return CreatedWallet(address=sample_data.WALLET, phrase=SecretStr(PHRASE))

    async def import_(self, request: ImportWallet) -> WalletStatus:
        await self._script.enter("wallet.import_", request)
        if request.add:
            self._beside("key" if request.private_key is not None else "phrase")
            return self._world.wallet
        return self._become(sample_data.wallet_status())

    async def unlock(self, password: str) -> WalletStatus:
        await self._script.enter("wallet.unlock", password)
        if password != self._world.password:
            raise WrongPasswordError("This password is wrong.")
        return self._become(self._world.wallet.model_copy(update={"locked": False}))

    async def lock(self) -> WalletStatus:
        await self._script.enter("wallet.lock")
        return self._become(self._world.wallet.model_copy(update={"locked": True}))

    async def remove(self) -> WalletStatus:
        await self._script.enter("wallet.remove")
        return self._become(sample_data.wallet_status("none"))

    async def overview(self) -> MorOverview:
        await self._script.enter("wallet.overview")
        return self._world.overview

    async def withdraw_released(self) -> ClaimResult:
        await self._script.enter("wallet.withdraw_released")
        ready = self._world.overview.ready
        wallet = self._world.overview.wallet + ready
        self._world.overview = self._world.overview.model_copy(
            update={"ready": 0, "wallet": wallet}
        )
        self._bus.publish(BalanceChanged())
        return ClaimResult(tx_hash=hex_id(0xC1A1), amount=ready)

    def _become(self, status: WalletStatus) -> WalletStatus:
        self._world.wallet = status
        self._bus.publish(WalletChanged())
        return status


class FakeSessions(SessionsApi):
    def __init__(self, script: Script, world: "World", bus: EventBus) -> None:
        self._script = script
        self._world = world
        self._bus = bus
        self._quotes: dict[str, Quote] = {}
        self._extends: dict[str, str] = {}

    async def quote(self, request: QuoteRequest) -> Quote:
        await self._script.enter("sessions.quote", request)
        if request.extends and not (request.model_id or request.bid_id):
            bid_id = self._find(request.extends).bid_id
            request = request.model_copy(update={"bid_id": bid_id})
        model, bid, price = self._offer(request)
        if request.duration_s is not None:
            duration = request.duration_s
        else:
            duration = (request.stake or 0) // (price * STAKE_FACTOR)
        now = self._world.now
        stake = stake_for(price, duration)
        quote = Quote(
            id=f"quote-{len(self._quotes) + 1}",
            model_id=model.id,
            model_name=model.name,
            bid_id=bid,
            provider=PROVIDERS[0][0],
            endpoint=PROVIDERS[0][1],
            price_per_second=price,
            duration_s=duration,
            stake=stake,
            direct_payment=request.direct_payment,
            failover=request.failover,
            approve_amount=stake,
            fee_open_wei=4_200_000_000_000,
            fee_close_wei=3_100_000_000_000,
            opens_at=now,
            ends_at=now + duration,
            returned_at_end=stake,
            provider_pay=price * duration,
            min_duration_s=300,
            max_duration_s=86_400,
            max_affordable_s=min(86_400, self._world.overview.wallet // (price * STAKE_FACTOR)),
            min_stake=stake_for(price, 300),
            balance=self._world.overview.wallet,
            balance_eth_wei=self._world.overview.eth_wei,
            problems=self._world.quote_problems,
            expires_at=now + 60,
            auto_extend=bool(request.auto_extend),
            prompt_privacy=self._world.prompt_privacy,
            warnings=_stake_warnings(stake, self._world.overview.wallet),
            needs_password=stake > self._world.guard_session_cap,
            needs_typed=_typed(stake) if stake * 10 > self._world.overview.wallet * 9 else "",
        )
        self._quotes[quote.id] = quote
        self._extends[quote.id] = request.extends
        return quote

    async def preview_stop(self, quote_or_session_id: str, at: int) -> StopPreview:
        await self._script.enter("sessions.preview_stop", quote_or_session_id, at)
        quote = self._quotes.get(quote_or_session_id)
        if quote is not None:
            stake, start, end = quote.stake, quote.opens_at, quote.ends_at
        else:
            session = self._find(quote_or_session_id)
            stake, start, end = session.stake, session.opened_at, session.ends_at
        used = max(0, min(at, end) - start)
        held = 0 if at >= end else stake * used // max(1, end - start)
        return StopPreview(
            at=at,
            returned_now=stake - held,
            held=held,
            held_until=next_midnight(at) if held else 0,
            paid_by_user=0,
            provider_pay=0,
        )

    async def initiate(self, request: InitiateRequest) -> Handshake:
        await self._script.enter("sessions.initiate", request)
        raise NotSupportedError("The window asks providers by opening.")

    async def quote_approved(self, request: ApprovedSession) -> Quote:
        await self._script.enter("sessions.quote_approved", request)
        raise NotSupportedError("The window asks providers by opening.")

    async def open(
        self, quote_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> AsyncGenerator[OpenProgress, None]:
        given = (password, typed) if password is not None or typed else ()
        await self._script.enter("sessions.open", quote_id, *given)
        quote = self._quotes[quote_id]
        self._world.check_yes(quote.needs_password, quote.needs_typed, password, typed)
        intent = f"intent-{len(self._world.sessions) + 10}"
        for step in (OpenStep.ASKING_PROVIDER, OpenStep.ALLOWING, OpenStep.OPENING):
            await self._script.enter("sessions.open.step", step)
            yield OpenProgress(step=step, intent_id=intent)
        session = SessionView(
            id=hex_id(0x9E55 << 128 | len(self._world.sessions)),
            intent_id=intent,
            state="active",
            phase=SessionPhase.ACTIVE,
            model_id=quote.model_id,
            model_name=quote.model_name,
            provider=quote.provider,
            bid_id=quote.bid_id,
            price_per_second=quote.price_per_second,
            stake=quote.stake,
            opened_at=quote.opens_at,
            ends_at=quote.ends_at,
            closed_at=0,
            direct_payment=quote.direct_payment,
            prompt_privacy=quote.prompt_privacy,
            failover=quote.failover,
            auto_extend=quote.auto_extend,
            follows=self._extends.pop(quote.id, ""),
        )
        self._world.sessions.insert(0, session)
        overview = self._world.overview
        self._world.overview = overview.model_copy(
            update={
                "wallet": overview.wallet - quote.stake,
                "in_sessions": overview.in_sessions + quote.stake,
            }
        )
        self._changed(session)
        yield OpenProgress(
            step=OpenStep.READY, intent_id=intent, tx_hash=hex_id(0x09E4), session=session
        )

    async def set_auto_extend(self, session_id: str, on: bool) -> SessionView:
        await self._script.enter("sessions.set_auto_extend", session_id, on)
        changed = self._find(session_id).model_copy(update={"auto_extend": on})
        self._world.sessions = [
            changed if item.id == session_id else item for item in self._world.sessions
        ]
        self._changed(changed)
        return changed

    async def close(self, session_id: str) -> CloseResult:
        await self._script.enter("sessions.close", session_id)
        session = self._find(session_id)
        preview = await self.preview_stop(session_id, self._world.now)
        closed = session.model_copy(
            update={
                "state": "closed",
                "phase": SessionPhase.ON_HOLD if preview.held else SessionPhase.CLOSED,
                "closed_at": self._world.now,
                "returned": preview.returned_now,
                "held": preview.held,
                "held_until": preview.held_until,
            }
        )
        self._world.sessions = [
            closed if item.id == session_id else item for item in self._world.sessions
        ]
        overview = self._world.overview
        locked = overview.locked
        if preview.held:
            locked += (HeldStake(amount=preview.held, until=preview.held_until),)
        self._world.overview = overview.model_copy(
            update={
                "wallet": overview.wallet + preview.returned_now,
                "in_sessions": overview.in_sessions - session.stake,
                "locked": locked,
            }
        )
        self._changed(closed)
        return CloseResult(
            session=closed,
            tx_hash=hex_id(0xC105E),
            returned=preview.returned_now,
            held=preview.held,
            held_until=preview.held_until,
            with_provider_report=True,
        )

    async def list(self) -> tuple[SessionView, ...]:
        await self._script.enter("sessions.list")
        return tuple(self._world.sessions)

    async def allow_readable_prompts(self, provider: str, allowed: bool = True) -> PromptPrivacy:
        await self._script.enter("sessions.allow_readable_prompts", provider, allowed)
        privacy: PromptPrivacy = "readable" if allowed else "withdrawn"
        self._world.sessions = [
            item.model_copy(update={"prompt_privacy": privacy})
            if item.provider == provider and item.prompt_privacy in ("readable", "withdrawn")
            else item
            for item in self._world.sessions
        ]
        return privacy

    async def get(self, session_id: str) -> SessionView:
        await self._script.enter("sessions.get", session_id)
        return self._find(session_id)

    def _find(self, session_id: str) -> SessionView:
        for session in self._world.sessions:
            if session.id == session_id:
                return session
        raise SessionNotFoundError("This session is not known.")

    def _offer(self, request: QuoteRequest) -> tuple[ModelSummary, str, int]:
        for model in self._world.models:
            for offer in detail(model).offers:
                if request.bid_id == offer.bid_id or request.model_id == model.id:
                    return model, offer.bid_id, offer.price_per_second
        raise SessionNotFoundError("Nobody offers this model.")

    def _changed(self, session: SessionView) -> None:
        self._bus.publish(
            SessionChanged(intent_id=session.intent_id, session_id=session.id, state=session.state)
        )
        self._bus.publish(BalanceChanged())


def _typed(amount: int) -> str:
    return f"{amount // 10**14 / 10**4:.4f}".rstrip("0").rstrip(".")


def _stake_warnings(stake: int, wallet: int) -> tuple[Warning_, ...]:
    if stake * 10 <= wallet * 9:
        return ()
    share = stake * 100 // max(1, wallet)
    return (
        Warning_(
            code="large_stake",
            text=f"This locks {_typed(stake)} MOR: {share} % of your balance.",
            hint="Choose a shorter time or a cheaper offer.",
        ),
    )
