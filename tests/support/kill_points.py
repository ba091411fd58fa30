"""Finds every await of an act and kills the process at a chosen one.

An act is driven coroutine by coroutine: each time it, or a task it started, hands control back to
the event loop and each time it gets control again is a point, named by the chain of the node's own
lines that wait. So are all `fault_point`s, which include both sides of every commit.
"""

import asyncio
import gc
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

import node
import node.core.faults

ROOT = Path(node.__file__).parent
END = "the act is over"
_COMMIT = 4
_T = TypeVar("_T")
_driven: ContextVar[bool] = ContextVar("driven", default=False)


class Points:
    """Counts the passes of each point; `seen` is told of each as `label#pass`."""

    def __init__(self, seen: Callable[[str], None]) -> None:
        self._seen = seen
        self._passes: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._on = False

    def passed(self, label: str) -> None:
        """Called from the event loop, and by `fault_point` from any thread."""
        if not self._on:
            return
        with self._lock:
            self._passes[label] += 1
            self._seen(f"{label}#{self._passes[label]}")

    async def drive(self, act: Coroutine[Any, Any, _T]) -> _T:
        """Carry out `act`, with every await of it and of the tasks it starts as a point."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._task)
        node.core.faults._fault = self  # type: ignore[assignment]
        self._on = True
        token = _driven.set(True)
        try:
            return await loop.create_task(act)
        finally:
            _driven.reset(token)
            self._on = False

    def _task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any
    ) -> "asyncio.Task[Any]":
        if _driven.get():
            coroutine = _counted(coroutine, self.passed)
        return asyncio.Task(coroutine, loop=loop, **more)


async def _counted(coroutine: Coroutine[Any, Any, _T], passed: Callable[[str], None]) -> _T:
    return await _Steps(coroutine, passed)


class _Steps:
    """Hands on what the coroutine waits for, step by step."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], passed: Callable[[str], None]) -> None:
        self._coroutine = coroutine
        self._passed = passed

    def __await__(self) -> Generator[Any, Any, Any]:
        error: BaseException | None = None
        while True:
            try:
                awaited = (
                    self._coroutine.send(None) if error is None else self._coroutine.throw(error)
                )
            except StopIteration as result:
                return result.value
            error = None
            line = waiting_line(self._coroutine)
            self._passed(f"waits {line}")
            try:
                yield awaited
            except BaseException as raised:
                error = raised
            self._passed(f"goes on {line}")


def waiting_line(coroutine: Any) -> str:
    """The node's own frames from the outermost to the one that waits."""
    lines: list[str] = []
    while coroutine is not None:
        frame, inner = _frame_and_inner(coroutine)
        if frame is not None:
            file = Path(frame.f_code.co_filename)
            if file.is_relative_to(ROOT):
                lines.append(f"{file.stem}.{frame.f_code.co_name}:{frame.f_lineno}")
        coroutine = inner
    return " > ".join(lines)


def _frame_and_inner(waiting: Any) -> tuple[Any, Any]:
    for prefix, inner in (("cr", "cr_await"), ("ag", "ag_await"), ("gi", "gi_yieldfrom")):
        if hasattr(waiting, inner):
            return getattr(waiting, f"{prefix}_frame"), getattr(waiting, inner)
    # A step of an async generator, or what `__await__` of a coroutine gives, shows its inside only
    # to the garbage collector.
    for held in gc.get_referents(waiting):
        if isinstance(held, AsyncGenerator | Coroutine):
            return None, held
    return None, None


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killer(point: str) -> Callable[[str], None]:
    def seen(found: str) -> None:
        if found == point:
            die()

    return seen


class Record:
    """All points of an act in their order, for a life that may go on to its end."""

    def __init__(self) -> None:
        self.points: list[str] = []

    def seen(self, point: str) -> None:
        self.points.append(point)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([*self.points, END]), "utf-8")


def chosen(points: Sequence[str], number: int) -> list[str]:
    """`number` of `points`, evenly spread: most of them between the signature and the note that it
    was sent, where money is at stake; then one pass of every other place; then further passes."""
    risky = _risky(points)
    rest = [point for point in points if point not in risky]
    first = [point for point in rest if point.endswith("#1") or point == END]
    again = [point for point in rest if not (point.endswith("#1") or point == END)]
    found = spread(risky, number * 3 // 5)
    found += spread(first, number - len(found))
    return found + spread(again, number - len(found))


def _risky(points: Sequence[str]) -> list[str]:
    found: list[str] = []
    sending = False
    for index, point in enumerate(points):
        if ".signed.after#" in point:
            # The commit before it, too.
            found += points[max(0, index - _COMMIT) : index]
            sending = True
        if sending:
            found.append(point)
        sending = sending and ".sent.after#" not in point
    return found


def spread(points: Sequence[str], number: int) -> list[str]:
    if len(points) <= number:
        return list(points)
    return [points[index * len(points) // number] for index in range(number)]
