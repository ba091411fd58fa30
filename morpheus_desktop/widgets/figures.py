"""Small painted figures: the balance bar with its legend, meters."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from morpheus_desktop.theme import current
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import clear, column, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bar: `value` decides its length; the texts stand in the legend."""

    name: str
    value: int
    amount: str
    note: str = ""


class BalanceBar(QWidget):
    """A bar of parts in the data colours, two pixels apart, with round ends."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[Part, ...] = ()
        self.setFixedHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self.setAccessibleName(", ".join(f"{part.name} {part.amount}" for part in parts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setClipPath(clip)
        painter.setPen(Qt.PenStyle.NoPen)
        total = sum(part.value for part in self._parts)
        if not total:
            painter.setBrush(theme.color("sunken"))
            painter.drawRect(self.rect())
        left = 0.0
        shown = [(index, part) for index, part in enumerate(self._parts) if part.value > 0]
        free = self.width() - 2 * max(0, len(shown) - 1)
        for index, part in shown:
            # Amounts are integers of any size; only the painted length is a float.
            width = max(2.0, free * part.value / total)
            painter.setBrush(theme.data_color(index))
            painter.drawRect(QRectF(left, 0, width, self.height()))
            left += width + 2
        painter.end()


class _Swatch(QWidget):
    def __init__(self, index: int) -> None:
        super().__init__()
        self._index = index
        self.setFixedSize(10, 10)
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().data_color(self._index))
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.end()


class Legend(QWidget):
    """Equal columns: swatch and name, amount, note."""

    def __init__(self) -> None:
        super().__init__()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(12)

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        clear(self._line)
        for index, part in enumerate(parts):
            head = row(_Swatch(index), Label(part.name, "small", "text2"), None, spacing=6)
            cell = column(
                head, Label(part.amount, "figure"), Label(part.note, "caption", "text3"), spacing=2
            )
            self._line.addLayout(cell, 1)


class Meter(QWidget):
    """A thin bar of `share` (0 to 1); `tone` is a colour role."""

    def __init__(self, name: str, *, tone: str = "accent") -> None:
        super().__init__()
        self._name, self._tone, self._share = name, tone, 0.0
        self.setFixedHeight(6)
        self.setMinimumWidth(60)
        self.setAccessibleName(name)
        current().changed.connect(self.update)

    def set_share(self, share: float, *, tone: str = "") -> None:
        self._share = min(1.0, max(0.0, share))
        self._tone = tone or self._tone
        self.setAccessibleDescription(f"{self._share:.0%}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(self.rect(), 3, 3)
        if self._share > 0:
            painter.setBrush(theme.color(self._tone))
            painter.drawRoundedRect(QRectF(0, 0, max(6.0, self.width() * self._share), 6), 3, 3)
        painter.end()
