"""A line of tabs with counts: the chosen one is underlined; arrows move the choice."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.theme import current, font

_HEIGHT, _GAP, _COUNT_GAP = 36, 24, 6


class Tabs(QWidget):
    """Two or more exclusive views. Signals: `chosen(index)`."""

    chosen = Signal(int)

    def __init__(self, titles: tuple[str, ...], *, name: str = "") -> None:
        super().__init__()
        self._titles = titles
        self._counts = [""] * len(titles)
        self._chosen, self._hovered = 0, -1
        self.setFont(font("body"))
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        if name:
            self.setObjectName(name)
        current().changed.connect(self.update)
        self._describe()

    @property
    def index(self) -> int:
        return self._chosen

    def set_counts(self, *counts: str) -> None:
        """What stands behind each title; an empty text for nothing."""
        if list(counts) != self._counts:
            self._counts = list(counts)
            self._describe()
            self.updateGeometry()
            self.update()

    def choose(self, index: int) -> None:
        if 0 <= index < len(self._titles) and index != self._chosen:
            self._chosen = index
            self._describe()
            self.update()
            self.chosen.emit(index)

    def box_of(self, index: int) -> QRectF:
        """Where a tab is, in this widget's coordinates."""
        left = 0.0
        for number in range(index):
            left += self._width_of(number) + _GAP
        return QRectF(left, 0, self._width_of(index), self.height())

    def sizeHint(self) -> QSize:
        last = self.box_of(len(self._titles) - 1)
        return QSize(round(last.right()) + 2, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().x())
        if found >= 0:
            self.choose(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().x())
        if found != self._hovered:
            self._hovered = found
            shape = Qt.CursorShape.PointingHandCursor if found >= 0 else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.choose(self._chosen + (1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose(0 if key == Qt.Key.Key_Home else len(self._titles) - 1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("border"))
        for index, title in enumerate(self._titles):
            box, chosen = self.box_of(index), index == self._chosen
            strong = font("strong" if chosen else "body")
            painter.setFont(strong)
            role = "text" if chosen or index == self._hovered else "text2"
            painter.setPen(theme.color(role))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, title)
            if self._counts[index]:
                left = QFontMetrics(strong).horizontalAdvance(title) + _COUNT_GAP
                painter.setFont(font("body", tabular=True))
                painter.setPen(theme.color("text2" if chosen else "text3"))
                counted = box.adjusted(left, 0, 0, 0)
                painter.drawText(counted, Qt.AlignmentFlag.AlignVCenter, self._counts[index])
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                focused = self.hasFocus()
                painter.setBrush(theme.color("focus" if focused else "text"))
                painter.drawRoundedRect(QRectF(box.left(), self.height() - 2, box.width(), 2), 1, 1)
                if focused:
                    painter.setPen(QPen(theme.color("focus"), 2))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    ring = QRectF(box.left() - 7, 3, box.width() + 14, self.height() - 10)
                    painter.drawRoundedRect(ring, 7, 7)
        painter.end()

    def _width_of(self, index: int) -> int:
        """As wide as the chosen look, so that nothing moves."""
        width = QFontMetrics(font("strong")).horizontalAdvance(self._titles[index])
        count = self._counts[index]
        if count:
            width += _COUNT_GAP + QFontMetrics(font("body", tabular=True)).horizontalAdvance(count)
        return width + 2

    def _at(self, x: float) -> int:
        for index in range(len(self._titles)):
            box = self.box_of(index)
            if box.left() - _GAP / 2 <= x < box.right() + _GAP / 2:
                return index
        return -1

    def _describe(self) -> None:
        texts = [
            f"{title} {count}".strip()
            for title, count in zip(self._titles, self._counts, strict=True)
        ]
        self.setAccessibleName(", ".join(texts))
        self.setAccessibleDescription(texts[self._chosen])
