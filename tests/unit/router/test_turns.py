"""Queues: order within a session, fairness between users, bounds, and those who leave."""

import asyncio

import pytest

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.tasks import TaskScope
from node.core.units import UnixSeconds
from node.router.turns import LEAST_QUEUE, QUEUE_PER_SESSION, ModelQueue, PromptTurns
from node.store.session_stats import ServedSession
from node.wire.refusals import NO_CAPACITY, Refusal
from tests.support.wire_pair import until

MODEL = ModelId(b"\x01" * 32)


def session(number: int, user: int) -> ServedSession:
    return ServedSession(
        session_id=SessionId(bytes(31) + bytes([number])),
        user=Address(bytes(19) + bytes([user])),
        model_id=MODEL,
        bid_id=BidId(b"\x02" * 32),
        opened_at=UnixSeconds(0),
        ends_at=UnixSeconds(2**40),
        closed_at=UnixSeconds(0),
    )


class Table:
    """Prompts that hold their place until they are told to go; `order` is who got one."""

    def __init__(self, scope: TaskScope, places: int, longest_wait_s: float = 60.0) -> None:
        self._scope = scope
        self._places = places
        self.turns = PromptTurns(longest_wait_s)
        self.order: list[str] = []
        self._go: dict[str, asyncio.Event] = {}

    def ask(self, name: str, of: ServedSession) -> asyncio.Task[None]:
        self._go[name] = asyncio.Event()
        return self._scope.spawn(self._hold(name, of), name=name)

    async def _hold(self, name: str, of: ServedSession) -> None:
        async with self.turns.take(of, self._places):
            self.order.append(name)
            await self._go[name].wait()

    async def finish(self, name: str, *, then: int) -> None:
        """End one prompt and wait until `then` prompts have had a place in all."""
        self._go[name].set()
        await until(lambda: len(self.order) == then)


async def refusal_of(task: asyncio.Task[None]) -> str:
    with pytest.raises(Refusal) as caught:
        async with asyncio.timeout(5):
            await task
    return caught.value.message


async def test_prompts_of_one_session_run_in_order_and_a_sixth_is_refused() -> None:
    async with TaskScope("test") as scope:
        table = Table(scope, places=0)
        one = session(1, 1)
        tasks = [table.ask(str(number), one) for number in range(QUEUE_PER_SESSION + 2)]
        assert await refusal_of(tasks[-1]) == NO_CAPACITY
        for number in range(QUEUE_PER_SESSION):
            assert table.order == [str(item) for item in range(number + 1)]
            await table.finish(str(number), then=number + 2)


async def test_a_busy_user_does_not_starve_another_one() -> None:
    """Six sessions of one user wait for the only place; the other user's turn comes second."""
    async with TaskScope("test") as scope:
        table = Table(scope, places=1)
        for number in range(6):
            table.ask(f"busy{number}", session(number, 1))
        await until(lambda: table.turns.waiting(MODEL) == 5)
        table.ask("other", session(20, 2))
        await until(lambda: table.turns.waiting(MODEL) == 6)
        await table.finish("busy0", then=2)
        await table.finish("busy1", then=3)
        assert table.order == ["busy0", "busy1", "other"]
        await table.finish("other", then=4)
        assert table.order[-1] == "busy2"


async def test_no_more_prompts_run_than_the_model_has_places() -> None:
    async with TaskScope("test") as scope:
        table = Table(scope, places=2)
        for number in range(5):
            table.ask(str(number), session(number, number))
        await until(lambda: table.turns.waiting(MODEL) == 3)
        assert table.order == ["0", "1"]
        await table.finish("1", then=3)
        assert table.order == ["0", "1", "2"]


async def test_who_leaves_gives_up_his_place_in_the_queue() -> None:
    async with TaskScope("test") as scope:
        table = Table(scope, places=1)
        table.ask("first", session(1, 1))
        leaver = table.ask("leaver", session(2, 2))
        table.ask("last", session(3, 3))
        await until(lambda: table.turns.waiting(MODEL) == 2)
        leaver.cancel()
        await until(lambda: table.turns.waiting(MODEL) == 1)
        await table.finish("first", then=2)
        assert table.order == ["first", "last"]
        await table.finish("last", then=2)


async def test_a_turn_that_comes_to_somebody_who_just_left_goes_on() -> None:
    queue = ModelQueue()
    holder, leaver, last = (Address(bytes(19) + bytes([number])) for number in (1, 2, 3))
    got = asyncio.Event()

    async def wait_for(user: Address, served: asyncio.Event | None = None) -> None:
        async with queue.place(user, 1):
            if served is not None:
                served.set()

    async with TaskScope("test") as scope:
        async with queue.place(holder, 1):
            leaving = scope.spawn(wait_for(leaver), name="leaver")
            scope.spawn(wait_for(last, got), name="last")
            await until(lambda: queue.waiting == 2)
        # The turn is given, its taker has not run yet.
        leaving.cancel()
        async with asyncio.timeout(5):
            await got.wait()
    assert queue.is_idle


async def test_the_queue_of_a_model_is_bounded() -> None:
    async with TaskScope("test") as scope:
        table = Table(scope, places=1)
        for number in range(LEAST_QUEUE + 1):
            table.ask(str(number), session(number, number))
        await until(lambda: table.turns.waiting(MODEL) == LEAST_QUEUE)
        assert await refusal_of(table.ask("late", session(99, 99))) == NO_CAPACITY


async def test_nobody_waits_for_ever() -> None:
    async with TaskScope("test") as scope:
        table = Table(scope, places=1, longest_wait_s=0.05)
        table.ask("first", session(1, 1))
        assert await refusal_of(table.ask("second", session(2, 2))) == NO_CAPACITY
        assert table.turns.waiting(MODEL) == 0
