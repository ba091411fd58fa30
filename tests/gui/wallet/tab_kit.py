"""A tab of the wallet page by itself, on the scriptable node."""

from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode

_T = TypeVar("_T", bound=QWidget)


def still_time(node: FakeNode) -> ChainTime:
    """The node's time; it moves when a test says so."""
    time = ChainTime(monotonic=lambda: 0.0)
    time.follow(sample_data.status(node.world.network))
    return time


def show_tab(tab: _T, qtbot: QtBot, *, width: int = 1016, height: int = 640) -> _T:
    """Show the tab in a window of its own, in the size it has on the page."""
    qtbot.addWidget(tab)
    tab.resize(width, height)
    with qtbot.waitExposed(tab):
        tab.show()
    return tab


def take_focus(tab: QWidget, qtbot: QtBot) -> None:
    """Without a window manager nobody else makes the window the active one."""
    settle()
    tab.activateWindow()
    settle()
    qtbot.waitUntil(tab.isActiveWindow)


def settle() -> None:
    """Let layouts show what was just put into them."""
    QApplication.processEvents()


def texts_of(widget: QWidget) -> set[str]:
    """The text of every visible label in a widget."""
    settle()
    labels = (*widget.findChildren(Label), *widget.findChildren(ElidedLabel))
    return {item.text() for item in labels if item.isVisible()}


def words_of(widget: QWidget) -> str:
    """All text that is visible in a widget."""
    return " ".join(texts_of(widget))


def find(root: QWidget, name: str) -> QWidget:
    """The newest visible widget of that object name in the window of `root`."""
    settle()
    found = [item for item in root.window().findChildren(QWidget, name) if item.isVisible()]
    assert found, f"no visible {name}"
    return found[-1]


def has(root: QWidget, name: str) -> bool:
    settle()
    return any(item.isVisible() for item in root.window().findChildren(QWidget, name))


def last(root: QObject, kind: type[_T]) -> _T:
    """The newest visible child of a class."""
    settle()
    found = [item for item in root.findChildren(kind) if item.isVisible()]
    assert found, f"no visible {kind.__name__}"
    return found[-1]


def press_tab_until(widget: QWidget, qtbot: QtBot, limit: int = 40) -> None:
    """Move the focus as somebody without a mouse does."""
    passed = []
    for _ in range(limit):
        focused = QApplication.focusWidget()
        assert focused is not None, "the focus is nowhere: the keyboard is lost"
        if focused is widget:
            return
        passed.append(focused.objectName() or type(focused).__name__)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead there: {passed}")
