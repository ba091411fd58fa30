"""A provider whose parts a test holds in its hands, and consumers for it, on one demo chain."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from node.chain.networks import Network, demo_network
from node.chain.rpc.endpoint import LocalRpc
from node.core.events import EventBus
from node.core.ids import BidId, ModelId
from node.core.ports import BackendHealth, LlmBackend
from node.core.tasks import TaskScope
from node.core.units import Mor, PricePerSecond
from node.devnet.chain import Devnet
from node.router.backends import Backends
from node.router.models_config import ModelEntry
from node.router.quotes import QuoteOrder
from node.router.rating import DEFAULT_RATING
from node.router.serving import ProviderSide
from node.router.user_rules import UserRules
from node.service.assembly import StackParts, open_listener, open_stack, provider_side
from node.service.stack import NetworkStack
from node.store.journal import journal_database
from node.store.journal_records import SessionEntry
from node.wallet.signer import KeySigner
from node.wire.client import WireClient
from node.wire.handshake import ReportQuery, SessionOffer
from node.wire.limits import WireLimits
from node.wire.plaintexts import AnswerPart
from tests.support.small_market import free_port
from tests.support.wire_pair import delta

PROVIDER = 2
CONSUMERS = (3, 4, 5, 7)
PRICE = PricePerSecond(2 * 10**13)
STAKE = Mor(1000 * 10**18)
LIMITS = WireLimits(requests_per_user_minute=10_000, requests_per_address_minute=10_000)
HELLO = '{"messages":[{"role":"user","content":"hello"}],"stream":true}'


class GatedBackend:
    """Answers in one chunk, once its gate is open; counts who is served at the same time."""

    name = "gated"

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.running = 0
        self.most = 0
        self.is_well = True
        self.asked: list[str] = []

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        self.asked.append(body["messages"][-1]["content"])
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
            yield delta("word")
            yield delta("", "stop")
        finally:
            self.running -= 1

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": [], "input": body.get("input")}

    async def health(self) -> BackendHealth:
        return BackendHealth(ok=self.is_well)

    async def aclose(self) -> None:
        self.gate.set()


@dataclass(slots=True, kw_only=True)
class OwnMarket:
    """One model with one bid at a provider of ours. `backend` is its model server."""

    chain: Devnet
    network: Network
    folder: Path
    model_id: ModelId = field(default_factory=lambda: ModelId(bytes(32)))
    bid_id: BidId = field(default_factory=lambda: BidId(bytes(32)))
    backend: GatedBackend = field(default_factory=GatedBackend)
    users: UserRules = field(default_factory=UserRules)
    port: int = field(default_factory=free_port)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def parts(self, index: int, journal: Any, entries: tuple[ModelEntry, ...] = ()) -> StackParts:
        async def make(_: ModelEntry) -> LlmBackend:
            return self.backend

        return StackParts(
            network=self.network,
            rpc=LocalRpc(self.chain),
            clock=self.chain.clock,
            signer=KeySigner(self.chain.accounts[index].private_key),
            bus=EventBus(),
            journal=journal,
            backends=Backends(entries=entries, factory=make),
            rating=DEFAULT_RATING,
            limits=LIMITS,
            allow_private=True,
            users=lambda: self.users,
        )

    @asynccontextmanager
    async def stack(
        self, index: int, entries: tuple[ModelEntry, ...] = (), **changes: Any
    ) -> AsyncGenerator[NetworkStack, None]:
        """The whole node of one account with a journal of its own; `changes` are of its parts."""
        path = self.folder / f"stack-{index}-{next(self._numbers)}.db"
        async with journal_database(path) as journal:
            parts = replace(self.parts(index, journal, entries), **changes)
            async with open_stack(parts) as opened:
                yield opened

    def entry(self, **members: Any) -> ModelEntry:
        """The model as it is configured; `members` change or add to it."""
        known = {"modelId": self.model_id, "modelName": "own", "apiType": "guide"}
        return ModelEntry.model_validate({**known, **members})

    @asynccontextmanager
    async def hosting(
        self, *, memory: str = "provider", **entry: Any
    ) -> AsyncGenerator[ProviderSide, None]:
        """Serve the model; `memory` names the database, `entry` adds members of the model's."""
        async with (
            journal_database(self.folder / f"{memory}.db") as journal,
            TaskScope("provider") as tasks,
        ):
            parts = self.parts(PROVIDER, journal, (self.entry(**entry),))
            side = provider_side(parts, tasks)
            server = await open_listener(parts, side, "127.0.0.1", self.port)
            try:
                yield side
            finally:
                await server.aclose()
                await side.flush()

    def client(self, index: int) -> WireClient:
        signer = KeySigner(self.chain.accounts[index].private_key)
        return WireClient(signer=signer, clock=self.chain.clock, limits=LIMITS, allow_private=True)

    async def approval(self, index: int) -> Any:
        """Ask for a session without opening one. Raises ProviderRefusedError."""
        offer = SessionOffer(
            bid_id=self.bid_id,
            provider=self.chain.accounts[PROVIDER].address,
            chain_id=self.network.chain_id,
            spend=10**18,
        )
        return await self.client(index).request_session(self.endpoint, offer)

    async def open(self, stack: NetworkStack, seconds: int = 3600) -> SessionEntry:
        """Ask for a session and open it."""
        quote = await stack.quotes.quote(QuoteOrder(bid_id=self.bid_id, duration_s=seconds))
        async with aclosing(stack.opener.open(stack.quotes.take(quote.id))) as steps:
            return [step async for step in steps][-1].entry

    async def say(self, index: int, entry: SessionEntry, text: str = "hello") -> list[AnswerPart]:
        """One prompt, straight to the provider."""
        assert entry.session_id is not None
        message = HELLO.replace("hello", text)
        parts = self.client(index).prompt(
            entry.endpoint, entry.session_id, message, entry.provider_public_key
        )
        async with aclosing(parts) as items:
            return [item async for item in items]

    def query(self, entry: SessionEntry) -> ReportQuery:
        assert entry.session_id is not None
        return ReportQuery(
            session_id=entry.session_id,
            provider=entry.provider,
            provider_public_key=entry.provider_public_key,
            chain_id=entry.chain_id,
        )


@asynccontextmanager
async def open_own_market(
    folder: Path, tags: tuple[str, ...] = ("LLM",), stake: Mor = STAKE
) -> AsyncGenerator[OwnMarket, None]:
    """Start the chain; the provider registers a model and a bid. Nothing listens yet."""
    async with AsyncExitStack() as cleanup:
        chain = await cleanup.enter_async_context(await Devnet.start())
        network = demo_network(
            marketplace=chain.marketplace_address,
            token=chain.token_address,
            multicall=chain.multicall_address,
        )
        market = OwnMarket(chain=chain, network=network, folder=folder)
        async with market.stack(PROVIDER) as stack:
            admin = stack.provider_admin
            await admin.register(stake, market.endpoint)
            market.model_id = await admin.create_model("own", tags, Mor(10**17))
            market.bid_id = await admin.post_bid(market.model_id, PRICE)
        yield market
