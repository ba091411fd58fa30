"""Boxes: cards, sunken blocks, lines."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLayout, QWidget

Margins = tuple[int, int, int, int]


class Frame(QFrame):
    """A box of one kind of the style sheet; `set_state` changes its look (`focus`, `error`)."""

    def __init__(self, kind: str, layout: QLayout | None = None) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        if layout is not None:
            self.setLayout(layout)

    def set_kind(self, kind: str) -> None:
        self._set("kind", kind)

    def set_state(self, state: str) -> None:
        self._set("state", state)

    def _set(self, name: str, value: str) -> None:
        if self.property(name) == value:
            return
        self.setProperty(name, value)
        self.style().unpolish(self)
        self.style().polish(self)


class Card(Frame):
    """A unit that can be opened or paid for."""

    def __init__(self, layout: QLayout, *, margins: Margins = (20, 18, 20, 18)) -> None:
        super().__init__("card", layout)
        layout.setContentsMargins(*margins)


class Sunken(Frame):
    """A quiet block inside a card or sheet."""

    def __init__(self, layout: QLayout, *, margins: Margins = (16, 14, 16, 14)) -> None:
        super().__init__("sunken", layout)
        layout.setContentsMargins(*margins)


class ClickCard(Card):
    """A card that is one big button."""

    clicked = Signal()

    def __init__(self, layout: QLayout, name: str, *, margins: Margins = (20, 18, 20, 18)) -> None:
        super().__init__(layout, margins=margins)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


def line(*, vertical: bool = False) -> QWidget:
    """A one-pixel separator."""
    result = Frame("line")
    if vertical:
        result.setFixedWidth(1)
    else:
        result.setFixedHeight(1)
    return result
