"""Background work of the window, on the loop that Qt and asyncio share."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

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
        return self.spawn(_attempt(coroutine, failed, done), name)

    def cancel_all(self) -> None:
        self._scope.cancel_all()

    async def aclose(self) -> None:
        """Cancel everything and wait for it."""
        await self._scope.aclose()


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
