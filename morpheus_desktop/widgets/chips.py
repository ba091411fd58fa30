"""Small round things: chips, badges, status dots."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from morpheus_desktop.theme import current, font

DotState = Literal["ok", "part", "off", "fail", "demo"]
_DOT_ROLES = {"ok": "success", "part": "warning", "off": "text3", "fail": "danger", "demo": "demo"}


def paint_dot(painter: QPainter, rect: QRectF, state: str) -> None:
    """Status with a shape as well as a colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = current().color(_DOT_ROLES[state])
    inner = rect.adjusted(0.75, 0.75, -0.75, -0.75)
    painter.setPen(QPen(color, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state in ("ok", "demo"):
        painter.setBrush(color)
        painter.drawEllipse(inner)
    elif state == "part":
        painter.drawEllipse(inner)
        painter.setBrush(color)
        painter.drawPie(inner, 90 * 16, 180 * 16)
    elif state == "off":
        painter.drawEllipse(inner)
    else:
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())


class StatusDot(QWidget):
    """8 px; always beside a word."""

    def __init__(self, state: DotState = "ok") -> None:
        super().__init__()
        self._state: DotState = state
        self.setFixedSize(8, 8)
        current().changed.connect(self.update)

    def set_state(self, state: DotState) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        paint_dot(painter, QRectF(self.rect()), self._state)
        painter.end()


class Chip(QAbstractButton):
    """A pill: optional dot or icon, text, optional caret. Checkable ones are filters."""

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        dot: str = "",
        tone: str = "",
        filled: bool = False,
        caret: bool = False,
        name: str = "",
    ) -> None:
        super().__init__()
        self._icon, self._dot, self._tone = icon, dot, tone
        self._filled, self._caret = filled, caret
        self.setFont(font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name:
            self.setObjectName(name)
        self.set_text(text)
        current().changed.connect(self.update)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_tone(self, tone: str, *, icon: str | None = None, dot: str | None = None) -> None:
        self._tone = tone
        self._icon = self._icon if icon is None else icon
        self._dot = self._dot if dot is None else dot
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 22
        width += 14 * bool(self._dot) + 20 * bool(self._icon) + 16 * self._caret
        return QSize(width, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "accent" if self.isChecked() else self._tone
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._filled or self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(f"{tone}_soft" if tone else "sunken"))
        else:
            painter.setPen(QPen(theme.color("border_strong"), 1))
            painter.setBrush(theme.color("hover") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        self._paint_content(painter, tone)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)
        painter.end()

    def _paint_content(self, painter: QPainter, tone: str) -> None:
        theme, left, middle = current(), 11, self.height() // 2
        role = tone or "text2"
        if self._dot:
            paint_dot(painter, QRectF(left, middle - 4, 8, 8), self._dot)
            left += 14
        if self._icon:
            painter.drawPixmap(left, middle - 7, theme.icon(self._icon, role, 14).pixmap(14, 14))
            left += 20
        painter.setPen(theme.color(role))
        painter.setFont(self.font())
        right = self.width() - 11 - 16 * self._caret
        box = self.rect().adjusted(left, 0, right - self.width(), 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._caret:
            pixmap = theme.icon("caret-down", "text3", 10).pixmap(10, 10)
            painter.drawPixmap(self.width() - 21, middle - 5, pixmap)


class Badge(QWidget):
    """A small soft label that cannot be clicked."""

    def __init__(self, text: str, tone: str = "", *, dot: str = "") -> None:
        super().__init__()
        self._text, self._tone, self._dot = text, tone, dot
        self.setFont(font("caption"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        current().changed.connect(self.update)

    def set_text(self, text: str, tone: str = "", *, dot: str = "") -> None:
        self._text, self._tone, self._dot = text, tone, dot
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._text)
        return QSize(width + 16 + 13 * bool(self._dot), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"{self._tone}_soft" if self._tone else "sunken"))
        painter.drawRoundedRect(self.rect(), 10, 10)
        left = 8
        if self._dot:
            paint_dot(painter, QRectF(left, 6, 8, 8), self._dot)
            left += 13
        painter.setPen(theme.color(self._tone or "text2"))
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text
        )
        painter.end()
