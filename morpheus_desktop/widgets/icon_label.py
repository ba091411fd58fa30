"""An icon by itself, and an icon on a soft tile."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop.theme import current


class IconLabel(QWidget):
    """An icon of the theme that follows its colours."""

    def __init__(self, icon: str, role: str = "text2", size: int = 16) -> None:
        super().__init__()
        self._icon, self._role, self._size = icon, role, size
        self.setFixedSize(size, size)
        current().changed.connect(self.update)

    def set_icon(self, icon: str, role: str = "") -> None:
        self._icon, self._role = icon, role or self._role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        icon = current().icon(self._icon, self._role, self._size)
        painter.drawPixmap(0, 0, icon.pixmap(self._size, self._size))
        painter.end()


class Tile(QWidget):
    """An icon on its role's soft colour: marks a kind, a start option, an empty state."""

    def __init__(self, icon: str, role: str = "accent", side: int = 40) -> None:
        super().__init__()
        self._icon, self._role = icon, role
        self.setFixedSize(side, side)
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, side = current(), self.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        soft = "sunken" if self._role.startswith("text") else f"{self._role}_soft"
        painter.setBrush(theme.color(soft))
        painter.drawRoundedRect(self.rect(), side * 0.27, side * 0.27)
        size = round(side * 0.5)
        pixmap = theme.icon(self._icon, self._role, size).pixmap(size, size)
        painter.drawPixmap((side - size) // 2, (side - size) // 2, pixmap)
        painter.end()
