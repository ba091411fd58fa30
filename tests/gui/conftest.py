"""What the window's tests share: the theme, a loop for Qt and asyncio, a scriptable node."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
import qasync
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.theme import Theme, install_theme
from morpheus_desktop.window import MainWindow
from tests.fakes.fake_node import FakeNode
from tests.gui.window_kit import OpenWindow, open_window


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The light theme with the bundled fonts, installed once."""
    return install_theme(qapp, "light")


class WindowWatch(QObject):
    """Notes what comes up as a window of its own: a widget shown before it has a parent flashes on
    the user's screen and takes the focus along.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.flashed: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            is_window = watched.windowType() == Qt.WindowType.Window
            if watched.isWindow() and is_window and not isinstance(watched, MainWindow):
                self.flashed.append(watched.objectName() or type(watched).__name__)
        return False


@pytest.fixture
def window_watch(qapp: QApplication) -> Iterator[WindowWatch]:
    """For tests of whole windows, see `WindowWatch`."""
    watch = WindowWatch(qapp)
    qapp.installEventFilter(watch)
    yield watch
    qapp.removeEventFilter(watch)
    assert not watch.flashed


@pytest.fixture
def window_loop(qapp: QApplication, theme: Theme) -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of the window, running inside Qt's: wait with `qtbot`, not with `await`."""
    del theme
    # As in the program (morpheus_desktop.garbage): no cycle dies in another thread.
    gc.disable()
    loop = qasync.QEventLoop(qapp)
    asyncio.events._set_running_loop(loop)
    yield loop
    asyncio.events._set_running_loop(None)
    loop.close()
    del loop
    gc.enable()
    gc.collect()


@pytest.fixture
def tasks(window_loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Iterator[GuiTasks]:
    scope = GuiTasks("test")
    yield scope
    closing = window_loop.create_task(scope.aclose())
    qtbot.waitUntil(closing.done, timeout=5000)


@pytest.fixture
def fake_node() -> FakeNode:
    """A node with a wallet on Base and sample data."""
    return FakeNode()


@pytest.fixture
def fresh_node() -> FakeNode:
    """A node at its first start."""
    return FakeNode.fresh()


@pytest.fixture
def open_kit(tasks: GuiTasks, qtbot: QtBot, window_watch: WindowWatch) -> OpenWindow:
    """Open a whole window on a node."""
    del window_watch
    return lambda node: open_window(node, tasks, qtbot)


@pytest.fixture(scope="module", autouse=True)
def no_qt_objects_are_left() -> Iterator[None]:
    """The window collects cycles with Qt objects in its own thread; a node's thread of a later test
    would destroy them there, and crash."""
    yield
    gc.collect()
