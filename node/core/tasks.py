"""Background tasks that are kept, named, logged when they fail and cancelled together."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
_log = logging.getLogger("node.tasks")


class TaskScope:
    """Owner of background tasks. Leaving the scope (or `aclose`) cancels what still runs and waits
    for it.

    A task that fails is logged once and does not touch its siblings; who needs the result awaits
    the task.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def spawn(self, coroutine: Coroutine[Any, Any, _T], *, name: str) -> asyncio.Task[_T]:
        """Start `coroutine` now. Raises RuntimeError when the scope is closed."""
        if self._closed:
            coroutine.close()
            raise RuntimeError(f"task scope {self._name} is closed")
        task = asyncio.get_running_loop().create_task(coroutine, name=f"{self._name}:{name}")
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            _log.error("task %s failed: %s", task.get_name(), type(error).__name__, exc_info=error)

    def cancel_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    async def aclose(self) -> None:
        """Cancel and wait. Safe to call twice."""
        self._closed = True
        pending = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.gather(*pending, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


async def all_of(*awaitables: Awaitable[_T]) -> list[_T]:
    """Wait for all at once; return their results in order.

    The first failure is raised when the others have been cancelled and have ended: none of them
    still uses what the caller closes next (a connection that is just being made, say).
    """
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_result_of(item)) for item in awaitables]
    except BaseExceptionGroup as failures:
        failure = failures.exceptions[0]
    if failure is not None:
        # Out here, so that it keeps the cause it came with.
        raise failure
    return [task.result() for task in tasks]


async def _result_of(awaitable: Awaitable[_T]) -> _T:
    return await awaitable
