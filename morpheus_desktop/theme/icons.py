"""Phosphor icons, painted in a colour of the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from node.core.paths import resource_path

_SCALES = (1.0, 2.0)


@lru_cache(maxsize=256)
def _source(name: str) -> bytes:
    return resource_path("icons", f"{name}.svg").read_bytes()


@lru_cache(maxsize=1024)
def _pixmap(name: str, color: str, size: int, scale: float) -> QPixmap:
    svg = _source(name).replace(b'fill="currentColor"', f'fill="{color}"'.encode())
    renderer = QSvgRenderer(QByteArray(svg))
    pixmap = QPixmap(round(size * scale), round(size * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def icon_pixmap(name: str, color: QColor, size: int, scale: float = 1.0) -> QPixmap:
    """The icon as a square of `size` logical pixels."""
    return _pixmap(name, color.name(), size, scale)


def color_icon(name: str, color: QColor, size: int = 16) -> QIcon:
    """The icon in one colour, sharp at 100 % and 200 %."""
    result = QIcon()
    for scale in _SCALES:
        result.addPixmap(_pixmap(name, color.name(), size, scale))
    return result
