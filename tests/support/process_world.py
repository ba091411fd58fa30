"""Devnet, provider and consumer as processes that die, freeze, come back and see time pass."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from node.core.ids import Address
from node.core.keccak import keccak256
from node.core.session_life import OPENING_PHASES, SessionPhase
from node.core.tasks import TaskScope
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    QuoteRequest,
    SessionView,
)
from node.service.remote import RemoteNode
from node.service.runtime_file import Runtime
from tests.support.process_market import (
    CONSUMER,
    PROVIDER,
    chain_environment,
    json_rpc,
    node_environment,
)
from tests.support.programs import Program, cli
from tests.support.small_market import BASE_ID, free_port, write_models_config
from tests.support.timed_cli import CLOCK_FILE, set_clock

T = TypeVar("T")
PRICE = 10**15
MODEL = "Guide"
TIMED = "tests.support.timed_cli"
LOOK_EVERY_S = 0.5


class ProcessWorld:
    """One devnet and one provider; the consumer is started anew as often as a test wants.

    Without `consumer` the test has a node of its own.
    """

    def __init__(self, folder: Path, cleanup: ExitStack, *, consumer: bool = True) -> None:
        self._folder = folder
        self._cleanup = cleanup
        self._ahead_s = 0
        self._port = free_port()
        self.clocks = {name: folder / f"{name}.clock" for name in ("provider", "consumer")}
        for file in self.clocks.values():
            set_clock(file, 0)
        self.devnet = cleanup.enter_context(Program(folder / "devnet", "devnet", "--port", "0"))
        owner = Address.parse(self.devnet.announced["accounts"][PROVIDER]["address"])
        self.model_id = "0x" + keccak256(owner.raw + bytes.fromhex(BASE_ID[2:])).hex()
        self.provider = self.start_provider()
        self._offer()
        if consumer:
            self.start_consumer()

    # --- processes -------------------------------------------------------------------------------

    def start_provider(self) -> Program:
        entry = {"modelId": self.model_id, "modelName": MODEL, "apiType": "guide"}
        config = write_models_config(self._folder / "models.json", [entry])
        self.provider = self._serve(
            "provider",
            PROVIDER,
            PROXY_ADDRESS=f"127.0.0.1:{self._port}",
            MODELS_CONFIG_PATH=str(config),
            MORPHEUS_REQUESTS_PER_ADDRESS="10000",
            MORPHEUS_REQUESTS_PER_USER="10000",
        )
        return self.provider

    def start_consumer(self, **more: str) -> Program:
        """Start it with its data as they are; `more` is added to its environment."""
        self.consumer = self._serve("consumer", CONSUMER, **more)
        return self.consumer

    def lose_data(self) -> None:
        """Remove everything that the consumer, killed before, had on the disk."""
        shutil.rmtree(self.consumer.home)

    def _serve(self, name: str, account: int, **more: str) -> Program:
        environment = node_environment(
            self.devnet,
            account,
            WEB_ADDRESS="127.0.0.1:0",
            **{CLOCK_FILE: str(self.clocks[name])},
            **more,
        )
        program = Program(self._folder / name, "serve", environment=environment, module=TIMED)
        return self._cleanup.enter_context(program)

    def on_provider(self, *arguments: str) -> Any:
        """A command of the provider's operator, in a process of its own."""
        return cli(self.provider.home, *arguments, environment=chain_environment(self.devnet))

    def _offer(self) -> None:
        def operate(*arguments: str) -> Any:
            return self.on_provider("provider", *arguments, "--yes")

        operate("register", f"127.0.0.1:{self._port}", "--stake", "100")
        assert operate("create-model", MODEL, "--base-id", BASE_ID) == {"model_id": self.model_id}
        operate("post-bid", self.model_id, str(PRICE))

    # --- time and chain --------------------------------------------------------------------------

    def rpc(self, method: str, *params: Any) -> Any:
        return json_rpc(str(self.devnet.announced["url"]), method, *params)

    def pass_time(self, seconds: int, *, chain: bool = True) -> None:
        """Let `seconds` pass for both nodes and, unless it is frozen, for the chain."""
        self._ahead_s += seconds
        for file in self.clocks.values():
            set_clock(file, self._ahead_s)
        if chain:
            self.pass_chain_time(seconds)

    def pass_chain_time(self, seconds: int) -> None:
        self.rpc("evm_increaseTime", seconds)
        self.rpc("evm_mine")

    def skip_to_midnight(self) -> None:
        """Let the chain's day end: blocks may be ahead of the chain's clock by a few seconds."""
        self.pass_chain_time(86_400 - self.chain_time() % 86_400 + 10)

    def chain_time(self) -> int:
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    @contextmanager
    def wrong_clock(self, ahead_s: int) -> Generator[None, None, None]:
        """The consumer's clock is off; everybody else's is right."""
        set_clock(self.clocks["consumer"], self._ahead_s + ahead_s)
        try:
            yield
        finally:
            set_clock(self.clocks["consumer"], self._ahead_s)

    # --- the consumer's user ---------------------------------------------------------------------

    def node(self) -> RemoteNode:
        """The running consumer's whole facade, as the command line uses it."""
        announced = self.consumer.announced
        return RemoteNode(
            Runtime(
                url=announced["api_url"],
                cookie_file=Path(announced["cookie_file"]),
                pid=self.consumer.process.pid,
            )
        )

    def command(self, *arguments: str) -> Any:
        """A command of the consumer's user, in a process of its own."""
        environment = chain_environment(self.devnet)
        return cli(self.consumer.home, *arguments, environment=environment)


async def open_session(node: RemoteNode, world: ProcessWorld) -> SessionView:
    quote = await node.sessions.quote(QuoteRequest(model_id=world.model_id, duration_s=600))
    assert quote.problems == ()
    opened: SessionView | None = None
    async for step in node.sessions.open(quote.id):
        opened = step.session or opened
    assert opened is not None
    return opened


def question(session_id: str, text: str = "What is a session?") -> ChatRequest:
    return ChatRequest(
        target=ChatTarget(kind="session", id=session_id),
        messages=(ChatMessage(role="user", content=text),),
    )


async def eventually(
    node: RemoteNode,
    read: Callable[[], Awaitable[T]],
    is_so: Callable[[T], bool],
    *,
    within_s: float = 30.0,
) -> T:
    """Follow the node's events until it is so; AssertionError with what was read last otherwise."""
    changed = asyncio.Event()

    async def follow() -> None:
        async for _ in node.system.events():
            changed.set()

    async with TaskScope("follow") as tasks:
        tasks.spawn(follow(), name="events")
        ends = time.monotonic() + within_s
        while not is_so(found := await read()):
            if time.monotonic() > ends:
                raise AssertionError(f"still {found}")
            changed.clear()
            # Some states come with time alone, without an event.
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), LOOK_EVERY_S)
    return found


async def session_when(
    node: RemoteNode,
    session_id: str,
    is_so: Callable[[SessionView], bool],
    *,
    within_s: float = 30.0,
) -> SessionView:
    return await eventually(node, lambda: node.sessions.get(session_id), is_so, within_s=within_s)


async def settled(node: RemoteNode) -> tuple[SessionView, ...]:
    """All sessions once none of them is being opened or closed."""

    def is_so(sessions: tuple[SessionView, ...]) -> bool:
        return not any(item.phase in OPENING_PHASES | {SessionPhase.CLOSING} for item in sessions)

    return await eventually(node, node.sessions.list, is_so)


@contextmanager
def open_process_world(
    folder: Path, *, consumer: bool = True
) -> Generator[ProcessWorld, None, None]:
    with ExitStack() as cleanup:
        yield ProcessWorld(folder, cleanup, consumer=consumer)
