"""How fast: three tiles with the time each usually takes."""

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.theme import current, font
from node.service.dto import Speed

SPEEDS: tuple[Speed, ...] = ("slow", "normal", "fast")
_HEIGHT, _GAP = 46, 8


class SpeedChoice(QWidget):
    """Arrows move the choice. Signals: `chosen(speed)`."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("wallet.send.speed")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._seconds: Mapping[str, int] = {}
        self._index = 1
        current().changed.connect(self.update)
        self._describe()

    @property
    def speed(self) -> Speed:
        return SPEEDS[self._index]

    def set_seconds(self, seconds: Mapping[str, int]) -> None:
        self._seconds = seconds
        self._describe()
        self.update()

    def choose(self, speed: str) -> None:
        index = SPEEDS.index(cast(Speed, speed))
        if index != self._index:
            self._index = index
            self._describe()
            self.update()
            self.chosen.emit(speed)

    def box_of(self, index: int) -> QRectF:
        """Where a tile is, in this widget's coordinates."""
        wide = (self.width() - 2 * _GAP) / 3
        return QRectF(index * (wide + _GAP), 0, wide, self.height())

    def words(self, speed: str) -> str:
        """`usually 6 s`, empty while nobody knows."""
        seconds = self._seconds.get(speed, 0)
        if not seconds:
            return ""
        if seconds < 120:
            return f"usually {seconds}{formats.NBSP}s"
        return f"usually {-(-seconds // 60)}{formats.NBSP}min"

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index, speed in enumerate(SPEEDS):
            if self.box_of(index).contains(event.position()):
                self.choose(speed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(SPEEDS[min(2, max(0, self._index + step))])

    def _describe(self) -> None:
        self.setAccessibleName("Speed: slow, normal or fast")
        self.setAccessibleDescription(f"{self.speed} {self.words(self.speed)}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        center = Qt.AlignmentFlag.AlignHCenter
        for index, speed in enumerate(SPEEDS):
            on, box = index == self._index, self.box_of(index)
            ring = self.hasFocus() and on
            width = 2 if ring else 1
            painter.setPen(
                QPen(theme.color("focus" if ring else "border" if on else "border_strong"), width)
            )
            painter.setBrush(theme.color("selected_raised") if on else Qt.BrushStyle.NoBrush)
            inset = width / 2
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), 7, 7)
            words = self.words(speed)
            painter.setPen(theme.color("text"))
            painter.setFont(font("strong" if on else "body"))
            title = box.adjusted(0, 6, 0, 0) if words else box
            align = center if words else Qt.AlignmentFlag.AlignCenter
            painter.drawText(title, align, speed.capitalize())
            painter.setPen(theme.color("text2"))
            painter.setFont(font("caption"))
            painter.drawText(box.adjusted(0, 25, 0, 0), center, words)
        painter.end()
