"""The demo network in this process:

A real EVM, simulated providers on loopback, a user with play money.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from node.chain.networks import Network, demo_network
from node.chain.rpc.endpoint import LocalRpc
from node.core.clock import Clock
from node.core.events import EventBus
from node.core.ids import ModelId
from node.core.ports import JsonRpc, LlmBackend
from node.core.tasks import TaskScope
from node.devnet.chain import Devnet
from node.devnet.demo import (
    DEMO_MODELS,
    DEMO_PROVIDERS,
    Behaviour,
    DemoProvider,
    demo_consumer,
    model_id,
    open_market,
)
from node.llm.faults import FlakyBackend, SlowBackend
from node.llm.guide import GuideBackend, GuideScript
from node.router.backends import Backends
from node.router.models_config import ApiType, ModelEntry
from node.router.rating import DEFAULT_RATING
from node.service.assembly import StackParts, open_listener, provider_side
from node.store.db import Database
from node.store.journal import fresh_journal_database
from node.wallet.signer import KeySigner
from node.wire.limits import WireLimits

LOOPBACK = "127.0.0.1"
DEMO_LIMITS = WireLimits(requests_per_user_minute=1000, requests_per_address_minute=1000)
"""All consumers of the simulated providers sit on this computer, so they share an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWorld:
    """A running demo: its network, how to reach it, and the user's key."""

    devnet: Devnet
    network: Network
    rpc: JsonRpc
    signer: KeySigner
    control: "DemoClockControl"


class DemoClockControl:
    """Moves the demo chain's time; everything that counts down follows the same clock."""

    def __init__(self, devnet: Devnet) -> None:
        self._devnet = devnet

    def now(self) -> int:
        return self._devnet.clock.unix_seconds()

    @property
    def speed(self) -> int:
        return self._devnet.clock.speed

    async def skip_to_midnight(self) -> None:
        await self._devnet.skip_to_midnight()

    async def set_speed(self, speed: int) -> None:
        self._devnet.set_speed(speed)


@asynccontextmanager
async def open_demo_world(
    *, folder: Path, clock: Clock, word_delay_s: float
) -> AsyncGenerator[DemoWorld, None]:
    """Start chain and providers; everything ends with the context, nothing of it is kept.

    `word_delay_s` is the Guide's pause between words. `folder` holds the providers' database.
    """
    async with AsyncExitStack() as cleanup:
        devnet = await cleanup.enter_async_context(await Devnet.start(clock=clock))
        network = demo_network(
            marketplace=devnet.marketplace_address,
            token=devnet.token_address,
            multicall=devnet.multicall_address,
        )
        database = fresh_journal_database(folder / "demo-providers.db")
        await database.open()
        cleanup.push_async_callback(database.close)
        tasks = await cleanup.enter_async_context(TaskScope("demo-providers"))
        rpc = LocalRpc(devnet)
        endpoints: dict[str, str] = {}
        for provider in DEMO_PROVIDERS:
            backends = _backends(devnet, provider, word_delay_s)
            cleanup.push_async_callback(backends.aclose)
            parts = _parts(devnet, network, rpc, provider, backends, database)
            side = provider_side(parts, tasks)
            server = await open_listener(parts, side, LOOPBACK, 0)
            cleanup.push_async_callback(server.aclose)
            endpoints[provider.key] = f"{LOOPBACK}:{server.port}"
        await open_market(devnet, endpoints)
        yield DemoWorld(
            devnet=devnet,
            network=network,
            rpc=rpc,
            signer=KeySigner(demo_consumer(devnet).private_key),
            control=DemoClockControl(devnet),
        )


def _parts(
    devnet: Devnet,
    network: Network,
    rpc: JsonRpc,
    provider: DemoProvider,
    backends: Backends,
    database: Database,
) -> StackParts:
    account = devnet.accounts[provider.account_index]
    return StackParts(
        network=network,
        rpc=rpc,
        clock=devnet.clock,
        signer=KeySigner(account.private_key),
        bus=EventBus(),
        journal=database,
        backends=backends,
        rating=DEFAULT_RATING,
        limits=DEMO_LIMITS,
        allow_private=True,
    )


def _backends(devnet: Devnet, provider: DemoProvider, word_delay_s: float) -> Backends:
    names = {model.key: model for model in DEMO_MODELS}
    entries: dict[ModelId, ModelEntry] = {}
    for offer in provider.offers:
        model = names[offer.model]
        identity = model_id(devnet, model)
        entries[identity] = ModelEntry.model_validate(
            {"modelId": identity, "modelName": model.name, "apiType": ApiType.GUIDE}
        )
    script = GuideScript.load()

    async def make(entry: ModelEntry) -> LlmBackend:
        guide = GuideBackend(script, devnet.clock, name=entry.name, delay_s=word_delay_s)
        return _with_behaviour(guide, devnet.clock, provider.behaviour, entry.name, word_delay_s)

    return Backends(entries=entries.values(), factory=make)


def _with_behaviour(
    guide: LlmBackend, clock: Clock, behaviour: Behaviour, name: str, word_delay_s: float
) -> LlmBackend:
    if behaviour is Behaviour.SLOW:
        return SlowBackend(
            guide, clock, name=name, first_delay_s=60 * word_delay_s, delay_s=5 * word_delay_s
        )
    if behaviour is Behaviour.FLAKY:
        return FlakyBackend(guide, name=name)
    return guide


def user_parts(
    world: DemoWorld, *, bus: EventBus, journal: Database, backends: Backends, limits: WireLimits
) -> StackParts:
    """Parts of the user's stack on the demo network."""
    return StackParts(
        network=world.network,
        rpc=world.rpc,
        clock=world.devnet.clock,
        signer=world.signer,
        bus=bus,
        journal=journal,
        backends=backends,
        rating=DEFAULT_RATING,
        limits=limits,
        allow_private=True,
        memory_wallet=True,
        demo=world.control,
    )
