"""Choosing: segments, toggles, radio rows."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row


class Segment(QWidget):
    """Two to four exclusive views; arrows move the choice."""

    chosen = Signal(int)

    def __init__(self, options: tuple[str, ...], *, chosen: int = 0, name: str = "") -> None:
        super().__init__()
        self._options, self._chosen = options, chosen
        self.setFont(font("small"))
        metrics = QFontMetrics(self.font())
        self._widths = [metrics.horizontalAdvance(text) + 26 for text in options]
        self.setFixedSize(sum(self._widths) + 4, 30)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(options))
        if name:
            self.setObjectName(name)
        current().changed.connect(self.update)

    @property
    def index(self) -> int:
        return self._chosen

    def choose(self, index: int) -> None:
        if 0 <= index < len(self._options) and index != self._chosen:
            self._chosen = index
            self.setAccessibleDescription(self._options[index])
            self.update()
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 2
        for index, width in enumerate(self._widths):
            if left <= event.position().x() < left + width:
                self.choose(index)
            left += width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.choose(self._chosen + (1 if event.key() == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setFont(self.font())
        left = 2
        for index, (text, width) in enumerate(zip(self._options, self._widths, strict=True)):
            box = QRectF(left, 2, width, self.height() - 4)
            if index == self._chosen:
                pen = QPen(theme.color("focus" if self.hasFocus() else "border"), 1)
                painter.setPen(pen)
                painter.setBrush(theme.color("raised"))
                painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(theme.color("text" if index == self._chosen else "text2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            left += width
        painter.end()


class Toggle(QAbstractButton):
    """On or off; applies at once."""

    def __init__(self, name: str, *, on: bool = False, object_name: str = "") -> None:
        super().__init__()
        self.setCheckable(True)
        self.setChecked(on)
        self.setFixedSize(40, 24)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if object_name:
            self.setObjectName(object_name)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(40, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, on = current(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if on else "border_strong"))
        painter.drawRoundedRect(QRectF(2, 2, 36, 20), 10, 10)
        painter.setBrush(theme.color("on_accent" if on else "surface"))
        painter.drawEllipse(QRectF(20 if on else 4, 4, 16, 16))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 11, 11)
        painter.end()


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.on = False
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = "accent" if self.on else "border_strong"
        painter.setPen(QPen(current().color(role), 5 if self.on else 1.5))
        inset = 2.5 if self.on else 0.75
        painter.drawEllipse(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        painter.end()


class RadioRow(Frame):
    """A row with two lines and a value at the right; the whole row is the target."""

    chosen = Signal()

    def __init__(self, title: str, detail: str = "", value: str = "", *, name: str = "") -> None:
        self._mark = _Mark()
        texts = column(ElidedLabel(title, "body"), spacing=0)
        if detail:
            texts.addWidget(ElidedLabel(detail, "caption", "text3"))
        line = row(self._mark, spacing=10, margins=(10, 6, 12, 6))
        line.addLayout(texts, 1)
        if value:
            line.addWidget(Label(value, "body", align=Qt.AlignmentFlag.AlignRight))
        super().__init__("row", line)
        self.setMinimumHeight(44)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{title}, {detail}, {value}")
        if name:
            self.setObjectName(name)
        current().changed.connect(self.update)

    @property
    def is_chosen(self) -> bool:
        return self._mark.on

    def set_chosen(self, on: bool) -> None:
        self._mark.on = on
        self._mark.update()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        fill = "selected" if self._mark.on else "hover" if self.underMouse() else None
        painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


class RadioGroup(QWidget):
    """Radio rows of which one is chosen."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[RadioRow] = []
        self._column = column(spacing=2)
        self.setLayout(self._column)
        self.index = -1

    def set_rows(self, rows: list[RadioRow], chosen: int = 0) -> None:
        """Replace all rows."""
        for old in self._rows:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = rows
        for number, item in enumerate(rows):
            item.chosen.connect(lambda number=number: self.choose(number))
            self._column.addWidget(item)
        self.index = -1
        if rows:
            self.mark(chosen)

    def choose(self, index: int) -> None:
        if index != self.index:
            self.mark(index)
            self.chosen.emit(index)

    def mark(self, index: int) -> None:
        """Show what is chosen, -1 for none, without a word to anybody."""
        self.index = index
        for number, item in enumerate(self._rows):
            item.set_chosen(number == index)
