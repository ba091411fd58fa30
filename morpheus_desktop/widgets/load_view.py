"""What is read again and again: skeleton first, then content or emptiness; old data stays."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.errors import present
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.empty_state import SkeletonRows
from morpheus_desktop.widgets.layouts import clear, column
from node.core.errors import NodeError

_LONGEST_TITLE = 60
"""The first sentence of a banner is never broken into lines."""


class LoadView(QWidget):
    """One of skeleton, `content` and `empty`, below the last failure if there is one.

    Signals: `retry()`. The banner's object name is `<name>.banner`.
    """

    retry = Signal()

    def __init__(
        self,
        content: QWidget,
        empty: QWidget,
        *,
        name: str,
        rows: int = 3,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._name, self._clock = name, clock
        self._read_at: float | None = None
        self._failure = column()
        self._skeleton = SkeletonRows(rows, height=64)
        self._content, self._empty = content, empty
        self.setLayout(column(self._failure, self._skeleton, content, empty, None))
        self._choose(self._skeleton)

    def show_content(self) -> None:
        self._arrived(self._content)

    def show_empty(self) -> None:
        self._arrived(self._empty)

    def show_failure(self, error: NodeError) -> None:
        """Say what went wrong; what was read before stays, and its time is told."""
        words = present(error)
        text = words.text
        if self._read_at is not None:
            known = f"Shown is what was known at {formats.clock(int(self._read_at))}."
            text = f"{text} {known}".strip()
        title = words.title
        if len(title) > _LONGEST_TITLE:
            title, text = "This could not be read.", f"{title} {text}".strip()
        clear(self._failure)
        banner = Banner(title, text, tone=words.severity, action="Try now")
        banner.setObjectName(f"{self._name}.banner")
        banner.action.connect(self.retry)
        self._failure.addWidget(banner)
        self._failure.addSpacing(14)
        if self._read_at is None:
            self._skeleton.hide()

    def _arrived(self, widget: QWidget) -> None:
        self._read_at = self._clock()
        clear(self._failure)
        self._choose(widget)

    def _choose(self, widget: QWidget) -> None:
        for item in (self._skeleton, self._content, self._empty):
            item.setVisible(item is widget)
