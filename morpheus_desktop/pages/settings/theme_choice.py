"""Three small pictures of the window: like the system, light, dark."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from morpheus_desktop.theme import current
from morpheus_desktop.theme.tokens import load_tokens
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row

CHOICES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
_HALVES = {
    "system": (("light", 0.0, 0.5), ("dark", 0.5, 1.0)),
    "light": (("light", 0.0, 1.0),),
    "dark": (("dark", 0.0, 1.0),),
}
_SIZE = QSize(168, 104)


class _Preview(QAbstractButton):
    def __init__(self, mode: str, title: str) -> None:
        super().__init__()
        self._mode = mode
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setObjectName(f"settings.theme.{mode}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(_SIZE)
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
        clip = QPainterPath()
        clip.addRoundedRect(edge, 10, 10)
        painter.save()
        painter.setClipPath(clip)
        for mode, start, end in _HALVES[self._mode]:
            painter.save()
            area = QRectF(self.width() * start, 0, self.width() * (end - start), self.height())
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            _paint_window(painter, load_tokens().colors[mode], QRectF(self.rect()))
            painter.restore()
        painter.restore()
        chosen = self.isChecked()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = theme.color("accent" if chosen else "border_strong")
        painter.setPen(QPen(color, 2 if chosen else 1))
        painter.drawRoundedRect(edge, 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.end()


def _paint_window(painter: QPainter, colors: dict[str, str], box: QRectF) -> None:
    painter.fillRect(box, QColor(colors["window"]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors["surface"]))
    painter.drawRoundedRect(QRectF(34, 16, box.width(), box.height()), 7, 7)
    painter.setBrush(QColor(colors["border_strong"]))
    for number in range(4):
        painter.drawRoundedRect(QRectF(12, 22 + number * 14, 12, 5), 2.5, 2.5)
    painter.drawRoundedRect(QRectF(50, 62, 84, 5), 2.5, 2.5)
    painter.drawRoundedRect(QRectF(50, 73, 64, 5), 2.5, 2.5)
    painter.setBrush(QColor(colors["accent"]))
    painter.drawRoundedRect(QRectF(92, 32, 60, 18), 8, 8)


class ThemeChoice(QWidget):
    """`chosen(mode)` with `system`, `light` or `dark`; arrows move, Space chooses."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._previews: dict[str, _Preview] = {}
        line = row(spacing=16)
        for mode, title in CHOICES:
            preview = _Preview(mode, title)
            preview.clicked.connect(lambda _on=False, mode=mode: self.chosen.emit(mode))
            self._previews[mode] = preview
            self._group.addButton(preview)
            words = Label(title, "body", "text2", align=Qt.AlignmentFlag.AlignHCenter)
            line.addLayout(column(preview, 6, words))
        line.addStretch(1)
        self.setLayout(line)

    def show_choice(self, mode: str) -> None:
        if mode in self._previews:
            self._previews[mode].setChecked(True)

    def preview(self, mode: str) -> QAbstractButton:
        return self._previews[mode]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modes = list(self._previews)
        checked = next((mode for mode in modes if self._previews[mode].isChecked()), modes[0])
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        following = modes[max(0, min(len(modes) - 1, modes.index(checked) + step))]
        self._previews[following].setFocus()
        self._previews[following].click()
