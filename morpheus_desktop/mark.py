"""The program's mark: an M of two folded wings in a rounded square of the accent."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from morpheus_desktop.theme import current

_POINTS = ((0.29, 0.70), (0.29, 0.32), (0.50, 0.55), (0.71, 0.32), (0.71, 0.70))


def paint_mark(painter: QPainter, rect: QRectF, ground: QColor, stroke: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    radius = rect.width() * 0.27
    painter.drawRoundedRect(rect, radius, radius)
    pen = QPen(stroke, rect.width() * 0.115)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = [QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in _POINTS]
    painter.drawPolyline(QPolygonF(line))


def app_icon() -> QIcon:
    """The mark for the window's frame and the task bar."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_mark(painter, QRectF(0, 0, side, side), QColor("#0A7648"), QColor("#FFFFFF"))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Mark(QWidget):
    """The mark as a square of `side` pixels, in the theme's colours."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName("Morpheus Desktop")
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme = current()
        paint_mark(painter, QRectF(self.rect()), theme.color("accent"), theme.color("on_accent"))
        painter.end()
