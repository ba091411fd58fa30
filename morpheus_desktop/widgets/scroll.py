"""Scroll areas. Every page is inside one: squeezed layouts overlap instead of shrinking."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QWidget


class ScrollArea(QScrollArea):
    """Vertical scrolling only, transparent. Tab passes it by: the focus would be invisible there,
    and what has the focus inside is scrolled to and hands PgUp and PgDn on.
    """

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)


def page_column(layout: QLayout, *, width: int, margin: int = 32) -> ScrollArea:
    """One centred column of at most `width` pixels in a scroll area."""
    inner = QWidget()
    inner.setLayout(layout)
    inner.setMaximumWidth(width)
    inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(margin, 24, margin, 32)
    row.addStretch(1)
    row.addWidget(inner, 1000)
    row.addStretch(1)
    return ScrollArea(outer)
