"""Steps of something that takes a while: waiting, running, done, failed."""

from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from morpheus_desktop.theme import current
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row

StepState = Literal["waiting", "running", "done", "failed", "skipped"]
_ICONS = {"done": ("check", "success"), "failed": ("x", "danger")}


class _StepMark(QWidget):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.state: StepState = "waiting"
        self.setFixedSize(20, 20)
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.state in _ICONS:
            icon, role = _ICONS[self.state]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(f"{role}_soft"))
            painter.drawEllipse(box)
            painter.drawPixmap(4, 4, theme.icon(icon, role, 12).pixmap(12, 12))
        else:
            running = self.state == "running"
            painter.setPen(QPen(theme.color("accent" if running else "border_strong"), 1.5))
            painter.drawEllipse(box)
            painter.setPen(theme.color("accent" if running else "text3"))
            text = "–" if self.state == "skipped" else str(self._number)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class Stepper(QWidget):
    """Named steps; `set_step(index, state, detail)` moves one."""

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__()
        self._marks = [_StepMark(number) for number in range(1, len(titles) + 1)]
        self._details = [Label("", "caption", "text3") for _ in titles]
        rows = column(spacing=10)
        for mark, title, detail in zip(self._marks, titles, self._details, strict=True):
            rows.addLayout(row(mark, Label(title), detail, None, spacing=10))
        self.setLayout(rows)

    def set_step(self, index: int, state: StepState, detail: str = "") -> None:
        self._marks[index].state = state
        self._marks[index].setAccessibleName(state)
        self._marks[index].update()
        self._details[index].setText(detail)

    def state_of(self, index: int) -> StepState:
        return self._marks[index].state
