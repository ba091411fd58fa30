"""What a provider does on chain: register, offer models, post bids, claim pay."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from node.core.errors import MarketError, NotEnoughMorError, SessionError, UserInputError
from node.core.ids import BidId, ModelId, SessionId
from node.core.keccak import keccak256
from node.core.ports import Call
from node.core.records import Provider, Receipt, Session
from node.core.units import NO_MOR, Mor, PricePerSecond
from node.router.access import ChainAccess, WalletAccess
from node.router.quote import Claimable, SessionTerms, claimable
from node.router.sending import TransactionSender

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A served session with what can be claimed for it."""

    session: Session
    model_id: ModelId
    price: PricePerSecond
    claimable: Claimable


class ProviderAdmin:
    """On-chain acts of the wallet as provider. Each allowance is the exact amount of the act."""

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, sender: TransactionSender
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender

    async def record(self) -> Provider | None:
        """The wallet's own provider record, None when it never registered."""
        return await self._chain.market.provider(self._wallet.address)

    async def register(self, stake: Mor, endpoint: str) -> Receipt:
        """Register, or raise the stake and change the endpoint (`host:port`)."""
        _checked_endpoint(endpoint)
        call = self._chain.calls.register_provider(self._wallet.address, stake, endpoint)
        return await self._spend(stake, call)

    async def create_model(
        self, name: str, tags: Sequence[str], stake: Mor, base_id: bytes | None = None
    ) -> ModelId:
        """Register a model under a random base id, or under `base_id` (32 bytes)."""
        base = base_id or secrets.token_bytes(32)
        call = self._chain.calls.register_model(
            self._wallet.address, base, bytes(32), stake, name, tags
        )
        await self._spend(stake, call)
        return ModelId(keccak256(self._wallet.address.raw + base))

    async def post_bid(self, model_id: ModelId, price: PricePerSecond) -> BidId:
        """Post or replace the own bid. The contract's bid fee is paid and not returned."""
        fee = await self._chain.market.bid_fee()
        await self._spend(fee, self._chain.calls.post_bid(self._wallet.address, model_id, price))
        offset, total = 0, 1
        while offset < total:
            page = await self._chain.market.bid_pages(
                provider=self._wallet.address, active_only=True, offset=offset, limit=PAGE
            )
            for bid in page.items:
                if bid.model_id == model_id:
                    return bid.id
            offset, total = offset + PAGE, page.total
        raise MarketError("The bid was posted but is not listed yet.", retryable=True)

    async def delete_bid(self, bid_id: BidId) -> Receipt:
        return await self._send(self._chain.calls.delete_bid(bid_id))

    async def deregister(self) -> Receipt:
        """Deregister the own provider record; the contract refuses while bids are active."""
        return await self._send(self._chain.calls.deregister_provider(self._wallet.address))

    async def delete_model(self, model_id: ModelId) -> Receipt:
        """Deregister an own model; the contract refuses while bids are active."""
        return await self._send(self._chain.calls.deregister_model(model_id))

    async def earnings(self) -> tuple[Earned, ...]:
        """All sessions served by the wallet, newest first, with what can be claimed when."""
        record = await self.record()
        now = await self._chain.market.block_time()
        headroom = NO_MOR
        if record is not None:
            earned = 0 if now > record.limit_period_end else record.limit_period_earned.base
            headroom = Mor(max(0, record.stake.base - earned))
        sessions: list[Session] = []
        while True:
            page = await self._chain.market.sessions(
                provider=self._wallet.address, offset=len(sessions), limit=PAGE
            )
            sessions.extend(page.items)
            if not page.items or len(sessions) >= page.total:
                break
        return tuple([await self._earned(item, headroom, now) for item in reversed(sessions)])

    async def _earned(self, session: Session, headroom: Mor, now: int) -> Earned:
        bid = await self._chain.market.bid(session.bid_id)
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
            claimable=claimable(
                terms,
                closed_at=session.closed_at,
                disputed=session.closeout_type == 1,
                now=now,
                headroom=headroom,
            ),
        )

    async def claim(self, session_id: SessionId) -> tuple[Receipt, Mor]:
        """Claim the pay of one session; returns what arrived.

        Raises:
            SessionError: nothing to claim now; the hint says from when.
        """
        found = [item for item in await self.earnings() if item.session.id == session_id]
        if not found:
            raise SessionError("This session was not served by your wallet.")
        if not found[0].claimable.now:
            raise SessionError(
                "There is nothing to claim for this session now.",
                hint="Pay can be claimed after the session's end; for sessions closed early from"
                " the next midnight UTC.",
                code="session.nothing_to_claim",
            )
        receipt = await self._send(self._chain.calls.claim(session_id))
        own = self._wallet.address
        arrived = sum(amount.base for _, target, amount in receipt.transfers if target == own)
        return receipt, Mor(arrived)

    async def _spend(self, amount: Mor, call: Call) -> Receipt:
        async with self._wallet.allowing:
            await self._allow(amount)
            return await self._send(call)

    async def _allow(self, amount: Mor) -> None:
        if not amount:
            return
        balances = await self._chain.market.balances(self._wallet.address)
        if balances.mor < amount:
            raise NotEnoughMorError(f"You have {balances.mor}; {amount} are needed.")
        if balances.allowance < amount:
            await self._send(self._chain.calls.approve(amount))

    async def _send(self, call: Call) -> Receipt:
        _, receipt = await self._sender.send_alone(call)
        return receipt


def _checked_endpoint(endpoint: str) -> None:
    host, colon, port = endpoint.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UserInputError(
            "The endpoint is host:port.",
            hint="For example node.example.org:3333.",
            code="input.endpoint",
        )
