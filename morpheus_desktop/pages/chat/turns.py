"""One chat's conversation: lines, the answer under way, one queued message."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.errors import Presented, present_turn
from morpheus_desktop.pages.chat.lines import Line, finished_text, request_messages, stored_lines
from morpheus_desktop.pages.chat.targets import Target
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import (
    ChatEvent,
    ChatHistory,
    ChatRequest,
    ChatTarget,
    TextDelta,
    TurnFinished,
    TurnNotice,
    TurnStarted,
)

STOPPED = "stopped"
WAIT_MS = 60_000
"""After so long without a first word it is said, again and again."""


class Turns(QObject):
    """Sends turns and keeps the lines. At most one answer runs, at most one message waits.

    Signals: `replaced()` all lines are new; `line_added(Line)`; `text_arrived(id, text)`;
    `line_finished(id, stats)`; `line_failed(id, Presented, NodeError)`; `noticed(id, text)`;
    `queue_changed(text)`; `streaming_changed(bool)`; `stored(chat_id)` the node keeps this chat.
    """

    replaced = Signal()
    line_added = Signal(object)
    text_arrived = Signal(str, str)
    line_finished = Signal(str, str)
    line_failed = Signal(str, object, object)
    noticed = Signal(str, str)
    queue_changed = Signal(str)
    streaming_changed = Signal(bool)
    stored = Signal(str)

    def __init__(self, node: NodeService, tasks: GuiTasks, time: ChainTime) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._time = time
        self._task: asyncio.Task[None] | None = None
        self._count = 0
        self._notice = ""
        self._queued: tuple[str, Target] | None = None
        self._waited_s = 0
        self.patience = QTimer(self, interval=WAIT_MS)
        self.patience.timeout.connect(self._still_waiting)
        self.chat_id = ""
        self.lines: list[Line] = []

    @property
    def is_streaming(self) -> bool:
        return self._task is not None

    def show(self, history: ChatHistory | None) -> None:
        """Show a stored chat, or an empty new one. An answer under way is stopped and kept."""
        self._unqueue()
        self.stop()
        self.chat_id = history.chat.id if history is not None else ""
        self.lines = stored_lines(history) if history is not None else []
        self.replaced.emit()

    def send(self, text: str, target: Target) -> None:
        """Send a message, or queue it behind the answer under way."""
        if self.is_streaming:
            self._queued = (text, target)
            self.queue_changed.emit(text)
            return
        self._add(Line(id=self._next("u"), role="user", text=text, created_at=self._time.now()))
        self._answer(target)

    def retry(self, target: Target) -> bool:
        """Ask the last question again; its answer is replaced. False when there is none."""
        if self.is_streaming:
            return False
        kept = len(self.lines)
        while kept and self.lines[kept - 1].role == "assistant":
            kept -= 1
        if not kept:
            return False
        self.lines = self.lines[:kept]
        self.replaced.emit()
        self._answer(target, again=True)
        return True

    def stop(self) -> None:
        """Stop the answer under way; what arrived stays."""
        if self._task is None:
            return
        self._task.cancel()
        self._end(stats=STOPPED)

    def take_queued(self) -> str:
        """The queued message, which is then no longer queued."""
        text = self._queued[0] if self._queued is not None else ""
        self._unqueue()
        return text

    def _answer(self, target: Target, *, again: bool = False) -> None:
        self._notice = ""
        messages = request_messages(self.lines)
        line = Line(
            id=self._next("a"),
            role="assistant",
            text="",
            name=target.name,
            key=target.model_id,
            created_at=self._time.now(),
        )
        self._add(line)
        request = ChatRequest(
            target=ChatTarget(kind="local" if target.kind == "local" else "session", id=target.id),
            messages=messages,
            chat_id=self.chat_id,
            again=again,
        )
        self._task = self._tasks.spawn(self._run(line.id, request), "turn")
        self._waited_s = 0
        self.patience.start()
        self.streaming_changed.emit(True)

    async def _run(self, line_id: str, request: ChatRequest) -> None:
        task = asyncio.current_task()
        try:
            async with aclosing(self._node.chat.send(request)) as events:
                async for event in events:
                    if self._task is task:
                        self._take(line_id, event)
        except NodeError as error:
            if self._task is task:
                self._fail(line_id, present_turn(error), error)
            return
        if self._task is task:
            self._end(stats="")

    def _take(self, line_id: str, event: ChatEvent) -> None:
        match event:
            case TurnStarted(chat_id=chat_id):
                self.chat_id = chat_id
                self.stored.emit(chat_id)
            case TextDelta(text=text):
                self._heard(line_id)
                line = self.lines[-1]
                self.lines[-1] = replace(line, text=line.text + text)
                self.text_arrived.emit(line_id, text)
            case TurnNotice(text=text):
                self._notice = text
                self.noticed.emit(line_id, text)
            case TurnFinished():
                self._end(stats=finished_text(event))

    def _still_waiting(self) -> None:
        self._waited_s += WAIT_MS // 1000
        words = f"Still waiting ({self._waited_s} s). Stop ends the wait."
        self.noticed.emit(self.lines[-1].id, f"{self._notice} {words}".strip())

    def _heard(self, line_id: str) -> None:
        """The first word has come: nothing is said about waiting any more."""
        self.patience.stop()
        if self._waited_s:
            self._waited_s = 0
            self.noticed.emit(line_id, self._notice)

    def _end(self, *, stats: str) -> None:
        self._task = None
        self.patience.stop()
        stats = " · ".join(part for part in (self._notice.rstrip("."), stats) if part)
        self.lines[-1] = replace(self.lines[-1], stats=stats)
        self.line_finished.emit(self.lines[-1].id, stats)
        self.streaming_changed.emit(False)
        self._send_queued()

    def _fail(self, line_id: str, words: Presented, error: NodeError) -> None:
        self._task = None
        self.patience.stop()
        self.lines[-1] = replace(self.lines[-1], error=words.title)
        self.line_failed.emit(line_id, words, error)
        self.streaming_changed.emit(False)

    def _send_queued(self) -> None:
        if self._queued is not None:
            text, target = self._queued
            self._unqueue()
            self.send(text, target)

    def _unqueue(self) -> None:
        if self._queued is not None:
            self._queued = None
            self.queue_changed.emit("")

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self.line_added.emit(line)

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"
