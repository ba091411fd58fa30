"""The facade's chain group: the contracts' records, page by page."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pydantic import SecretStr

from node.core.errors import BidNotFoundError, ModelNotFoundError, SessionNotFoundError
from node.core.ids import ZERO_ADDRESS, Address, BidId, ModelId, SessionId
from node.core.ports import Marketplace
from node.core.records import Bid, Model, Page, Provider, Session
from node.core.web_address import host_only
from node.router.display import model_kind
from node.service.allowance_desk import AllowanceDesk, Spending
from node.service.dto import (
    ChainBalances,
    ChainBid,
    ChainContracts,
    ChainFigures,
    ChainHold,
    ChainModel,
    ChainProvider,
    ChainSession,
    PageRequest,
)
from node.service.guards import Consent
from node.service.sending_service import SendingService
from node.service.stack import NetworkStack, StackHolder

_T = TypeVar("_T")
ReadPage = Callable[[int, int], Awaitable[Page[_T]]]
MAX_LIST = 10_000
PAGE = 1000


class ChainService:
    """Reads of the network in use; nothing here is kept or rated."""

    def __init__(
        self, stacks: StackHolder, *, allowances: AllowanceDesk, sending: SendingService
    ) -> None:
        self._stacks = stacks
        self._allowances = allowances
        self._sending = sending

    async def contracts(self) -> ChainContracts:
        stack = self._stacks.require()
        market = stack.chain.market
        return ChainContracts(
            chain_id=market.chain_id,
            marketplace=market.marketplace_address.checksum,
            token=market.token_address.checksum,
            rpc_hosts=tuple(host_only(url) for url in stack.network.rpc_urls),
        )

    async def figures(self) -> ChainFigures:
        economy = await self._stacks.require().chain.market.economy()
        return ChainFigures(
            block=economy.block,
            block_time=economy.block_time,
            todays_budget=economy.todays_budget.base,
            supply=economy.supply.base,
        )

    async def balances(self) -> ChainBalances:
        stack = self._stacks.require()
        found = await stack.chain.market.balances(stack.wallet.address)
        return ChainBalances(
            mor=found.mor.base, eth_wei=found.eth.base, allowance=found.allowance.base
        )

    async def approve(
        self, amount: int, password: SecretStr | None = None, client: str = ""
    ) -> str:
        stack = self._stacks.require()
        await self._allowances.check(Spending(client=client, asset="MOR", amount=amount))
        async with stack.wallet.allowing:
            draft = await self._sending.draft_approval(amount)
            # Typing an amount again is for people; a program names it once.
            consent = Consent(password=password, typed=draft.needs_typed)
            record = await self._sending.send(draft.id, consent, client)
        return record.tx_hash.hex

    async def on_hold(self) -> ChainHold:
        stack = self._stacks.require()
        found = await stack.chain.market.on_hold(stack.wallet.address)
        return ChainHold(available=found.available.base, locked=found.locked.base)

    async def withdraw_on_hold(self, iterations: int) -> str:
        stack = self._stacks.require()
        claimed = await stack.claimer.claim(iterations)
        stack.keeper.reconcile_soon()
        return claimed.tx_hash

    async def models(self, page: PageRequest) -> tuple[ChainModel, ...]:
        items = await self._fresh_market().active_models()
        return tuple(_model(item) for item in _window(items, page))

    def _fresh_market(self) -> Marketplace:
        """Programs look for what another one registered a moment ago."""
        market = self._stacks.require().chain.market
        market.forget_lists()
        return market

    async def model(self, model_id: str) -> ChainModel:
        market = self._stacks.require().chain.market
        return _model(await market.model(ModelId.parse(model_id)))

    async def providers(self, page: PageRequest) -> tuple[ChainProvider, ...]:
        items = await self._fresh_market().active_providers()
        return tuple(_provider(item) for item in _window(items, page))

    async def provider(self, address: str) -> ChainProvider:
        wanted = Address.parse(address)
        found = await self._stacks.require().chain.market.provider(wanted)
        if found is not None:
            return _provider(found)
        return ChainProvider(
            address=wanted.checksum, endpoint="", stake=0, created_at=0, is_deleted=False
        )

    async def bid(self, bid_id: str) -> ChainBid:
        wanted = BidId.parse(bid_id)
        try:
            return _bid(await self._stacks.require().chain.market.bid(wanted))
        except BidNotFoundError:
            return _no_bid(wanted)

    async def model_bids(
        self, model_id: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]:
        market, wanted = self._stacks.require().chain.market, ModelId.parse(model_id)

        async def read(offset: int, limit: int) -> Page[Bid]:
            return await market.bid_pages(
                model_id=wanted, active_only=active_only, offset=offset, limit=limit
            )

        return tuple(_bid(item) for item in await _read_window(read, page))

    async def provider_bids(
        self, provider: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]:
        market, wanted = self._stacks.require().chain.market, Address.parse(provider)

        async def read(offset: int, limit: int) -> Page[Bid]:
            return await market.bid_pages(
                provider=wanted, active_only=active_only, offset=offset, limit=limit
            )

        return tuple(_bid(item) for item in await _read_window(read, page))

    async def rated_bids(self, model_id: str) -> tuple[ChainBid, ...]:
        stack = self._stacks.require()
        try:
            found = await stack.market.model(ModelId.parse(model_id))
        except ModelNotFoundError:
            return ()
        return tuple(
            _bid(offer.view.bid, offer.score) for offer in found.offers if offer.score is not None
        )

    async def session(self, session_id: str) -> ChainSession:
        stack = self._stacks.require()
        try:
            record = await stack.chain.market.session(SessionId.parse(session_id))
        except SessionNotFoundError as error:
            raise SessionNotFoundError("session not found", hint=error.hint) from error
        return (await _sessions(stack, [record]))[0]

    async def user_sessions(self, user: str, page: PageRequest) -> tuple[ChainSession, ...]:
        stack, wanted = self._stacks.require(), Address.parse(user)

        async def read(offset: int, limit: int) -> Page[Session]:
            return await stack.chain.market.sessions(user=wanted, offset=offset, limit=limit)

        return await _sessions(stack, await _read_window(read, page))

    async def provider_sessions(self, provider: str, page: PageRequest) -> tuple[ChainSession, ...]:
        stack, wanted = self._stacks.require(), Address.parse(provider)

        async def read(offset: int, limit: int) -> Page[Session]:
            return await stack.chain.market.sessions(provider=wanted, offset=offset, limit=limit)

        return await _sessions(stack, await _read_window(read, page))


def _window(items: Sequence[_T], page: PageRequest) -> Sequence[_T]:
    if page.limit is None:
        return items
    ordered = items if page.oldest_first else items[::-1]
    return ordered[page.offset : page.offset + page.limit]


async def _read_window(read: ReadPage[_T], page: PageRequest) -> Sequence[_T]:
    """The wanted window of a list that the contract gives oldest first."""
    if page.limit is None:
        return await _read_all(read)
    if page.limit == 0:
        return ()
    if page.oldest_first:
        return (await read(page.offset, page.limit)).items
    total = (await read(0, 1)).total
    end = total - page.offset
    start = max(0, end - page.limit)
    return (await read(start, end - start)).items[::-1] if end > start else ()


async def _read_all(read: ReadPage[_T]) -> Sequence[_T]:
    found: list[_T] = []
    while len(found) < MAX_LIST:
        page = await read(len(found), PAGE)
        found.extend(page.items)
        if not page.items or len(found) >= page.total:
            break
    return found


async def _sessions(stack: NetworkStack, records: Sequence[Session]) -> tuple[ChainSession, ...]:
    market = stack.chain.market
    bids = dict(await market.bids([item.bid_id for item in records]))
    for item in records:
        if item.bid_id not in bids:
            bids[item.bid_id] = await market.bid(item.bid_id)
    return tuple(_session(item, bids[item.bid_id]) for item in records)


def _model(item: Model) -> ChainModel:
    return ChainModel(
        id=item.id.hex,
        ipfs_cid="0x" + item.ipfs_cid.hex(),
        fee=item.fee.base,
        stake=item.stake.base,
        owner=item.owner.checksum,
        name=item.name,
        tags=item.tags,
        created_at=item.created_at,
        is_deleted=item.is_deleted,
        kind=model_kind(item.tags),
    )


def _provider(item: Provider) -> ChainProvider:
    return ChainProvider(
        address=item.address.checksum,
        endpoint=item.endpoint,
        stake=item.stake.base,
        created_at=item.created_at,
        is_deleted=item.is_deleted,
    )


def _bid(item: Bid, score: float | None = None) -> ChainBid:
    return ChainBid(
        id=item.id.hex,
        provider=item.provider.checksum,
        model_id=item.model_id.hex,
        price_per_second=item.price_per_second.base,
        nonce=item.nonce,
        created_at=item.created_at,
        deleted_at=item.deleted_at,
        score=score,
    )


def _no_bid(bid_id: BidId) -> ChainBid:
    return ChainBid(
        id=bid_id.hex,
        provider=ZERO_ADDRESS.checksum,
        model_id=ModelId(bytes(32)).hex,
        price_per_second=0,
        nonce=0,
        created_at=0,
        deleted_at=0,
    )


def _session(item: Session, bid: Bid) -> ChainSession:
    return ChainSession(
        id=item.id.hex,
        user=item.user.checksum,
        provider=bid.provider.checksum,
        model_id=bid.model_id.hex,
        bid_id=item.bid_id.hex,
        stake=item.stake.base,
        price_per_second=bid.price_per_second.base,
        closeout_receipt=item.closeout_receipt.hex(),
        closeout_type=item.closeout_type,
        provider_withdrawn=item.provider_withdrawn.base,
        opened_at=item.opened_at,
        ends_at=item.ends_at,
        closed_at=item.closed_at,
    )
