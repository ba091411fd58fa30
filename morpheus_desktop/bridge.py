"""The node as the window sees it: same facade, other thread.

Calls hop to the node's loop and back. Streams arrive in batches, one per frame, so that a fast
model does not flood the window. Cancelling here cancels there.
"""

import asyncio
import concurrent.futures
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Protocol, TypeVar, cast

from PySide6.QtCore import QObject, Signal

from node.core.errors import NodeStoppedError
from node.core.events import (
    BalanceChanged,
    ClientsChanged,
    HealthChanged,
    LocalModelsChanged,
    MarketChanged,
    NodeEvent,
    ProviderServed,
    SessionChanged,
    TransactionChanged,
    WalletChanged,
)
from node.service import api
from node.service.api import NodeService

FRAME_S = 0.03
_STREAM_CLOSE_S = 5.0
_T = TypeVar("_T")


class NodeLink(Protocol):
    """What the bridge needs of `node.host.NodeThread`."""

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]": ...


class BridgedNode(NodeService):
    """`NodeService` for the window's loop. Calls made before the node runs wait for it.

    `started` is what `NodeThread.start` returned. Raises from any method: what the node raised, the
    error that kept it from starting, NodeStoppedError after it stopped.
    """

    def __init__(self, link: NodeLink, started: "concurrent.futures.Future[NodeService]") -> None:
        door = _Door(link, started)
        self._wallet = cast(api.WalletApi, _Group(door, "wallet", api.WalletApi))
        self._market = cast(api.MarketApi, _Group(door, "market", api.MarketApi))
        self._sessions = cast(api.SessionsApi, _Group(door, "sessions", api.SessionsApi))
        self._chat = cast(api.ChatApi, _Group(door, "chat", api.ChatApi))
        self._provider = cast(api.ProviderApi, _Group(door, "provider", api.ProviderApi))
        self._local = cast(api.LocalModelsApi, _Group(door, "local", api.LocalModelsApi))
        self._chain = cast(api.ChainApi, _Group(door, "chain", api.ChainApi))
        self._agents = cast(api.AgentsApi, _Group(door, "agents", api.AgentsApi))
        self._clients = cast(api.ClientsApi, _Group(door, "clients", api.ClientsApi))
        self._system = cast(api.SystemApi, _Group(door, "system", api.SystemApi))

    @property
    def wallet(self) -> api.WalletApi:
        return self._wallet

    @property
    def market(self) -> api.MarketApi:
        return self._market

    @property
    def sessions(self) -> api.SessionsApi:
        return self._sessions

    @property
    def chat(self) -> api.ChatApi:
        return self._chat

    @property
    def provider(self) -> api.ProviderApi:
        return self._provider

    @property
    def local(self) -> api.LocalModelsApi:
        return self._local

    @property
    def chain(self) -> api.ChainApi:
        return self._chain

    @property
    def agents(self) -> api.AgentsApi:
        return self._agents

    @property
    def clients(self) -> api.ClientsApi:
        return self._clients

    @property
    def system(self) -> api.SystemApi:
        return self._system


class _Door:
    """The way to the node's thread."""

    def __init__(self, link: NodeLink, started: "concurrent.futures.Future[NodeService]") -> None:
        self._link = link
        self._started = started

    async def node(self) -> NodeService:
        if not self._started.done():
            # A caller that gives up must not cancel the start for everybody.
            loop, opened = asyncio.get_running_loop(), asyncio.Event()
            self._started.add_done_callback(lambda _: _tell(loop, opened.set))
            await opened.wait()
        return self._started.result()

    async def call(self, group: str, name: str, args: Any, kwargs: Any) -> Any:
        node = await self.node()
        return await _outcome(self._link.submit(_invoke(node, group, name, args, kwargs)))

    async def stream(
        self, group: str, name: str, args: Any, kwargs: Any
    ) -> AsyncGenerator[Any, None]:
        node = await self.node()
        inbox = _Inbox(asyncio.get_running_loop())
        pump = self._link.submit(_pump(node, group, name, args, kwargs, inbox))
        try:
            while (batch := await inbox.batch()) is not None:
                for item in batch:
                    yield item
            await _outcome(pump)
        finally:
            pump.cancel()
            await inbox.closed(_STREAM_CLOSE_S)


class _Group:
    """All methods of one group of the facade, found by name."""

    def __init__(self, door: _Door, name: str, protocol: type) -> None:
        self._door = door
        self._name = name
        self._protocol = protocol

    def __getattr__(self, method: str) -> Callable[..., Any]:
        # Also what the protocol has from another one, as that of the wallet does.
        declared = inspect.getattr_static(self._protocol, method, None)
        if not inspect.isfunction(declared) or method.startswith("_"):
            raise AttributeError(f"the facade has no {self._name}.{method}")
        hop = self._door.call if inspect.iscoroutinefunction(declared) else self._door.stream

        def bound(*args: Any, **kwargs: Any) -> Any:
            return hop(self._name, method, args, kwargs)

        return bound


class _Inbox:
    """Carries the items of one stream from the node's loop to the window's, a batch per frame."""

    def __init__(self, window: asyncio.AbstractEventLoop) -> None:
        self._window = window
        self._batches: asyncio.Queue[list[Any] | None] = asyncio.Queue()
        self._closed = asyncio.Event()
        self._began = False
        self._waiting: list[Any] = []
        self._timer: asyncio.TimerHandle | None = None
        self._last_s = 0.0

    async def batch(self) -> list[Any] | None:
        """The next items, None at the end. Called in the window's loop."""
        return await self._batches.get()

    async def closed(self, limit_s: float) -> None:
        """Wait until the node's side is done, in the window's loop.

        A stream that was cancelled before its first step has nothing to wait for.
        """
        if not self._began:
            return
        try:
            await asyncio.wait_for(self._closed.wait(), limit_s)
        except TimeoutError as error:
            raise NodeStoppedError("The node did not end an answer in time.") from error

    def begin(self) -> None:
        """Called in the node's loop."""
        self._began = True

    def put(self, item: Any) -> None:
        """Called in the node's loop."""
        self._waiting.append(item)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            delay = max(0.0, self._last_s + FRAME_S - loop.time())
            self._timer = loop.call_later(delay, self._flush)

    def end(self) -> None:
        """Called in the node's loop, once, whatever happened."""
        if self._timer is not None:
            self._timer.cancel()
        self._flush()
        _tell(self._window, lambda: self._batches.put_nowait(None))
        _tell(self._window, self._closed.set)

    def _flush(self) -> None:
        batch, self._waiting, self._timer = self._waiting, [], None
        self._last_s = asyncio.get_running_loop().time()
        if batch:
            _tell(self._window, lambda: self._batches.put_nowait(batch))


async def _outcome(future: "concurrent.futures.Future[_T]") -> _T:
    """Wait for the node's side. Its own end is an error here, unlike a cancelled caller."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise NodeStoppedError("The node has stopped.") from error


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)


async def _invoke(node: NodeService, group: str, name: str, args: Any, kwargs: Any) -> Any:
    return await getattr(getattr(node, group), name)(*args, **kwargs)


async def _pump(
    node: NodeService, group: str, name: str, args: Any, kwargs: Any, inbox: _Inbox
) -> None:
    inbox.begin()
    try:
        async with aclosing(getattr(getattr(node, group), name)(*args, **kwargs)) as events:
            async for event in events:
                inbox.put(event)
    finally:
        inbox.end()


class NodeSignals(QObject):
    """The node's events as Qt signals, in the window's thread.

    Signals of classes that carry data hand over the event.
    """

    balance_changed = Signal()
    wallet_changed = Signal()
    market_changed = Signal()
    local_models_changed = Signal()
    health_changed = Signal(object)
    session_changed = Signal(object)
    transaction_changed = Signal(object)
    provider_served = Signal(object)
    clients_changed = Signal()

    async def run(self, node: NodeService) -> None:
        """Re-emit the node's events until cancelled."""
        async with aclosing(node.system.events()) as events:
            async for event in events:
                self.emit_event(event)

    def emit_event(self, event: NodeEvent) -> None:
        match event:
            case BalanceChanged():
                self.balance_changed.emit()
            case WalletChanged():
                self.wallet_changed.emit()
            case MarketChanged():
                self.market_changed.emit()
            case LocalModelsChanged():
                self.local_models_changed.emit()
            case HealthChanged():
                self.health_changed.emit(event)
            case SessionChanged():
                self.session_changed.emit(event)
            case TransactionChanged():
                self.transaction_changed.emit(event)
            case ProviderServed():
                self.provider_served.emit(event)
            case ClientsChanged():
                self.clients_changed.emit()
            case _:
                raise TypeError(f"the window has no signal for {type(event).__name__}")
