"""The window's frame: rail, top bar, notices, the stack of pages. Knows no page by name."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from morpheus_desktop.rail import SECTIONS, Rail
from morpheus_desktop.theme import current
from morpheus_desktop.top_bar import TopBar
from morpheus_desktop.widgets.banner import ToastHost
from morpheus_desktop.widgets.layouts import clear

SIZE = (1280, 800)
MINIMUM = (900, 600)
TITLE = "Morpheus Desktop"


@runtime_checkable
class Shown(Protocol):
    """A page that wants to know when the user comes to it."""

    def shown(self) -> None: ...


class Strip(QWidget):
    """A thin band at the very top in the colour of play money or of a test network."""

    def __init__(self) -> None:
        super().__init__()
        self.tone = ""
        self.setFixedHeight(3)
        self.hide()
        current().changed.connect(self.update)

    def set_tone(self, tone: str) -> None:
        self.tone = tone
        self.setVisible(bool(tone))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color(self.tone or "window"))
        painter.end()


class MainWindow(QWidget):
    """Frame and pages. Pages are made by their factory when they are first shown.

    Signals: `first_painted()` once; `closed()` the user closed it; `section_shown(name)`.
    """

    first_painted = Signal()
    closed = Signal()
    section_shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(TITLE)
        self.resize(*SIZE)
        self.setMinimumSize(*MINIMUM)
        self._painted = False
        self._may_close: Callable[[], bool] = lambda: True
        self._section = ""
        self._factories: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self.rail = Rail()
        self.top_bar = TopBar()
        self._strip = Strip()
        self._notices = QVBoxLayout()
        self._stack = QStackedWidget()
        self._root = QStackedWidget()
        self._shell = self._build_shell()
        self._root.addWidget(self._shell)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._root)
        self.toasts = ToastHost(self)
        self.rail.section_chosen.connect(self.show_section)
        for number, section in enumerate(SECTIONS, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self.show_section, section.name))

    def _build_shell(self) -> QWidget:
        content = QFrame()
        content.setObjectName("content")
        inside = QVBoxLayout(content)
        inside.setContentsMargins(1, 1, 0, 0)
        inside.addWidget(self._stack)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addLayout(self._notices)
        right.addWidget(content, 1)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addLayout(right, 1)
        shell = QWidget()
        down = QVBoxLayout(shell)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self._strip)
        down.addLayout(across, 1)
        return shell

    # --- pages ---

    def add_page(self, name: str, factory: Callable[[], QWidget]) -> None:
        """Register a page of the rail."""
        self._factories[name] = factory

    def add_full_page(self, page: QWidget) -> None:
        """A page that takes the whole window, without rail and top bar."""
        self._root.addWidget(page)

    def show_full_page(self, page: QWidget) -> None:
        self._root.setCurrentWidget(page)

    def show_section(self, name: str) -> None:
        """Show a page of the rail and tell it."""
        if not self.has_page(name):
            self.rail.show_section(self._section)
            return
        page = self.page(name)
        self._root.setCurrentWidget(self._shell)
        self._stack.setCurrentWidget(page)
        self.rail.show_section(name)
        self._section = name
        if isinstance(page, Shown):
            page.shown()
        self.section_shown.emit(name)

    def page(self, name: str) -> QWidget:
        """The page `name`, made now when it was never shown."""
        page = self._pages.get(name)
        if page is None:
            page = self._factories[name]()
            self._pages[name] = page
            self._stack.addWidget(page)
        return page

    def has_page(self, name: str) -> bool:
        return name in self._factories

    @property
    def section(self) -> str:
        return self._section

    @property
    def is_full_page(self) -> bool:
        return self._root.currentWidget() is not self._shell

    # --- frame ---

    def set_network(self, title: str, tone: str) -> None:
        """Name the network in the title; `tone` is `demo`, `warning` or empty."""
        self.setWindowTitle(f"{title} \u2013 {TITLE}" if tone else TITLE)
        self._strip.set_tone(tone)

    def show_notice(self, banner: QWidget) -> None:
        """Show a banner under the top bar, in place of the one before."""
        self.clear_notice()
        box = QWidget()
        inside = QVBoxLayout(box)
        inside.setContentsMargins(8, 0, 16, 10)
        inside.addWidget(banner)
        self._notices.addWidget(box)

    def clear_notice(self) -> None:
        clear(self._notices)

    def come_forward(self) -> None:
        """Raise the window: the program was started again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _shortcut(self, keys: str, action: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(lambda: None if self.is_full_page else action())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    def guard_closing(self, may_close: Callable[[], bool]) -> None:
        """Ask `may_close` before the window closes; when it says no, it has told the user why."""
        self._may_close = may_close

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close():
            event.ignore()
            return
        event.accept()
        self.closed.emit()
