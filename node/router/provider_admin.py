"""What a provider does on chain: register, offer models, post bids. Its pay is in `earnings`."""

import secrets
from collections.abc import Sequence

from node.core.errors import MarketError, NotEnoughMorError, UserInputError
from node.core.ids import BidId, ModelId
from node.core.keccak import keccak256
from node.core.ports import Call
from node.core.records import HostingTerms, Provider, Receipt
from node.core.units import Mor, PricePerSecond
from node.router.access import ChainAccess, WalletAccess
from node.router.sending import TransactionSender

PAGE = 100


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

    async def register(self, stake: Mor, endpoint: str, intent_id: str = "") -> Receipt:
        """Register, or raise the stake and change the endpoint (`host:port`).

        Here and below the journal keeps what is sent under `intent_id`, or under a new id.
        """
        _checked_endpoint(endpoint)
        call = self._chain.calls.register_provider(self._wallet.address, stake, endpoint)
        return await self._spend(stake, call, intent_id)

    async def create_model(
        self,
        name: str,
        tags: Sequence[str],
        stake: Mor,
        base_id: bytes | None = None,
        ipfs_cid: bytes = bytes(32),
        intent_id: str = "",
    ) -> ModelId:
        """Register a model under a random base id, or under `base_id` (32 bytes)."""
        base = base_id or secrets.token_bytes(32)
        call = self._chain.calls.register_model(
            self._wallet.address, base, ipfs_cid, stake, name, tags
        )
        await self._spend(stake, call, intent_id)
        return ModelId(keccak256(self._wallet.address.raw + base))

    async def post_bid(
        self, model_id: ModelId, price: PricePerSecond, intent_id: str = ""
    ) -> BidId:
        """Post or replace the own bid. The contract's bid fee is paid and not returned.

        Raises:
            UserInputError: outside the network's bounds; `details["nearest"]` is per second.
        """
        terms = await self._chain.market.hosting_terms()
        _check_price(price, terms)
        fee = await self._chain.market.bid_fee()
        call = self._chain.calls.post_bid(self._wallet.address, model_id, price)
        await self._spend(fee, call, intent_id)
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

    async def _spend(self, amount: Mor, call: Call, intent_id: str) -> Receipt:
        async with self._wallet.allowing:
            await self._allow(amount, intent_id)
            return await self._send(call, intent_id)

    async def _allow(self, amount: Mor, intent_id: str) -> None:
        if not amount:
            return
        balances = await self._chain.market.balances(self._wallet.address)
        if balances.mor < amount:
            raise NotEnoughMorError(f"You have {balances.mor}; {amount} are needed.")
        if balances.allowance < amount:
            await self._send(self._chain.calls.approve(amount), intent_id)

    async def _send(self, call: Call, intent_id: str = "") -> Receipt:
        _, receipt = await self._sender.send_alone(call, intent_id)
        return receipt


def _check_price(price: PricePerSecond, terms: HostingTerms) -> None:
    low, high = terms.min_price, terms.max_price
    if low.base <= price.base <= high.base:
        return
    raise UserInputError(
        f"The network allows prices from {low.per_hour()} to {high.per_hour()} per hour.",
        hint="Choose one between them; nothing was sent.",
        code="input.price",
        details={"nearest": min(max(price.base, low.base), high.base)},
    )


def _checked_endpoint(endpoint: str) -> None:
    host, colon, port = endpoint.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UserInputError(
            "The endpoint is host:port.",
            hint="For example node.example.org:3333.",
            code="input.endpoint",
        )
