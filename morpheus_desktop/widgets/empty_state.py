"""What stands where nothing is yet: a tile, a line, a sentence, one button; and skeletons."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.theme import current
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row


class EmptyState(QWidget):
    """Centred; `action` is emitted by the button."""

    action = Signal()

    def __init__(
        self, icon: str, title: str, text: str, *, button: str = "", role: str = "accent"
    ) -> None:
        super().__init__()
        center = Qt.AlignmentFlag.AlignHCenter
        self.title = Label(title, "h3", align=center)
        self.text = Label(text, "small", "text2", wrap=True, align=center)
        self.text.setMaximumWidth(420)
        self.text.setMinimumWidth(280)
        items = column(row(None, Tile(icon, role, 56), None), 16, self.title, 6, spacing=0)
        items.addLayout(row(None, self.text, None))
        if button:
            self.button = Button(button, "secondary")
            self.button.clicked.connect(self.action)
            items.addSpacing(16)
            items.addLayout(row(None, self.button, None))
        outer = column(None, spacing=0, margins=(24, 24, 24, 24))
        outer.addLayout(items)
        outer.addStretch(1)
        self.setLayout(outer)


class SkeletonRows(QWidget):
    """Shapes of the rows to come, fading downwards."""

    def __init__(self, rows: int = 6, *, height: int = 52) -> None:
        super().__init__()
        self._rows, self._row_height = rows, height
        self.setFixedHeight(rows * height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Loading")
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(self._rows):
            painter.setBrush(current().color("border", 1.0 - number / (self._rows + 1)))
            top = number * self._row_height + (self._row_height - 28) / 2
            painter.drawRoundedRect(QRectF(8, top, 28, 28), 8, 8)
            painter.drawRoundedRect(QRectF(48, top + 2, self.width() * 0.3, 10), 5, 5)
            painter.drawRoundedRect(QRectF(48, top + 17, self.width() * 0.18, 8), 4, 4)
            painter.drawRoundedRect(QRectF(self.width() - 120, top + 8, 100, 10), 5, 5)
        painter.end()
