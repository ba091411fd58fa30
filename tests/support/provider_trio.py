"""Three providers of one model that can be taken away one by one, and a consumer's stack."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from node.chain.networks import demo_network
from node.chain.rpc.endpoint import LocalRpc
from node.core.clock import SystemClock
from node.core.events import EventBus
from node.core.ids import Address, ModelId
from node.core.ports import BackendHealth, LlmBackend
from node.core.tasks import TaskScope
from node.core.units import Mor, PricePerSecond
from node.devnet.chain import Devnet
from node.devnet.demo import (
    DEMO_MODELS,
    Behaviour,
    DemoOffer,
    DemoProvider,
    demo_consumer,
    model_id,
    open_market,
)
from node.router.backends import Backends
from node.router.models_config import ApiType, ModelEntry
from node.router.quotes import QuoteOrder
from node.router.rating import DEFAULT_RATING
from node.service.assembly import StackParts, open_listener, open_stack, provider_side
from node.service.demo_world import DemoClockControl, DemoWorld, user_parts
from node.service.stack import NetworkStack
from node.store.db import Database
from node.store.journal import fresh_journal_database, journal_database
from node.store.journal_records import SessionEntry
from node.wallet.signer import KeySigner
from node.wire.limits import WireLimits
from node.wire.server import ProviderServer
from tests.support.stacks import all_steps, no_backend

GUIDE = DEMO_MODELS[0]
PRICE = PricePerSecond(2 * 10**13)
LIMITS = WireLimits(requests_per_user_minute=10_000, requests_per_address_minute=10_000)
WHO = (("harbor", 2), ("meadow", 5), ("summit", 7))


@dataclass(slots=True)
class TrioBackend:
    """Answers with its own name; calls the first tool that it is offered; writes JSON when asked.

    `hold` stops after the first word until it is set; `refuse` makes it fail before the first.
    """

    name: str
    hold: asyncio.Event | None = None
    refuse: Exception | None = None
    prompts: list[Mapping[str, Any]] = field(default_factory=list)

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        self.prompts.append(body)
        if self.refuse is not None:
            raise self.refuse
        if body.get("tools"):
            yield self._tool_call(body["tools"][0]["function"]["name"])
            yield self._chunk("", "tool_calls")
            return
        if (body.get("response_format") or {}).get("type") == "json_object":
            yield self._chunk(json.dumps({"name": self.name}))
            yield self._chunk("", "stop")
            return
        yield self._chunk(f"{self.name} ")
        if self.hold is not None:
            await self.hold.wait()
        yield self._chunk("answers.")
        yield self._chunk("", "stop")

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.prompts.append(body)
        return {"object": "list", "data": [], "model": self.name}

    async def health(self) -> BackendHealth:
        return BackendHealth(ok=True)

    async def aclose(self) -> None:
        pass

    def _chunk(self, text: str, finish: str | None = None) -> dict[str, Any]:
        return self._delta({"role": "assistant", "content": text}, finish)

    def _tool_call(self, name: str) -> dict[str, Any]:
        function = {"name": name, "arguments": '{"city":"Ulm"}'}
        call = {"index": 0, "id": "call-1", "type": "function", "function": function}
        return self._delta({"role": "assistant", "content": None, "tool_calls": [call]}, None)

    def _delta(self, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {
            "object": "chat.completion.chunk",
            "id": "chatcmpl-trio",
            "created": 1,
            "model": self.name,
            "choices": [choice],
        }


@dataclass(slots=True)
class TrioProvider:
    address: Address
    backend: TrioBackend
    server: ProviderServer

    async def kill(self) -> None:
        """Nobody listens any more, and running answers end in the middle."""
        await self.server.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    world: DemoWorld
    providers: Mapping[Address, TrioProvider]
    model: ModelId
    folder: Path

    @asynccontextmanager
    async def consumer(self, name: str = "journal.db") -> AsyncGenerator[NetworkStack, None]:
        """The user's stack with a journal that stays; the same name opens it again."""
        async with journal_database(self.folder / name) as journal:
            backends = Backends(entries=(), factory=no_backend)
            parts = user_parts(
                self.world, bus=EventBus(), journal=journal, backends=backends, limits=LIMITS
            )
            async with open_stack(parts) as stack:
                yield stack

    def of(self, entry: SessionEntry) -> TrioProvider:
        return self.providers[entry.provider]

    async def open(self, stack: NetworkStack, **order: Any) -> SessionEntry:
        order = {"model_id": self.model, "duration_s": 3600, **order}
        quote = await stack.quotes.quote(QuoteOrder(**order))
        return (await all_steps(stack.opener.open(stack.quotes.take(quote.id))))[-1].entry


@asynccontextmanager
async def open_trio(folder: Path) -> AsyncGenerator[Trio, None]:
    """All three ask the same price, so that each may take the place of another."""
    async with AsyncExitStack() as cleanup:
        devnet = await cleanup.enter_async_context(await Devnet.start(clock=SystemClock()))
        network = demo_network(
            marketplace=devnet.marketplace_address,
            token=devnet.token_address,
            multicall=devnet.multicall_address,
        )
        world = DemoWorld(
            devnet=devnet,
            network=network,
            rpc=LocalRpc(devnet),
            signer=KeySigner(demo_consumer(devnet).private_key),
            control=DemoClockControl(devnet),
        )
        database = fresh_journal_database(folder / "providers.db")
        await database.open()
        cleanup.push_async_callback(database.close)
        tasks = await cleanup.enter_async_context(TaskScope("trio"))
        providers, endpoints = {}, {}
        for key, account in WHO:
            provider = await _provider(world, key, account, database, tasks)
            cleanup.push_async_callback(provider.server.aclose)
            providers[provider.address] = provider
            endpoints[key] = f"127.0.0.1:{provider.server.port}"
        await open_market(devnet, endpoints, providers=[_offer(*who) for who in WHO])
        yield Trio(world=world, providers=providers, model=model_id(devnet, GUIDE), folder=folder)


def _offer(key: str, account: int) -> DemoProvider:
    return DemoProvider(
        key=key,
        name=key.title(),
        account_index=account,
        stake=Mor(1_000 * 10**18),
        behaviour=Behaviour.STEADY,
        offers=(DemoOffer(model=GUIDE.key, price=PRICE),),
    )


async def _provider(
    world: DemoWorld, key: str, account: int, database: Database, tasks: TaskScope
) -> TrioProvider:
    backend = TrioBackend(name=key)
    identity = model_id(world.devnet, GUIDE)
    entry = ModelEntry.model_validate(
        {"modelId": identity, "modelName": GUIDE.name, "apiType": ApiType.GUIDE}
    )

    async def make(_: ModelEntry) -> LlmBackend:
        return backend

    owner = world.devnet.accounts[account]
    parts = StackParts(
        network=world.network,
        rpc=world.rpc,
        clock=world.devnet.clock,
        signer=KeySigner(owner.private_key),
        bus=EventBus(),
        journal=database,
        backends=Backends(entries=(entry,), factory=make),
        rating=DEFAULT_RATING,
        limits=LIMITS,
        allow_private=True,
    )
    server = await open_listener(parts, provider_side(parts, tasks), "127.0.0.1", 0)
    return TrioProvider(address=owner.address, backend=backend, server=server)
