"""A row with a box to tick: name, what it is, a value at the right."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from morpheus_desktop.theme import current, font

_HEIGHT, _BOX, _LEFT = 30, 18, 8


class CheckRow(QAbstractButton):
    """The whole row is the target; Space ticks it."""

    def __init__(self, title: str, detail: str = "", value: str = "", *, name: str = "") -> None:
        super().__init__()
        self._title, self._detail, self._value = title, detail, value
        self.setCheckable(True)
        self.setObjectName(name)
        self.setAccessibleName(f"{title}, {detail}, {value}")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        fill = "hover" if self.underMouse() and self.isEnabled() else None
        painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        self._paint_box(painter)
        middle = Qt.AlignmentFlag.AlignVCenter
        room = self.rect().adjusted(_LEFT + _BOX + 12, 0, -10, 0)
        painter.setFont(font("mono"))
        painter.setPen(theme.color("text" if self.isEnabled() else "text3"))
        painter.drawText(room, middle, self._title)
        painter.setFont(font("caption"))
        painter.setPen(theme.color("text3"))
        painter.drawText(room.adjusted(118, 0, 0, 0), middle, self._detail)
        painter.setFont(font("small", tabular=True))
        painter.setPen(theme.color("text2"))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, self._value)
        painter.end()

    def _paint_box(self, painter: QPainter) -> None:
        theme, on = current(), self.isChecked()
        box = QRectF(_LEFT, (self.height() - _BOX) / 2, _BOX, _BOX).adjusted(0.5, 0.5, -0.5, -0.5)
        role = "accent" if self.isEnabled() else "border_strong"
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(theme.color("border_strong"), 1.5))
        painter.setBrush(theme.color(role) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 5, 5)
        if on:
            tick = theme.icon("check", "on_accent", 12).pixmap(12, 12)
            painter.drawPixmap(_LEFT + 3, (self.height() - 12) // 2, tick)
