"""A letter on a wash of a data colour: models square, accounts round; never a picture."""

import zlib

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop.theme import current, font


def paint_avatar(
    painter: QPainter, box: QRectF, name: str, key: str, *, circle: bool = False
) -> None:
    """Paint the avatar of `name`; `key` (an id) chooses the colour, so that it never changes."""
    theme, side = current(), box.width()
    base = theme.data_color(zlib.crc32(key.encode()))
    soft = QColor(base)
    light = theme.mode == "light"
    soft.setAlphaF(0.16 if light else 0.22)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(soft)
    radius = side / 2 if circle else side * 0.28
    painter.drawRoundedRect(box, radius, radius)
    letter_font = font("strong")
    letter_font.setPixelSize(round(side * 0.44))
    painter.setFont(letter_font)
    painter.setPen(base.darker(118) if light else base.lighter(112))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, (name.strip() or "?")[0].upper())


class Avatar(QWidget):
    def __init__(self, name: str, key: str = "", *, side: int = 28, circle: bool = False) -> None:
        super().__init__()
        self._name, self._key, self._circle = name, key or name, circle
        self.setFixedSize(side, side)
        current().changed.connect(self.update)

    def set_name(self, name: str, key: str = "") -> None:
        self._name, self._key = name, key or name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._name, self._key, circle=self._circle)
        painter.end()
