"""The marketplace as the rest of the node reads it: implements the port `Marketplace`."""

from collections.abc import Sequence

from node.chain.cache import TimedCache
from node.chain.economy import MarketParameters
from node.chain.head import ChainHead
from node.chain.models import ModelRegistry
from node.chain.money import MoneyBooks, MoneyReads
from node.chain.networks import Network
from node.chain.rpc.quantities import data, hex_quantity
from node.chain.rpc.quorum import Quorum
from node.core.clock import Clock
from node.core.errors import ConfigError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import JsonRpc
from node.core.records import (
    Balances,
    Bid,
    Economy,
    HostingTerms,
    Model,
    ModelBids,
    ModelStats,
    OnHold,
    Page,
    Provider,
    ProviderModelStats,
    Session,
)
from node.core.units import Eth, Mor

PARAMETER_AGE_S = 60.0
LIST_AGE_S = 15.0
_DELEGATION = b"\xef\x01\x00"


class ContractMarketplace:
    """Reads through one `JsonRpc`. Single records and sums are always fresh; lists may be 15 s old.

    Every operation reads at one block, not older than any block seen before by `head`. With a
    `quorum` single offers and providers, a user's sessions and sums of money come from two agreeing
    endpoints, and such reads may raise SourcesDisagreeError.
    """

    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        quorum: Quorum | None = None,
    ) -> None:
        self._rpc = rpc
        self._network = network
        self._head = head
        books = MoneyBooks(rpc, network)
        self._reader = books.reader
        self._providers = books.providers
        self._bids = books.bids
        self._sessions = books.sessions
        self._economy = books.economy
        self._token = books.token
        self._models = ModelRegistry(books.reader)
        self._money = MoneyReads(books, network, head, quorum)
        self._parameters: TimedCache[MarketParameters] = TimedCache(clock, PARAMETER_AGE_S)
        self._model_list: TimedCache[tuple[Model, ...]] = TimedCache(clock, LIST_AGE_S)
        self._provider_list: TimedCache[tuple[Provider, ...]] = TimedCache(clock, LIST_AGE_S)
        self._model_bids: TimedCache[ModelBids] = TimedCache(clock, LIST_AGE_S)

    @property
    def chain_id(self) -> int:
        return self._network.chain_id

    @property
    def marketplace_address(self) -> Address:
        return self._network.marketplace

    @property
    def token_address(self) -> Address:
        return self._network.token

    @property
    def network(self) -> Network:
        return self._network

    @property
    def skipped_records(self) -> int:
        """Records left out of lists so far because they could not be decoded."""
        return self._reader.skipped

    def forget_lists(self) -> None:
        """Read lists and parameters anew next time; own transactions have that effect by
        themselves.
        """
        for cache in (self._parameters, self._model_list, self._provider_list, self._model_bids):
            cache.clear()

    async def check_contracts(self) -> None:
        """Look once whether the configured addresses are what they should be.

        Raises:
            ConfigError: no contract at an address, or the marketplace uses another token.
        """
        block = await self._head_number()
        for address in (self._network.marketplace, self._network.token):
            params = [address.hex, hex_quantity(block)]
            if not data(await self._rpc.request("eth_getCode", params)):
                raise ConfigError(
                    f"There is no contract at {address} on {self._network.title}.",
                    hint="Check the addresses in the settings of the network.",
                    code="config.no_contract",
                )
        if (await self.parameters()).token != self._network.token:
            raise ConfigError(
                "The marketplace of this network uses another MOR token than the settings say.",
                hint="Check the addresses in the settings of the network.",
                code="config.other_token",
            )

    async def _head_number(self) -> int:
        return (await self._head.latest()).number

    async def block_time(self) -> int:
        return (await self._head.latest()).timestamp

    async def economy(self) -> Economy:
        return await self._money.economy()

    async def parameters(self) -> MarketParameters:
        """Parameters the owner of the contracts sets, at most 60 s old."""

        async def load() -> MarketParameters:
            return await self._economy.parameters(await self._head_number())

        return await self._parameters.get(self._head.written, load)

    async def balances(self, owner: Address) -> Balances:
        return await self._money.balances(owner)

    async def allowances(self, owner: Address, spenders: Sequence[Address]) -> tuple[Mor, ...]:
        """What each of the contracts may take from `owner`, at one block."""
        queries = [
            self._reader.token_query("allowance", owner.raw, spender.raw) for spender in spenders
        ]
        found = await self._reader.read_all(queries, await self._head_number()) if queries else []
        return tuple(Mor(allowance[0]) for allowance in found)

    async def funding_account(self) -> Address:
        """The account from which providers are paid."""
        return (await self.parameters()).funding_account

    async def has_code(self, address: Address) -> bool:
        """Whether a contract is at the address. An account with a delegation (EIP-7702) is none."""
        code = data(await self._rpc.request("eth_getCode", [address.hex, "latest"]))
        return bool(code) and not code.startswith(_DELEGATION)

    async def holdings(self, owners: Sequence[Address]) -> dict[Address, tuple[Mor, Eth]]:
        return await self._token.holdings(owners, await self._head.latest())

    async def model(self, model_id: ModelId) -> Model:
        return await self._models.get(model_id, await self._head_number())

    async def model_stats(self, model_id: ModelId) -> ModelStats:
        return await self._models.stats(model_id, await self._head_number())

    async def active_models(self) -> tuple[Model, ...]:
        async def load() -> tuple[Model, ...]:
            return await self._models.active(await self._head_number())

        return await self._model_list.get(self._head.written, load)

    async def provider(self, address: Address) -> Provider | None:
        return await self._money.provider(address)

    async def active_providers(self) -> tuple[Provider, ...]:
        async def load() -> tuple[Provider, ...]:
            return await self._providers.active(await self._head_number())

        return await self._provider_list.get(self._head.written, load)

    async def bid(self, bid_id: BidId) -> Bid:
        return await self._money.bid(bid_id)

    async def bids(self, ids: Sequence[BidId]) -> dict[BidId, Bid]:
        """Records for lists, in one batch; unknown ids are left out."""
        found = await self._bids.many(list(dict.fromkeys(ids)), await self._head_number())
        return {item.id: item for item in found}

    async def provider_model_stats(
        self, model_id: ModelId, provider: Address
    ) -> ProviderModelStats:
        return await self._bids.stats(model_id, provider, await self._head_number())

    async def model_bids(self, model_id: ModelId) -> ModelBids:
        """All active bids of the model, at most 15 s old. Raises ModelNotFoundError."""

        async def load() -> ModelBids:
            return await self._bids.of_model(model_id, await self._head_number())

        return await self._model_bids.get((model_id, self._head.written), load)

    async def bid_pages(
        self,
        *,
        model_id: ModelId | None = None,
        provider: Address | None = None,
        active_only: bool,
        offset: int,
        limit: int,
    ) -> Page[Bid]:
        """One page in list order, at most 1,000 bids.

        Exactly one of model and provider is given.
        """
        return await self._bids.page(
            model_id=model_id,
            provider=provider,
            active_only=active_only,
            offset=offset,
            limit=limit,
            block=await self._head_number(),
        )

    async def session(self, session_id: SessionId) -> Session:
        return await self._money.session(session_id)

    async def sessions(
        self,
        *,
        user: Address | None = None,
        provider: Address | None = None,
        offset: int,
        limit: int,
    ) -> Page[Session]:
        """One page, oldest first, at most 1,000 sessions.

        Exactly one of user and provider is given.
        """
        if user is not None and provider is None:
            return await self._money.user_sessions(user, offset=offset, limit=limit)
        return await self._sessions.page(
            user=user,
            provider=provider,
            offset=offset,
            limit=limit,
            block=await self._head_number(),
        )

    async def on_hold(self, user: Address) -> OnHold:
        return await self._money.on_hold(user)

    async def bid_fee(self) -> Mor:
        return (await self.parameters()).bid_fee

    async def hosting_terms(self) -> HostingTerms:
        found = await self.parameters()
        return HostingTerms(
            provider_min_stake=found.provider_min_stake,
            model_min_stake=found.model_min_stake,
            bid_fee=found.bid_fee,
            min_price=found.min_price,
            max_price=found.max_price,
        )

    async def is_approval_used(self, approval: bytes) -> bool:
        return await self._money.is_approval_used(approval)
