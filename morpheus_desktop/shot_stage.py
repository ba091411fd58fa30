"""The window that is photographed: on sample data, waiting until it is calm."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from morpheus_desktop.navigation import Navigation
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.window import MainWindow
from tests.fakes.fake_node import FakeNode

_WAIT_S = 10.0
_PAUSE_S = 0.02
_CALM = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A window on a scriptable node."""

    node: FakeNode
    window: MainWindow
    navigation: Navigation
    tasks: GuiTasks

    def find(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        if found is None:
            raise LookupError(f"no widget is called {name}")
        return found

    async def until(self, ready: Callable[[], object]) -> None:
        """Wait for a condition; raises TimeoutError when it does not come."""
        async with asyncio.timeout(_WAIT_S):
            while not ready():  # noqa: ASYNC110 - any state of the window may be waited for
                await asyncio.sleep(_PAUSE_S)

    async def calm(self) -> None:
        """Let layouts, timers of a frame and finished reads settle."""
        for _ in range(_CALM):
            await asyncio.sleep(_PAUSE_S)


Scene = Callable[[Stage], Awaitable[None]]


def section(name: str) -> Scene:
    async def show(stage: Stage) -> None:
        stage.navigation.begin(demo=False)
        await stage.until(lambda: stage.window.section == "chat")
        stage.navigation.go(name)

    return show


async def in_chat(stage: Stage) -> None:
    """A chat with its session, ready to go elsewhere."""
    stage.navigation.begin(demo=False)
    await stage.until(lambda: stage.window.section == "chat")
    stage.navigation.chat.open_chat("chat-1")
    await stage.until(lambda: stage.navigation.chat.turns.lines)
