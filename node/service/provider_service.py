"""The facade's provider group."""

from collections.abc import Sequence

from node.core.ids import BidId, ModelId, SessionId
from node.core.session_life import SessionPhase, phase_at
from node.core.units import Mor, PricePerSecond
from node.router.backends import Backends
from node.router.display import clean_name
from node.router.provider_admin import Earned
from node.service.dto import (
    ClaimResult,
    HostedModel,
    ProviderSession,
    ProviderStatus,
    SessionView,
)
from node.service.stack import NetworkStack, StackHolder
from node.service.views import coarse_state

PAGE = 100


class ProviderService:
    """Hosting on the network in use."""

    def __init__(self, *, stacks: StackHolder, backends: Backends) -> None:
        self._stacks = stacks
        self._backends = backends

    async def status(self) -> ProviderStatus:
        stack = self._stacks.require()
        record = await stack.provider_admin.record()
        return ProviderStatus(
            listening=stack.listening,
            registered=record is not None and not record.is_deleted,
            endpoint=record.endpoint if record is not None else "",
            stake=record.stake.base if record is not None else 0,
            earned_in_period=record.limit_period_earned.base if record is not None else 0,
            headroom=max(0, record.stake.base - record.limit_period_earned.base)
            if record is not None
            else 0,
            period_end=record.limit_period_end if record is not None else 0,
            models=await self._hosted(stack),
        )

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
                )
            )
        return tuple(hosted)

    async def sessions(self) -> tuple[ProviderSession, ...]:
        stack = self._stacks.require()
        now = stack.chain.clock.unix_seconds()
        return tuple(
            [
                await _provider_session(stack, item, now)
                for item in await stack.provider_admin.earnings()
            ]
        )

    async def claim(self, session_id: str) -> ClaimResult:
        stack = self._stacks.require()
        receipt, amount = await stack.provider_admin.claim(SessionId.parse(session_id))
        return ClaimResult(tx_hash=receipt.tx_hash.hex, amount=amount.base)

    async def register(self, stake: int, endpoint: str) -> str:
        receipt = await self._stacks.require().provider_admin.register(Mor(stake), endpoint)
        return receipt.tx_hash.hex

    async def create_model(
        self, name: str, tags: Sequence[str], stake: int, base_id: str = ""
    ) -> str:
        base = ModelId.parse(base_id).raw if base_id else None
        admin = self._stacks.require().provider_admin
        return (await admin.create_model(name, tags, Mor(stake), base)).hex

    async def post_bid(self, model_id: str, price_per_second: int) -> str:
        admin = self._stacks.require().provider_admin
        bid = await admin.post_bid(ModelId.parse(model_id), PricePerSecond(price_per_second))
        return bid.hex

    async def delete_bid(self, bid_id: str) -> str:
        receipt = await self._stacks.require().provider_admin.delete_bid(BidId.parse(bid_id))
        return receipt.tx_hash.hex

    async def deregister(self) -> str:
        return (await self._stacks.require().provider_admin.deregister()).tx_hash.hex

    async def delete_model(self, model_id: str) -> str:
        admin = self._stacks.require().provider_admin
        return (await admin.delete_model(ModelId.parse(model_id))).tx_hash.hex


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
    )
