"""Whose prompt runs next: one at a time per session, and fairly between the users of a model."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from node.core.ids import Address, ModelId, SessionId
from node.store.session_stats import ServedSession
from node.wire.refusals import NO_CAPACITY, Refusal

QUEUE_PER_SESSION = 4
LONGEST_WAIT_S = 60.0
LEAST_QUEUE = 16
QUEUE_PER_PLACE = 4


class ModelQueue:
    """Places of one model's back end. Users that wait take turns, each in its own order."""

    def __init__(self, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._longest_wait_s = longest_wait_s
        self._places = 0
        self._running = 0
        self._waiting: OrderedDict[Address, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(line) for line in self._waiting.values())

    @property
    def is_idle(self) -> bool:
        return not self._running and not self._waiting

    @asynccontextmanager
    async def place(self, user: Address, places: int) -> AsyncGenerator[None, None]:
        """A place for one prompt; `places` 0 means without limit.

        Raises:
            Refusal: too many wait, or the turn did not come in time.
        """
        self._places = places
        if places and (self._running >= places or self._waiting):
            await self._turn(user)
        else:
            self._running += 1
        try:
            yield
        finally:
            self._leave()

    async def _turn(self, user: Address) -> None:
        if self.waiting >= max(LEAST_QUEUE, QUEUE_PER_PLACE * self._places):
            raise Refusal(NO_CAPACITY)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await turn
        except TimeoutError as error:
            self._give_up(user, turn)
            raise Refusal(NO_CAPACITY) from error
        except asyncio.CancelledError:
            self._give_up(user, turn)
            raise

    def _give_up(self, user: Address, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            # The turn came in the same moment: the next one gets it.
            self._leave()
            return
        line = self._waiting.get(user)
        if line is not None and turn in line:
            line.remove(turn)
            if not line:
                del self._waiting[user]

    def _leave(self) -> None:
        self._running -= 1
        while self._waiting and (not self._places or self._running < self._places):
            user, line = self._waiting.popitem(last=False)
            turn = line.popleft()
            if line:
                self._waiting[user] = line
            if not turn.done():
                self._running += 1
                turn.set_result(None)


class PromptTurns:
    """The queues of all sessions and models of one provider. One event loop only."""

    def __init__(self, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._longest_wait_s = longest_wait_s
        self._locks: dict[SessionId, asyncio.Lock] = {}
        self._asked: dict[SessionId, int] = {}
        self._models: dict[ModelId, ModelQueue] = {}

    def waiting(self, model_id: ModelId) -> int:
        """Prompts of the model that wait for a place of its back end."""
        queue = self._models.get(model_id)
        return queue.waiting if queue is not None else 0

    @asynccontextmanager
    async def take(self, session: ServedSession, places: int) -> AsyncGenerator[None, None]:
        """The session's turn and a place of its model; given back on exit.

        Raises:
            Refusal: four prompts of the session wait already, the model's queue is full, or no
                place was free in time.
        """
        key = session.session_id
        asked = self._asked.get(key, 0)
        if asked > QUEUE_PER_SESSION:
            raise Refusal(NO_CAPACITY)
        self._asked[key] = asked + 1
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock, self._place(session, places):
                yield
        finally:
            self._asked[key] -= 1
            if not self._asked[key]:
                del self._asked[key], self._locks[key]

    @asynccontextmanager
    async def _place(self, session: ServedSession, places: int) -> AsyncGenerator[None, None]:
        model_id = session.model_id
        queue = self._models.setdefault(model_id, ModelQueue(self._longest_wait_s))
        try:
            async with queue.place(session.user, places):
                yield
        finally:
            if queue.is_idle:
                self._models.pop(model_id, None)
