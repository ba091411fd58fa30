"""Background work of the window, on the loop that Qt and asyncio share."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from node.core.errors import NodeError
from node.core.tasks import TaskScope

_T = TypeVar("_T")


class GuiTasks:
    """Keeps the tasks of the window: named, logged when they fail, cancelled on close.

    Presenters hold a `GuiTasks`, tasks hold the presenter, never a widget.
    """

    def __init__(self, name: str = "window") -> None:
        self._scope = TaskScope(name)

    def spawn(self, coroutine: Coroutine[Any, Any, _T], name: str) -> "asyncio.Task[_T]":
        """Start `coroutine` now. Raises RuntimeError after `aclose`."""
        return self._scope.spawn(coroutine, name=name)

    def attempt(
        self,
        coroutine: Coroutine[Any, Any, _T],
        name: str,
        *,
        failed: Callable[[NodeError], None],
        done: Callable[[_T], None] | None = None,
    ) -> "asyncio.Task[None]":
        """Start `coroutine`; hand its result to `done`, an expected failure to `failed`."""
        task = self.spawn(_attempt(coroutine, failed, done), name)
        # One that is cancelled before its first step would leave `coroutine` never awaited.
        task.add_done_callback(lambda _task: coroutine.close())
        return task

    def cancel_all(self) -> None:
        self._scope.cancel_all()

    async def aclose(self) -> None:
        """Cancel everything and wait for it."""
        await self._scope.aclose()


class Refresh(Generic[_T]):
    """Reads something again and again, never twice at a time; a call during a read reads once more.

    Call it after each event that may have changed what `read` returns.
    """

    def __init__(
        self,
        tasks: GuiTasks,
        read: Callable[[], Coroutine[Any, Any, _T]],
        name: str,
        *,
        done: Callable[[_T], None],
        failed: Callable[[NodeError], None],
    ) -> None:
        self._tasks = tasks
        self._read = read
        self._name = name
        self._done = done
        self._failed = failed
        self._running = False
        self._again = False

    def __call__(self) -> None:
        if self._running:
            self._again = True
            return
        self._running = True
        self._tasks.spawn(self._run(), self._name)

    async def _run(self) -> None:
        try:
            while True:
                self._again = False
                await _attempt(self._read(), self._failed, self._done)
                if not self._again:
                    return
        finally:
            self._running = False


async def _attempt(
    coroutine: Coroutine[Any, Any, _T],
    failed: Callable[[NodeError], None],
    done: Callable[[_T], None] | None,
) -> None:
    try:
        result = await coroutine
    except NodeError as error:
        failed(error)
        return
    if done is not None:
        done(result)
