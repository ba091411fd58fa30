"""The conversation as a user handles it: selecting, copying, links, finding."""

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop.transcript.canvas import GAP, TranscriptCanvas
from morpheus_desktop.transcript.message_widget import MessageWidget
from morpheus_desktop.transcript.selection import END, Place


class TranscriptView(TranscriptCanvas):
    """A selection runs over blocks and messages. Links are only announced, never opened here."""

    link_activated = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pressed: QPoint | None = None

    def _place_at(self, point: QPoint) -> Place | None:
        if not self._messages:
            return None
        y = point.y() + self.verticalScrollBar().value() - GAP
        number = self._heights.at(max(0, y))
        widget = self._widgets.get(self._messages[number].id)
        if widget is None:
            return None
        block, position = widget.hit(QPointF(widget.mapFrom(self.viewport(), point)))
        return number, block, position

    def _link_at(self, point: QPoint) -> str:
        child: QWidget | None = self.viewport().childAt(point)
        while child is not None and not isinstance(child, MessageWidget):
            child = child.parentWidget()
        if child is None:
            return ""
        return child.link_at(QPointF(child.mapFrom(self.viewport(), point)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position().toPoint()
        place = self._place_at(self._pressed)
        if place is not None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._selection.press(place, extend=shift)
            self._show_selection()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        number, block, position = place
        body = self._body(self._messages[number])
        if block < len(body.blocks):
            start, end = body.word_at(block, position)
            self._selection.press((number, block, start), extend=False)
            self._selection.drag((number, block, end))
            self._show_selection()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton and self._pressed is not None:
            self._scroll_beyond(point)
            place = self._place_at(point)
            if place is not None:
                self._selection.drag(place)
                self._show_selection()
            return
        over_link = bool(self._link_at(point))
        shape = Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def _scroll_beyond(self, point: QPoint) -> None:
        bar = self.verticalScrollBar()
        if point.y() < 0:
            bar.setValue(bar.value() - 30)
        elif point.y() > self.viewport().height():
            bar.setValue(bar.value() + 30)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pressed is not None and (point - self._pressed).manhattanLength() < 4:
            link = self._link_at(point)
            if link:
                self.link_activated.emit(link)
        self._pressed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() == Qt.Key.Key_End:
            self.scroll_to_bottom()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    def select_all(self) -> None:
        if self._messages:
            self._selection.press((0, 0, 0), extend=False)
            self._selection.drag((len(self._messages) - 1, *END))
            self._show_selection()

    def selected_text(self) -> str:
        """What is selected: Markdown source for whole blocks, visible text for parts.

        Whole messages are taken as they are, without laying them out.
        """
        pieces = []
        for number in self._selection.numbers(len(self._messages)):
            span = self._selection.span_of(number)
            if span == ((0, 0), END):
                pieces.append(self._messages[number].text)
            elif span is not None:
                body = self._body(self._messages[number])
                body.layout(self._width())
                pieces.append(body.selected_text(*span))
        return "\n\n".join(piece for piece in pieces if piece)

    def copy_selection(self) -> str:
        """Put the selection on the clipboard and return it."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)
        return text

    def find_text(self, text: str, *, hit: int = -1) -> int:
        """Mark `text` (any case) and scroll to one of the messages that hold it.

        `hit` counts those messages from the oldest, around the ends; -1 is the newest. Returns how
        many there are; an empty text takes the marks away.
        """
        self.flush()
        self._marked = text
        for widget in self._widgets.values():
            widget.set_marked(text)
        wanted = text.casefold()
        hits = [
            number
            for number, message in enumerate(self._messages)
            if wanted and wanted in message.text.casefold()
        ]
        if hits:
            self._follow(False)
            self.verticalScrollBar().setValue(self._heights.top(hits[hit % len(hits)]))
        return len(hits)

    def _show_selection(self) -> None:
        for message_id, widget in self._widgets.items():
            widget.set_selection(self._selection.span_of(self._index[message_id]))
