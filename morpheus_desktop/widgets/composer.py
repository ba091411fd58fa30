"""The field for messages: grows with the text, Enter sends, the button becomes Stop."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit, QSizePolicy, QWidget

from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.layouts import column, row

MAX_LINES = 12
_LINE = 24


class SendButton(QAbstractButton):
    """A round button: send, or stop while an answer comes."""

    def __init__(self) -> None:
        super().__init__()
        self._stop = False
        self.setObjectName("composer.send")
        self.setFixedSize(32, 32)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_stop(False)
        current().changed.connect(self.update)

    def set_stop(self, stop: bool) -> None:
        self._stop = stop
        name = "Stop" if stop else "Send"
        self.setAccessibleName(name)
        self.setToolTip(f"{name} (Esc)" if stop else f"{name} (Enter)")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        live = self.isEnabled()
        fill = "accent_hover" if self.underMouse() else "accent"
        painter.setBrush(theme.color(fill if live else "sunken"))
        painter.drawEllipse(self.rect())
        icon = "stop" if self._stop else "arrow-up"
        pixmap = theme.icon(icon, "on_accent" if live else "disabled", 16).pixmap(16, 16)
        painter.drawPixmap(8, 8, pixmap)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("surface"), 2))
            painter.drawEllipse(QRectF(self.rect()).adjusted(3, 3, -3, -3))
        painter.end()


class _Input(QPlainTextEdit):
    submitted = Signal()
    escaped = Signal()
    recalled = Signal()
    focus_changed = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText():
            self.recalled.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)


class Composer(QWidget):
    """Emits `submitted(text)`; the text stays until `clear` is called, so nothing is lost."""

    submitted = Signal(str)
    stop_requested = Signal()
    recall_requested = Signal()
    text_changed = Signal(str)

    def __init__(self, placeholder: str = "Write a message") -> None:
        super().__init__()
        self._streaming = False
        self.input = _Input()
        self.input.setObjectName("composer.input")
        self.input.setPlaceholderText(placeholder)
        self.input.setAccessibleName("Message")
        self.input.setFont(font("chat"))
        self.input.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.input.setTabChangesFocus(True)
        self.input.document().setDocumentMargin(0)
        self.input.submitted.connect(self._submit)
        self.input.escaped.connect(self._escape)
        self.input.recalled.connect(self.recall_requested)
        self.input.textChanged.connect(self._text_changed)
        self.button = SendButton()
        self.button.clicked.connect(self._pressed)
        self._chips = row(spacing=6)
        self._notes = row(spacing=8)
        bar = row(self._chips, None, self._notes, self.button, spacing=10)
        self._frame = Frame(
            "composer", column(self.input, bar, spacing=8, margins=(18, 14, 12, 12))
        )
        self.input.focus_changed.connect(self._focus_changed)
        self.setLayout(column(self._frame))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFocusProxy(self.input)
        self.input.installEventFilter(self)
        self._text_changed()

    def add_chip(self, widget: QWidget) -> None:
        """Put a chip at the lower left."""
        self._chips.addWidget(widget)

    def add_note(self, widget: QWidget) -> None:
        """Put a quiet note before the button."""
        self._notes.addWidget(widget)

    def text(self) -> str:
        return self.input.toPlainText()

    def set_text(self, text: str) -> None:
        self.input.setPlainText(text)
        cursor = self.input.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.input.setTextCursor(cursor)

    def clear(self) -> None:
        self.input.clear()

    def set_streaming(self, streaming: bool) -> None:
        """While an answer comes the button stops it; writing goes on."""
        self._streaming = streaming
        self.button.set_stop(streaming)
        self._text_changed()

    def set_placeholder(self, text: str) -> None:
        self.input.setPlaceholderText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _submit(self) -> None:
        if self.text().strip():
            self.submitted.emit(self.text())

    def _escape(self) -> None:
        if self._streaming:
            self.stop_requested.emit()

    def _pressed(self) -> None:
        if self._streaming:
            self.stop_requested.emit()
        else:
            self._submit()

    def _text_changed(self) -> None:
        self.button.setEnabled(self._streaming or bool(self.text().strip()))
        self._fit()
        self.text_changed.emit(self.text())

    def _fit(self) -> None:
        document = self.input.document()
        lines = 0
        block = document.firstBlock()
        while block.isValid() and lines < MAX_LINES:
            layout = block.layout()
            lines += max(1, layout.lineCount())
            block = block.next()
        spacing = max(_LINE, QFontMetrics(self.input.font()).lineSpacing())
        self.input.setFixedHeight(min(MAX_LINES, max(1, lines)) * spacing + 2)

    def _focus_changed(self, has_focus: bool) -> None:
        self._frame.set_state("focus" if has_focus else "")

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 92)
