"""A whole window on a node, as `morpheus_desktop.app` composes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.navigation import Navigation
from morpheus_desktop.shell_presenter import ShellPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.window import MainWindow
from node.service.api import NodeService

_W = TypeVar("_W", bound=QWidget)
OpenWindow = Callable[[NodeService], "WindowKit"]


@dataclass
class WindowKit:
    window: MainWindow
    navigation: Navigation
    shell: ShellPresenter
    signals: NodeSignals
    qtbot: QtBot

    def find(self, kind: type[_W], name: str) -> _W:
        """The visible widget of that object name; sheets being deleted do not count."""
        visible = [item for item in self.window.findChildren(kind, name) if item.isVisible()]
        assert visible, f"no visible {name}"
        return visible[-1]

    def has(self, name: str) -> bool:
        return any(item.isVisible() for item in self.window.findChildren(QWidget, name))

    def click(self, name: str) -> None:
        """Wait until the widget can be clicked, then click it."""
        self.qtbot.waitUntil(lambda: self.has(name), timeout=10_000)
        widget = self.find(QWidget, name)
        self.qtbot.waitUntil(widget.isEnabled, timeout=10_000)
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def until(self, ready: Callable[[], object], timeout: int = 10_000) -> None:
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=timeout)


def open_window(node: NodeService, tasks: GuiTasks, qtbot: QtBot) -> WindowKit:
    """Compose and show; the first page is up, the node may still be starting."""
    signals, time = NodeSignals(), ChainTime()
    shell = ShellPresenter(node, tasks, signals, time)
    window = MainWindow()
    qtbot.addWidget(window)
    navigation = Navigation(window, node=node, tasks=tasks, signals=signals, time=time, shell=shell)
    tasks.spawn(signals.run(node), "events")
    navigation.begin(demo=False)
    window.show()
    return WindowKit(window, navigation, shell, signals, qtbot)
