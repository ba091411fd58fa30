"""A slider for durations: logarithmic, so that 5 minutes and a day both have room."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.theme import current

_KNOB = 9


class LogSlider(QWidget):
    """Whole seconds between `low` and `high`; `presets` are ticks for the Page keys."""

    changed = Signal(int)

    def __init__(
        self,
        low: int,
        high: int,
        *,
        presets: tuple[int, ...] = (),
        name: str = "",
        linear: bool = False,
    ) -> None:
        super().__init__()
        self._low, self._high = low, max(high, low + 1)
        self._presets, self._linear = presets, linear
        self._value = low
        self.setMinimumWidth(160)
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if name:
            self.setObjectName(name)
        current().changed.connect(self.update)

    @property
    def value(self) -> int:
        return self._value

    def set_range(self, low: int, high: int) -> None:
        self._low, self._high = low, max(high, low + 1)
        self._value = min(max(self._value, self._low), self._high)
        self.update()

    def set_value(self, value: int) -> None:
        """Move without a signal."""
        self._value = min(max(value, self._low), self._high)
        self.setAccessibleDescription(f"{self._value} s")
        self.update()

    def _move(self, value: int) -> None:
        before = self._value
        self.set_value(value)
        if self._value != before:
            self.changed.emit(self._value)

    def _place(self, value: int) -> float:
        if self._linear:
            share = (value - self._low) / (self._high - self._low)
        else:
            share = math.log(value / self._low) / math.log(self._high / self._low)
        return _KNOB + share * (self.width() - 2 * _KNOB)

    def _at(self, x: float) -> int:
        share = min(1.0, max(0.0, (x - _KNOB) / (self.width() - 2 * _KNOB)))
        if self._linear:
            return round(self._low + share * (self._high - self._low))
        seconds = self._low * (self._high / self._low) ** share
        step = 60 if seconds < 7200 else 300
        return min(self._high, max(self._low, round(seconds / step) * step))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._move(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self._at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = event.key(), self._step()
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self._move(self._value + step)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._move(self._value - step)
        elif key == Qt.Key.Key_PageUp:
            self._move(self._stop_after(step))
        elif key == Qt.Key.Key_PageDown:
            self._move(self._stop_before(step))
        elif key == Qt.Key.Key_Home:
            self._move(self._low)
        elif key == Qt.Key.Key_End:
            self._move(self._high)
        else:
            super().keyPressEvent(event)

    def _step(self) -> int:
        """What an arrow moves: a share of the range, or of the value where that is logarithmic."""
        if self._linear:
            return max(60, round((self._high - self._low) / 200))
        return max(60, self._value // 20 // 60 * 60)

    def _stop_after(self, step: int) -> int:
        if self._linear:
            return self._value + 10 * step
        return min((stop for stop in self._presets if stop > self._value), default=self._high)

    def _stop_before(self, step: int) -> int:
        if self._linear:
            return self._value - 10 * step
        return max((stop for stop in self._presets if stop < self._value), default=self._low)

    def sizeHint(self) -> QSize:
        return QSize(280, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, knob = self.height() / 2, self._place(self._value)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border_strong"))
        painter.drawRoundedRect(QRectF(_KNOB, middle - 2, self.width() - 2 * _KNOB, 4), 2, 2)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(QRectF(_KNOB, middle - 2, knob - _KNOB, 4), 2, 2)
        painter.setBrush(theme.color("text3"))
        for preset in self._presets:
            if self._low < preset < self._high:
                painter.drawEllipse(QRectF(self._place(preset) - 1, middle + 6, 2, 2))
        ring = theme.color("focus" if self.hasFocus() else "border_strong")
        painter.setPen(QPen(ring, 2 if self.hasFocus() else 1))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(QRectF(knob - 8, middle - 8, 16, 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QRectF(knob - 3.5, middle - 3.5, 7, 7))
        painter.end()
