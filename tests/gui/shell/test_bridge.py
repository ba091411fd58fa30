"""The bridge between the window's loop and the node's, with a node that really has a thread."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import BridgedNode, NodeSignals
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeStoppedError, WrongPasswordError
from node.core.events import BalanceChanged, SessionChanged
from node.service.api import NodeService, WalletApi
from node.service.dto import ChatEvent, ChatMessage, ChatRequest, ChatTarget, TextDelta
from tests.fakes.fake_node import FakeNode

_T = TypeVar("_T")
PIECES = 2000


class Thread:
    """A loop in a thread of its own, as `node.host` runs the node."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.started: concurrent.futures.Future[NodeService] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]":
        if not self.loop.is_running():
            coroutine.close()
            raise NodeStoppedError("The node is not running.")
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def on_loop(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    async def _others(self) -> set[str]:
        current = asyncio.current_task()
        return {task.get_name() for task in asyncio.all_tasks() if task is not current}

    def leftovers(self) -> set[str]:
        return self.on_loop(self._others())

    async def _cancel_all(self) -> None:
        current = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not current]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def cancel_all(self) -> None:
        self.on_loop(self._cancel_all())

    def stop(self) -> None:
        self.cancel_all()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


@pytest.fixture
def thread() -> Iterator[Thread]:
    running = Thread()
    yield running
    running.stop()


def bridged(thread: Thread, node: FakeNode) -> BridgedNode:
    thread.started.set_result(node)
    return BridgedNode(thread, thread.started)


def turn() -> ChatRequest:
    return ChatRequest(
        target=ChatTarget(kind="local", id="local-qwen"),
        messages=(ChatMessage(role="user", content="hello"),),
    )


def test_a_call_runs_on_the_other_thread_and_brings_its_result(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    task = tasks.spawn(node.wallet.overview(), "overview")
    qtbot.waitUntil(task.done)
    assert task.result() == fake_node.world.overview


def test_what_the_node_raises_arrives_as_it_is(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    failures: list[object] = []
    tasks.attempt(node.wallet.unlock("guess"), "unlock", failed=failures.append)
    qtbot.waitUntil(lambda: len(failures) == 1)
    assert isinstance(failures[0], WrongPasswordError)
    assert str(failures[0]) == "This password is wrong."


def test_calls_before_the_start_wait_for_it(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = BridgedNode(thread, thread.started)
    impatient = tasks.spawn(node.wallet.status(), "impatient")
    patient = tasks.spawn(node.wallet.status(), "patient")
    turns: list[None] = []
    asyncio.get_running_loop().call_soon(lambda: turns.append(None))
    qtbot.waitUntil(lambda: len(turns) == 1)
    impatient.cancel()
    qtbot.waitUntil(impatient.done)
    assert not patient.done()
    thread.started.set_result(fake_node)
    qtbot.waitUntil(patient.done)
    assert patient.result().address == fake_node.world.wallet.address


def test_a_failed_start_reaches_every_caller(thread: Thread, tasks: GuiTasks, qtbot: QtBot) -> None:
    node = BridgedNode(thread, thread.started)
    failures: list[object] = []
    for _ in range(2):
        tasks.attempt(node.system.status(), "status", failed=failures.append)
    thread.started.set_exception(NodeStoppedError("No."))
    qtbot.waitUntil(lambda: len(failures) == 2)


def test_a_stream_arrives_complete_and_in_order(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.answer = [TextDelta(text=f"{number} ") for number in range(PIECES)]
    node = bridged(thread, fake_node)

    async def read() -> list[ChatEvent]:
        found: list[ChatEvent] = []
        async with aclosing(node.chat.send(turn())) as events:
            async for event in events:
                found.append(event)
        return found

    task = tasks.spawn(read(), "read")
    qtbot.waitUntil(task.done)
    texts = [event.text for event in task.result() if isinstance(event, TextDelta)]
    assert texts == [f"{number} " for number in range(PIECES)]
    assert thread.leftovers() == set()


def test_leaving_a_stream_stops_it_in_the_node(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    fake_node.hold("chat.delta")

    async def first() -> ChatEvent:
        async with aclosing(node.chat.send(turn())) as events:
            return await anext(events)

    task = tasks.spawn(first(), "first")
    qtbot.waitUntil(task.done)
    assert thread.leftovers() == set()
    assert fake_node.world.chats[-1].messages[-1].status == "partial"


def test_cancelling_the_reader_stops_the_stream_in_the_node(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    fake_node.hold("chat.delta")
    seen: list[ChatEvent] = []

    async def read() -> None:
        async with aclosing(node.chat.send(turn())) as events:
            async for event in events:
                seen.append(event)

    task = tasks.spawn(read(), "read")
    qtbot.waitUntil(lambda: len(seen) == 1)
    task.cancel()
    qtbot.waitUntil(task.done)
    assert task.cancelled()
    assert thread.leftovers() == set()


def test_a_node_that_stops_ends_calls_and_streams_with_words(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    fake_node.hold("wallet.status")
    fake_node.hold("chat.delta")
    failures: list[object] = []

    async def read() -> None:
        async with aclosing(node.chat.send(turn())) as events:
            async for _ in events:
                pass

    tasks.attempt(node.wallet.status(), "status", failed=failures.append)
    tasks.attempt(read(), "read", failed=failures.append)
    qtbot.waitUntil(lambda: {"wallet.status", "chat.delta"} <= {n for n, _ in fake_node.calls})
    thread.cancel_all()
    qtbot.waitUntil(lambda: len(failures) == 2)
    assert all(isinstance(failure, NodeStoppedError) for failure in failures)


def test_events_become_signals(
    thread: Thread, tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    node = bridged(thread, fake_node)
    signals = NodeSignals()
    tasks.spawn(signals.run(node), "events")
    qtbot.waitUntil(lambda: bool(fake_node.called("system.events")))

    async def publish() -> None:
        fake_node.publish(BalanceChanged())
        fake_node.publish(SessionChanged(intent_id="i", session_id="0x1", state="active"))

    with qtbot.waitSignals([signals.balance_changed, signals.session_changed]):
        thread.on_loop(publish())


def test_every_event_of_the_node_has_a_signal() -> None:
    from node.core import events

    signals = NodeSignals()
    kinds = [
        kind
        for kind in vars(events).values()
        if isinstance(kind, type)
        and issubclass(kind, events.NodeEvent)
        and kind not in {events.NodeEvent, events.StateEvent}
    ]
    for kind in kinds:
        blank = {name: "" for name in kind.__dataclass_fields__}
        signals.emit_event(kind(**blank))
    assert len(kinds) >= 8


def test_the_bridge_offers_what_the_facade_offers(thread: Thread) -> None:
    node = BridgedNode(thread, thread.started)
    assert callable(node.sessions.preview_stop)
    with pytest.raises(AttributeError):
        _ = node.wallet.empty_it  # type: ignore[attr-defined]


def test_the_bridge_offers_what_the_wallet_has_from_other_protocols(thread: Thread) -> None:
    node = BridgedNode(thread, thread.started)
    ours = [protocol for protocol in WalletApi.__mro__ if protocol.__module__.startswith("node.")]
    names = {name for protocol in ours for name in vars(protocol) if not name.startswith("_")}
    assert {"unlock", "backup_challenge", "send"} <= names
    for name in names:
        assert callable(getattr(node.wallet, name))
