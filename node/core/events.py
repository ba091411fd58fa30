"""What happened inside the node, as frozen classes, and the bus that carries them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

QUEUE_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEvent:
    """Base of all events. Events say what happened; they never ask for something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEvent(NodeEvent):
    """An event that only says "look again": when a subscriber lags, older ones may be dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChanged(StateEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletChanged(StateEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketChanged(StateEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModelsChanged(StateEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsChanged(StateEvent):
    """Users of the API, their requests or their allowances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChanged(StateEvent):
    component: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(NodeEvent):
    """A session moved to another state of its life; `session_id` is empty before it is open."""

    intent_id: str
    session_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionChanged(NodeEvent):
    tx_hash: str
    status: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderServed(NodeEvent):
    """Our provider side finished a prompt."""

    session_id: str
    output_tokens: int


class Subscription:
    """Queue of one subscriber. Iterate it, or await `get`."""

    def __init__(self) -> None:
        self._queue: list[NodeEvent] = []
        self._wake = asyncio.Event()
        self.dropped = 0

    def put(self, event: NodeEvent) -> None:
        if len(self._queue) >= QUEUE_LIMIT:
            for index, old in enumerate(self._queue):
                if isinstance(old, StateEvent):
                    del self._queue[index]
                    self.dropped += 1
                    break
        self._queue.append(event)
        self._wake.set()

    async def get(self) -> NodeEvent:
        while not self._queue:
            self._wake.clear()
            await self._wake.wait()
        return self._queue.pop(0)

    async def __aiter__(self) -> AsyncIterator[NodeEvent]:
        while True:
            yield await self.get()


class EventBus:
    """Delivers each event to every subscriber. Lives on one event loop; not thread-safe."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def publish(self, event: NodeEvent) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        subscription = Subscription()
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)
