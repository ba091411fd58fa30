"""Messages in a scroll area: only those near the viewport have documents and widgets."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from morpheus_desktop.rendering.blocks import SHOWN
from morpheus_desktop.rendering.style import text_style
from morpheus_desktop.theme import current
from morpheus_desktop.transcript.body import Body
from morpheus_desktop.transcript.heights import Heights
from morpheus_desktop.transcript.message_widget import FOOT, HEAD, MessageWidget
from morpheus_desktop.transcript.messages import ErrorCard, TranscriptMessage
from morpheus_desktop.transcript.selection import Selection

TEXT_WIDTH = 736
MARGIN = 24
GAP = 20
KEPT_BODIES = 60
FRAME_MS = 30
SLOW_FRAME_MS = 100
LARGE_OPEN_BLOCK = 20_000
_NEAR_BOTTOM = 48


class TranscriptCanvas(QAbstractScrollArea):
    """Messages from top to bottom. The Markdown source is the truth; documents come and go."""

    action_requested = Signal(str, str)
    at_bottom_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("transcript")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Conversation")
        self._messages: list[TranscriptMessage] = []
        self._index: dict[str, int] = {}
        self._heights = Heights()
        self._bodies: dict[str, Body] = {}
        self._widgets: dict[str, MessageWidget] = {}
        self._spare: list[MessageWidget] = []
        self._pending: dict[str, list[str]] = {}
        self._shown: dict[str, int] = {}
        self._style = text_style()
        self._stick = True
        self._selection = Selection()
        self._marked = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().setSingleStep(40)
        current().changed.connect(self._restyle)

    # --- content ---------------------------------------------------------------------------------

    def set_messages(self, messages: list[TranscriptMessage]) -> None:
        """Show another conversation, scrolled to its end."""
        self._release_all()
        self._messages = list(messages)
        self._index = {message.id: number for number, message in enumerate(messages)}
        self._bodies.clear()
        self._pending.clear()
        self._shown.clear()
        self._selection.clear()
        self._heights.reset([self._estimate(message) for message in messages])
        self._follow(True)
        self._arrange()

    def clear(self) -> None:
        self.set_messages([])

    def append_message(self, message: TranscriptMessage) -> None:
        """Add a message at the end; the view follows when it was at the end."""
        self._index[message.id] = len(self._messages)
        self._messages.append(message)
        self._heights.append(self._estimate(message))
        if message.role == "user":
            self._follow(True)
        self._arrange()

    def append_text(self, message_id: str, delta: str) -> None:
        """Add streamed text; painted with the next frame."""
        self._pending.setdefault(message_id, []).append(delta)
        if not self._timer.isActive():
            body = self._bodies.get(message_id)
            is_large = body is not None and body.open_length > LARGE_OPEN_BLOCK
            self._timer.start(SLOW_FRAME_MS if is_large else FRAME_MS)

    def update_message(self, message_id: str, **changes: object) -> None:
        """Change fields of a message (`stats`, `notice`, `error`, `streaming` …)."""
        self.flush()
        number = self._index[message_id]
        self._messages[number] = replace(self._messages[number], **changes)  # type: ignore[arg-type]  # names of its fields
        self._refresh(number)
        self._arrange()

    def finish_message(self, message_id: str, stats: str = "") -> None:
        """The answer is whole."""
        self.flush()
        body = self._bodies.get(message_id)
        if body is not None:
            body.finish()
        self.update_message(message_id, streaming=False, stats=stats, notice="")

    def fail_message(self, message_id: str, error: ErrorCard) -> None:
        """The answer broke off; what arrived stays, the card says why."""
        self.update_message(message_id, streaming=False, error=error, notice="")

    def remove_message(self, message_id: str) -> None:
        """Take a message out, for example before it is asked again."""
        number = self._index.get(message_id)
        if number is not None:
            self.set_messages(self._messages[:number] + self._messages[number + 1 :])

    def messages(self) -> list[TranscriptMessage]:
        self.flush()
        return list(self._messages)

    def text_of(self, message_id: str) -> str:
        """Markdown source of a message as far as it has arrived."""
        self.flush()
        return self._messages[self._index[message_id]].text

    def shown_widgets(self) -> list[MessageWidget]:
        """The widgets that exist now, from top to bottom."""
        return sorted(self._widgets.values(), key=lambda widget: widget.y())

    def flush(self) -> None:
        """Show what has arrived, without waiting for the next frame."""
        if not self._pending:
            return
        self._timer.stop()
        pending, self._pending = self._pending, {}
        for message_id, deltas in pending.items():
            number = self._index.get(message_id)
            if number is None:
                continue
            delta = "".join(deltas)
            message = self._messages[number]
            self._messages[number] = replace(message, text=message.text + delta)
            body = self._bodies.get(message_id)
            if body is not None:
                body.append(delta)
            self._refresh(number)
        self._arrange()

    def _refresh(self, number: int) -> None:
        message = self._messages[number]
        widget = self._widgets.get(message.id)
        if widget is not None:
            last = number == len(self._messages) - 1
            widget.show_message(message, self._body(message), last=last)

    # --- layout ----------------------------------------------------------------------------------

    def _width(self) -> int:
        return max(200, min(TEXT_WIDTH, self.viewport().width() - 2 * MARGIN))

    def _left(self) -> int:
        return max(MARGIN, (self.viewport().width() - self._width()) // 2)

    def _estimate(self, message: TranscriptMessage) -> int:
        per_line = max(20, self._width() // 8)
        shown = message.text[:200_000]
        lines = shown.count("\n") + len(shown) // per_line + 1
        extra = HEAD + FOOT if message.role == "assistant" else 24
        return lines * 26 + extra + GAP

    def _body(self, message: TranscriptMessage) -> Body:
        body = self._bodies.pop(message.id, None)
        if body is None:
            body = Body(
                message.text,
                self._style,
                is_user=message.role == "user",
                streaming=message.streaming,
                shown=self._shown.get(message.id, SHOWN),
            )
        self._bodies[message.id] = body
        while len(self._bodies) > KEPT_BODIES:
            oldest = next(iter(self._bodies))
            if oldest in self._widgets:
                self._bodies[oldest] = self._bodies.pop(oldest)
                if all(key in self._widgets for key in self._bodies):
                    break
                continue
            del self._bodies[oldest]
        return body

    def _arrange(self) -> None:
        """Realise what is near the viewport, measure it, keep the text where it is."""
        bar, view = self.verticalScrollBar(), self.viewport().height()
        if not self._messages or view <= 0:
            self._release_all()
            bar.setRange(0, 0)
            return
        for _ in range(3):
            self._set_range()
            if self._stick:
                self._move_bar(bar.maximum())
            if not self._realise(bar.value(), view):
                break
        self._set_range()
        if self._stick:
            self._move_bar(bar.maximum())
        self._position(bar.value())

    def _set_range(self) -> None:
        bar, view = self.verticalScrollBar(), self.viewport().height()
        total = self._heights.total + 2 * GAP
        bar.blockSignals(True)
        bar.setRange(0, max(0, total - view))
        bar.setPageStep(view)
        bar.blockSignals(False)

    def _move_bar(self, value: int) -> None:
        bar = self.verticalScrollBar()
        bar.blockSignals(True)
        bar.setValue(value)
        bar.blockSignals(False)

    def _realise(self, top: int, view: int) -> bool:
        """Make and measure widgets around the viewport. Returns whether a height changed."""
        first = self._heights.at(max(0, top - view - GAP))
        last = self._heights.at(max(0, top + 2 * view))
        wanted = {self._messages[number].id for number in range(first, last + 1)}
        for message_id in [key for key in self._widgets if key not in wanted]:
            widget = self._widgets.pop(message_id)
            widget.hide()
            self._spare.append(widget)
        changed = False
        anchor = self._heights.at(max(0, top - GAP))
        width = self._width()
        for number in range(first, last + 1):
            widget = self._widget(number)
            if widget.width() != width:
                widget.resize(width, max(1, widget.height()))
            height = widget.needed_height(width) + GAP
            difference = self._heights.set(number, height)
            if difference:
                changed = True
                if number < anchor and not self._stick:
                    self._move_bar(self.verticalScrollBar().value() + difference)
        return changed

    def _widget(self, number: int) -> MessageWidget:
        message = self._messages[number]
        widget = self._widgets.get(message.id)
        if widget is not None:
            return widget
        widget = self._spare.pop() if self._spare else self._new_widget()
        widget.resize(self._width(), 10)
        widget.show_message(message, self._body(message), last=number == len(self._messages) - 1)
        widget.set_selection(self._selection.span_of(number))
        widget.set_marked(self._marked)
        widget.show()
        self._widgets[message.id] = widget
        return widget

    def _new_widget(self) -> MessageWidget:
        widget = MessageWidget(self.viewport())
        widget.setMouseTracking(True)
        widget.action_requested.connect(lambda action, w=widget: self._acted(w, action))
        return widget

    def _acted(self, widget: MessageWidget, action: str) -> None:
        if widget.message is not None and action == "show-more":
            self._show_more(widget.message.id)
        elif widget.message is not None:
            if action == "copy":
                QGuiApplication.clipboard().setText(widget.message.text)
            self.action_requested.emit(widget.message.id, action)

    def _show_more(self, message_id: str) -> None:
        """Lay out the next part of a very long message; all at once would stop the window."""
        self._shown[message_id] = self._shown.get(message_id, SHOWN) + SHOWN
        self._bodies.pop(message_id, None)
        self._refresh(self._index[message_id])
        self._follow(False)
        self._arrange()

    def _position(self, top: int) -> None:
        left, width = self._left(), self._width()
        for message_id, widget in self._widgets.items():
            number = self._index[message_id]
            y = self._heights.top(number) + GAP - top
            height = self._heights[number] - GAP
            if widget.geometry().getRect() != (left, y, width, height):
                widget.setGeometry(left, y, width, height)
                last = number == len(self._messages) - 1
                widget.show_message(
                    self._messages[number], self._body(self._messages[number]), last=last
                )

    def _release_all(self) -> None:
        for widget in self._widgets.values():
            widget.hide()
            self._spare.append(widget)
        self._widgets.clear()

    def _restyle(self) -> None:
        self._style = text_style()
        self._bodies.clear()
        self._release_all()
        self._arrange()

    # --- scrolling -------------------------------------------------------------------------------

    @property
    def at_bottom(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEAR_BOTTOM

    def scroll_to_bottom(self) -> None:
        self._follow(True)
        self._arrange()

    def _follow(self, follow: bool) -> None:
        """Stay at the end, or where the reader is; say so when it changes."""
        if follow != self._stick:
            self._stick = follow
            self.at_bottom_changed.emit(follow)

    def _scrolled(self) -> None:
        before, self._stick = self._stick, self.at_bottom
        self._arrange_keeping_place()
        if before != self._stick:
            self.at_bottom_changed.emit(self._stick)

    def _arrange_keeping_place(self) -> None:
        stick, self._stick = self._stick, False
        self._arrange()
        self._stick = stick

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
