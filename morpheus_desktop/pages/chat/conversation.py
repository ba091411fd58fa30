"""The transcript with the search in this chat and the way to the newest text."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop.transcript.view import TranscriptView
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row

_GAP = 12
_FIELD_WIDTH = 280


class FindBar(QWidget):
    """Finds words in the shown chat; the newest hit comes first. `closed()`."""

    closed = Signal()

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self._view = view
        self._hit = -1
        self.field = SearchField("Find in this chat", name="chat.find.field")
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.count = Label("", "small", "text2")
        self.count.setObjectName("chat.find.count")
        self._older = IconButton(
            "caret-left", "Older (Shift+Enter)", compact=True, name="chat.find.older"
        )
        self._newer = IconButton(
            "caret-right", "Newer (Enter)", compact=True, name="chat.find.newer"
        )
        done = IconButton("x", "Close (Esc)", compact=True, name="chat.find.close")
        items = (self.field, self.count, None, self._older, self._newer, done)
        self.setLayout(row(*items, spacing=8, margins=(24, 0, 16, 8)))
        self.field.changed.connect(self._changed)
        self._older.clicked.connect(lambda: self._step(-1))
        self._newer.clicked.connect(lambda: self._step(1))
        done.clicked.connect(self.leave)
        self.hide()

    def enter(self) -> None:
        self.show()
        self.field.setFocus()
        self.field.edit.selectAll()
        self._changed(self.field.text())

    def leave(self) -> None:
        """Take the marks away and hide."""
        self.hide()
        self._view.find_text("")
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._step(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _changed(self, _text: str) -> None:
        self._hit = -1
        self._find()

    def _step(self, step: int) -> None:
        self._hit += step
        self._find()

    def _find(self) -> None:
        text = self.field.text()
        found = self._view.find_text(text, hit=self._hit)
        self._hit = self._hit % found if found else -1
        words = f"Message {self._hit + 1} of {found}" if found else "Not in this chat"
        self.count.setText(words if text else "")
        for button in (self._older, self._newer):
            button.setVisible(found > 1)


class Conversation(QWidget):
    """The transcript, `search` above it, and a button that leads to the newest text."""

    def __init__(self) -> None:
        super().__init__()
        self.transcript = TranscriptView()
        self.transcript.setObjectName("chat.view.scroll")
        self.search = FindBar(self.transcript)
        self.setLayout(column(self.search, self.transcript))
        self.newest = Button(
            "Newest text", "secondary", icon="caret-down", size="compact", name="chat.view.newest"
        )
        self.newest.setParent(self)
        self.newest.hide()
        self.newest.clicked.connect(self.transcript.scroll_to_bottom)
        self.transcript.at_bottom_changed.connect(self._show_newest)

    def _show_newest(self, at_bottom: bool) -> None:
        self.newest.setVisible(not at_bottom)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        size = self.newest.sizeHint()
        self.newest.setGeometry(
            (self.width() - size.width()) // 2,
            self.height() - size.height() - _GAP,
            size.width(),
            size.height(),
        )
        self.newest.raise_()
