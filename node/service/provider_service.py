"""The facade's provider group."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic import SecretStr

from node.core.errors import UserInputError
from node.core.ids import BidId, Hash32, ModelId, SessionId
from node.core.session_life import SessionPhase, phase_at
from node.core.units import Mor, PricePerSecond
from node.router.backends import Backends
from node.router.display import UNKNOWN_KIND, clean_name, model_kind
from node.router.earnings import Earned, cap_of
from node.router.hosting_findings import Finding
from node.router.pay_desk import PlannedClaim
from node.service.allowance_desk import AllowanceDesk, Spending
from node.service.dto import (
    ClaimFailure,
    ClaimPlan,
    ClaimResult,
    ClaimRun,
    HostedModel,
    HostingFinding,
    PlannedPay,
    ProviderEarnings,
    ProviderSession,
    ProviderStatus,
    SessionView,
)
from node.service.guards import Consent, SpendingGuards, Wish, typed_form
from node.service.stack import NetworkStack, StackHolder
from node.service.views import coarse_state

PAGE = 100


class ProviderService:
    """Hosting on the network in use."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        backends: Backends,
        allowances: AllowanceDesk,
        guards: SpendingGuards,
    ) -> None:
        self._stacks = stacks
        self._allowances = allowances
        self._guards = guards
        self._backends = backends

    async def status(self) -> ProviderStatus:
        stack = self._stacks.require()
        record = await stack.provider_admin.record()
        cap = cap_of(record, stack.chain.clock.unix_seconds())
        return ProviderStatus(
            listening=stack.listening,
            registered=record is not None and not record.is_deleted,
            endpoint=record.endpoint if record is not None else "",
            stake=cap.stake.base,
            earned_in_period=cap.earned.base,
            headroom=cap.headroom.base,
            period_end=cap.period_end,
            models=await self._hosted(stack),
            findings=tuple(_finding(item) for item in stack.self_check.found),
            checked_at=stack.self_check.checked_at,
        )

    async def check(self) -> ProviderStatus:
        await self._stacks.require().self_check.run()
        return await self.status()

    async def _hosted(self, stack: NetworkStack) -> tuple[HostedModel, ...]:
        page = await stack.chain.market.bid_pages(
            provider=stack.wallet.address, active_only=True, offset=0, limit=PAGE
        )
        bids = {bid.model_id: bid for bid in page.items}
        hosted = []
        for entry in self._backends.entries():
            bid = bids.get(entry.model_id)
            side = stack.provider_side
            hosted.append(
                HostedModel(
                    model_id=entry.model_id.hex,
                    name=entry.name,
                    backend=entry.api_type.value,
                    slots=entry.slots,
                    bid_id=bid.id.hex if bid is not None else "",
                    price_per_second=bid.price_per_second.base if bid is not None else 0,
                    sessions_active=side.active_sessions(entry.model_id) if side else 0,
                    prompts_waiting=side.waiting_prompts(entry.model_id) if side else 0,
                )
            )
        return tuple(hosted)

    # --- pay -------------------------------------------------------------------------------------

    async def sessions(self) -> tuple[ProviderSession, ...]:
        return (await self.earnings()).sessions

    async def session(self, session_id: str) -> ProviderSession:
        stack = self._stacks.require()
        found = await stack.earnings.earned(SessionId.parse(session_id))
        return await _provider_session(stack, found, stack.chain.clock.unix_seconds())

    async def earnings(self) -> ProviderEarnings:
        stack = self._stacks.require()
        found = await stack.earnings.earnings()
        now = stack.chain.clock.unix_seconds()
        return ProviderEarnings(
            sessions=tuple([await _provider_session(stack, item, now) for item in found.sessions]),
            claimable_now=found.now.base,
            claimable_later=found.later.base,
            claimable_at=found.later_at,
            beyond_cap=found.beyond_cap.base,
            paid=sum(item.session.provider_withdrawn.base for item in found.sessions),
            headroom=found.cap.headroom.base,
            period_end=found.cap.period_end,
        )

    async def claim_plan(self, session_id: str = "") -> ClaimPlan:
        wanted = SessionId.parse(session_id) if session_id else None
        planned = await self._stacks.require().pay.plan(wanted)
        return ClaimPlan(
            claims=tuple(_planned(item) for item in planned),
            amount=sum(item.amount.base for item in planned),
            fee_wei=sum(item.fee.base for item in planned),
        )

    async def claim(self, session_id: str) -> ClaimResult:
        paid = await self._stacks.require().pay.claim(SessionId.parse(session_id))
        return ClaimResult(tx_hash=paid.tx_hash, amount=paid.amount.base)

    async def claim_all(self) -> ClaimRun:
        run = await self._stacks.require().pay.claim_all()
        return ClaimRun(
            paid=tuple(
                ClaimResult(tx_hash=item.tx_hash, amount=item.amount.base) for item in run.paid
            ),
            failed=tuple(
                ClaimFailure(session_id=session_id.hex, reason=reason)
                for session_id, reason in run.failed
            ),
            amount=sum(item.amount.base for item in run.paid),
        )

    # --- on chain --------------------------------------------------------------------------------

    @asynccontextmanager
    async def _spending(
        self, client: str, amount: int, password: SecretStr | None
    ) -> AsyncGenerator[str, None]:
        """Within the client's allowance, or with what the guards ask of the owner. The amount was
        typed with the order itself, so that it is not asked for again.
        """
        async with AsyncExitStack() as held:
            if not client and amount:
                wish = Wish(worth=Mor(amount), amount=amount)
                consent = Consent(password=password, typed=typed_form(amount))
                passing = self._guards.passing(self._stacks.require(), wish, consent)
                await held.enter_async_context(passing)
            wanted = Spending(client=client, asset="MOR", amount=amount)
            yield await held.enter_async_context(self._allowances.spending(wanted))

    async def register(
        self, stake: int, endpoint: str, client: str = "", password: SecretStr | None = None
    ) -> str:
        admin = self._stacks.require().provider_admin
        async with self._spending(client, stake, password) as intent_id:
            receipt = await admin.register(Mor(stake), endpoint, intent_id)
        return receipt.tx_hash.hex

    async def create_model(
        self,
        name: str,
        tags: Sequence[str],
        stake: int,
        base_id: str = "",
        ipfs_cid: str = "",
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        if model_kind(tuple(tags)) == UNKNOWN_KIND:
            raise UserInputError(
                "Model tags must include a supported type tag (LLM, embedding, tts, stt)",
                hint="By this tag programs find out what the model can do.",
                code="input.tags",
            )
        base = Hash32.parse(base_id).raw if base_id else None
        cid = Hash32.parse(ipfs_cid).raw if ipfs_cid else bytes(32)
        admin = self._stacks.require().provider_admin
        async with self._spending(client, stake, password) as intent_id:
            made = await admin.create_model(name, tags, Mor(stake), base, cid, intent_id)
        return made.hex

    async def post_bid(
        self,
        model_id: str,
        price_per_second: int,
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        stack = self._stacks.require()
        model, price = ModelId.parse(model_id), PricePerSecond(price_per_second)
        fee = await stack.chain.market.bid_fee()
        async with self._spending(client, fee.base, password) as intent_id:
            bid = await stack.provider_admin.post_bid(model, price, intent_id)
        return bid.hex

    async def delete_bid(self, bid_id: str) -> str:
        receipt = await self._stacks.require().provider_admin.delete_bid(BidId.parse(bid_id))
        return receipt.tx_hash.hex

    async def deregister(self) -> str:
        return (await self._stacks.require().provider_admin.deregister()).tx_hash.hex

    async def delete_model(self, model_id: str) -> str:
        admin = self._stacks.require().provider_admin
        return (await admin.delete_model(ModelId.parse(model_id))).tx_hash.hex


def _finding(item: Finding) -> HostingFinding:
    return HostingFinding(
        code=item.code,
        severity=item.severity.value,
        message=item.message,
        hint=item.hint,
        action=item.action.value,
        subject=item.subject,
    )


def _planned(item: PlannedClaim) -> PlannedPay:
    return PlannedPay(
        session_id=item.session_id.hex,
        amount=item.amount.base,
        fee_wei=item.fee.base,
        problem=item.problem,
    )


async def _provider_session(stack: NetworkStack, item: Earned, now: int) -> ProviderSession:
    session = item.session
    phase = SessionPhase.CLOSED if session.is_closed else SessionPhase.ACTIVE
    phase = phase_at(phase, ends_at=session.ends_at, held_until=0, now=now)
    view = SessionView(
        id=session.id.hex,
        intent_id="",
        state=coarse_state(phase),
        phase=phase,
        model_id=item.model_id.hex,
        model_name=clean_name(await stack.model_name(item.model_id)),
        provider=stack.wallet.address.checksum,
        bid_id=session.bid_id.hex,
        price_per_second=item.price.base,
        stake=session.stake.base,
        opened_at=session.opened_at,
        ends_at=session.ends_at,
        closed_at=session.closed_at,
        direct_payment=session.is_direct_payment,
        dispute=session.closeout_type == 1,
    )
    return ProviderSession(
        session=view,
        claimable_now=item.claimable.now.base,
        claimable_later=item.claimable.later.base,
        claimable_at=item.claimable.later_at,
        beyond_cap=item.claimable.beyond_cap.base,
        paid=session.provider_withdrawn.base,
    )
