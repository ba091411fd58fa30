"""A secret that is on the screen only while somebody holds a key or the mouse button down."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.theme import current, font

_COLUMNS, _ROW, _PAD, _LINE = 3, 30, 18, 22
_MASK = "\u2022" * 6
_HIDDEN = "Hidden. Hold Space or the mouse button to show it."
_SHOWN = "Shown on the screen while held."


class SecretView(QWidget):
    """Paints words with their numbers, or one long text; it is never a label, so that neither
    selection, screen reader nor clipboard get it. `forget` or closing drops it.
    """

    def __init__(self, *, name: str = "", title: str = "Secret") -> None:
        super().__init__()
        self._words: list[str] = []
        self._text = ""
        self._held = False
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(_HIDDEN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(4 * _ROW + 2 * _PAD)
        current().changed.connect(self.update)

    @property
    def is_shown(self) -> bool:
        return self._held and bool(self._words or self._text)

    @property
    def is_empty(self) -> bool:
        return not self._words and not self._text

    def set_words(self, words: list[str]) -> None:
        """A recovery phrase: numbered, down the columns."""
        self._words, self._text = list(words), ""
        rows = -(-len(words) // _COLUMNS)
        self.setFixedHeight(rows * _ROW + 2 * _PAD)
        self.update()

    def set_text(self, text: str) -> None:
        """A key: in three lines."""
        self._words, self._text = [], text
        self.setFixedHeight(max(3, len(self._lines())) * _ROW + 2 * _PAD)
        self.update()

    def forget(self) -> None:
        """Drop the secret from this widget."""
        self._words, self._text = [], ""
        self._hold(False)

    def sizeHint(self) -> QSize:
        return QSize(420, self.height())

    # --- holding ---

    def _hold(self, held: bool) -> None:
        if held != self._held:
            self._held = held
            self.setAccessibleDescription(_SHOWN if held else _HIDDEN)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._hold(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._hold(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._hold(True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._hold(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._hold(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hold(False)

    # --- painting ---

    def _lines(self) -> list[str]:
        return [self._text[at : at + _LINE] for at in range(0, len(self._text), _LINE)]

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(box, 12, 12)
        if self._words:
            self._paint_words(painter)
        else:
            self._paint_text(painter)
        if not self._held:
            self._paint_cover(painter, box)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        theme = current()
        rows = -(-len(self._words) // _COLUMNS)
        width = (self.width() - 2 * _PAD) / _COLUMNS
        for index, word in enumerate(self._words):
            left, top = _PAD + index // rows * width, _PAD + index % rows * _ROW
            painter.setFont(font("caption", tabular=True))
            painter.setPen(theme.color("text3"))
            number = QRectF(left, top, 22, _ROW)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, right, str(index + 1))
            painter.setFont(font("code"))
            painter.setPen(theme.color("text" if self._held else "disabled"))
            text = word if self._held else _MASK
            place = QRectF(left + 32, top, width - 32, _ROW)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_text(self, painter: QPainter) -> None:
        painter.setFont(font("code"))
        painter.setPen(current().color("text" if self._held else "disabled"))
        for index, line in enumerate(self._lines()):
            place = QRectF(_PAD, _PAD + index * _ROW, self.width() - 2 * _PAD, _ROW)
            text = line if self._held else "\u2022" * len(line)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_cover(self, painter: QPainter, box: QRectF) -> None:
        """A pill over the middle that says how to see it."""
        theme, text = current(), "Press and hold to show"
        painter.setFont(font("body"))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 58
        pill = QRectF(box.center().x() - width / 2, box.center().y() - 18, width, 36)
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(pill, 18, 18)
        eye = theme.icon("eye", "text2", 16).pixmap(16, 16)
        painter.drawPixmap(round(pill.left()) + 16, round(pill.center().y()) - 8, eye)
        painter.setPen(theme.color("text"))
        painter.drawText(pill.adjusted(40, 0, -16, 0), Qt.AlignmentFlag.AlignVCenter, text)
