"""The widget of one visible message: paints the body, holds the buttons."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QEnterEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from morpheus_desktop.rendering.code import language_name
from morpheus_desktop.theme import current, font
from morpheus_desktop.transcript.body import CODE_HEAD, CODE_PAD, Body, LaidBlock, text_length
from morpheus_desktop.transcript.messages import TranscriptMessage
from morpheus_desktop.widgets.avatar import paint_avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row

HEAD = 40
FOOT = 36
MORE = 40
MARKED = 500
"""Marked places of a searched text in one block."""
CARD_GAP = 10
_CARET = "▍"
Span = tuple[tuple[int, int], tuple[int, int]]


class MessageWidget(QWidget):
    """Painted at the width of the conversation. Mouse events go on to the view."""

    action_requested = Signal(str)
    height_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._message: TranscriptMessage | None = None
        self._body: Body | None = None
        self._selection: Span | None = None
        self._marked = ""
        self._last = False
        self._copy_buttons: list[Button] = []
        self._copy = IconButton("copy", "Copy answer", compact=True)
        self._retry = IconButton("arrows-clockwise", "Ask again", compact=True)
        self._stats = Label("", "caption", "text3")
        self._actions = QWidget(self)
        self._actions.setLayout(row(self._copy, self._retry, self._stats, None, spacing=4))
        self._copy.clicked.connect(lambda: self.action_requested.emit("copy"))
        self._retry.clicked.connect(lambda: self.action_requested.emit("retry"))
        self._more = Button("", "secondary", size="compact")
        self._more.setParent(self)
        self._more.hide()
        self._more.clicked.connect(lambda: self.action_requested.emit("show-more"))
        self._card: Frame | None = None
        current().changed.connect(self.update)

    @property
    def message(self) -> TranscriptMessage | None:
        return self._message

    # --- content ---------------------------------------------------------------------------------

    def show_message(self, message: TranscriptMessage, body: Body, *, last: bool) -> None:
        """Show another message, or another state of the same."""
        changed_card = self._message is None or self._message.error != message.error
        self._message, self._body, self._last = message, body, last
        self.setObjectName(f"message.{message.id}")
        assistant = message.role == "assistant"
        self._copy.setObjectName(f"copy.{message.id}")
        self._retry.setObjectName(f"retry.{message.id}")
        self._stats.setText(message.stats)
        self._more.setObjectName(f"showMore.{message.id}")
        self._more.setVisible(self._is_cut())
        if self._is_cut():
            shown, whole = body.shown // 1000, len(body.text) // 1000
            self._more.setText(f"Show more as plain text ({shown} of {whole} kB shown)")
        self._actions.setVisible(assistant and not message.streaming and self._shows_actions())
        if changed_card:
            self._make_card(message)
        self._place_children()
        who = f"Assistant, {message.name}, {message.time}" if assistant else "You"
        self.setAccessibleName(who)
        self.setAccessibleDescription(message.text[:2000])
        self.update()

    def _shows_actions(self) -> bool:
        message = self._message
        finished = message is not None and bool(message.text)
        return finished and (self._last or self.underMouse())

    def _is_cut(self) -> bool:
        message, body = self._message, self._body
        return message is not None and body is not None and body.is_cut and not message.streaming

    def _make_card(self, message: TranscriptMessage) -> None:
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        if message.error is None:
            return
        error = message.error
        texts = column(Label(error.title, "strong"), spacing=4, margins=(16, 12, 16, 12))
        if error.text:
            texts.addWidget(Label(error.text, "body", "text2", wrap=True))
        if error.actions:
            texts.addSpacing(6)
            line = row(spacing=8)
            for number, (action, words) in enumerate(error.actions):
                button = Button(words, "secondary" if number == 0 else "ghost", size="compact")
                button.setObjectName(f"{action}.{message.id}")
                button.clicked.connect(lambda _=False, a=action: self.action_requested.emit(a))
                line.addWidget(button)
            line.addStretch(1)
            texts.addLayout(line)
        self._card = Frame("banner-danger", texts)
        self._card.setParent(self)
        self._card.setObjectName(f"error.{message.id}")
        self._card.show()

    def needed_height(self, width: int) -> int:
        """Height of the whole message at `width`."""
        message, body = self._message, self._body
        if message is None or body is None:
            return 0
        height = body.layout(width) + (MORE if self._is_cut() else 0)
        if message.role == "user":
            return height
        height += HEAD + FOOT
        if message.error is not None:
            height += self._card_height(width) + CARD_GAP
        if message.notice and not message.text:
            height += 26
        return height

    def _card_height(self, width: int) -> int:
        if self._card is None:
            return 0
        layout = self._card.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.totalHeightForWidth(width)
        return self._card.sizeHint().height()

    def _body_top(self) -> int:
        return HEAD if self._message is not None and self._message.role == "assistant" else 0

    def _place_children(self) -> None:
        body, message = self._body, self._message
        if body is None or message is None or not self.width():
            return
        body.layout(self.width())
        bottom = self._body_top() + body.height
        if message.notice and not message.text:
            bottom += 26
        if self._is_cut():
            size = self._more.sizeHint()
            left = self.width() - size.width() if message.role == "user" else 0
            self._more.setGeometry(left, bottom + 8, size.width(), size.height())
            bottom += MORE
        if self._card is not None:
            height = self._card_height(self.width())
            self._card.setGeometry(0, bottom + CARD_GAP, self.width(), height)
            bottom += CARD_GAP + height
        self._actions.setGeometry(-6, bottom + 4, self.width(), 28)
        self._place_copy_buttons()

    def _place_copy_buttons(self) -> None:
        body = self._body
        codes = [laid for laid in body.blocks if laid.is_code] if body is not None else []
        while len(self._copy_buttons) < len(codes):
            button = Button("Copy", "ghost", icon="copy", size="compact")
            button.setParent(self)
            number = len(self._copy_buttons)
            button.setObjectName(f"copyCode.{number}")
            button.clicked.connect(lambda _=False, n=number: self._copy_code(n))
            self._copy_buttons.append(button)
        for number, button in enumerate(self._copy_buttons):
            if number < len(codes):
                width = button.sizeHint().width()
                top = self._body_top() + codes[number].top + 3
                button.setGeometry(self.width() - width - 6, top, width, 28)
                button.show()
            else:
                button.hide()

    def _copy_code(self, number: int) -> None:
        codes = [laid for laid in self._body.blocks if laid.is_code] if self._body else []
        if number < len(codes):
            QGuiApplication.clipboard().setText(codes[number].block.code)
            self.action_requested.emit("copied-code")

    # --- places ----------------------------------------------------------------------------------

    def hit(self, point: QPointF) -> tuple[int, int]:
        """Block and character nearest to a point of this widget."""
        if self._body is None or not self._body.blocks:
            return 0, 0
        return self._body.hit(point - QPointF(0, self._body_top()))

    def link_at(self, point: QPointF) -> str:
        if self._body is None:
            return ""
        return self._body.link_at(point - QPointF(0, self._body_top()))

    def set_selection(self, selection: Span | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self.update()

    def set_marked(self, text: str) -> None:
        """Mark where `text` stands, in any case; empty marks nothing."""
        if text != self._marked:
            self._marked = text
            self.update()

    def marks(self, laid: LaidBlock) -> list[QTextCursor]:
        """Places of the marked text in a block."""
        found: list[QTextCursor] = []
        place = laid.document.find(self._marked, 0) if self._marked else QTextCursor()
        while not place.isNull() and len(found) < MARKED:
            found.append(place)
            place = laid.document.find(self._marked, place)
        return found

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._hover()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover()

    def _hover(self) -> None:
        message = self._message
        if message is not None and message.role == "assistant":
            self._actions.setVisible(not message.streaming and self._shows_actions())

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        message, body = self._message, self._body
        if message is None or body is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if message.role == "assistant":
            self._paint_head(painter, message)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current().color("bubble"))
            painter.drawRoundedRect(body.bubble(), 14, 14)
        top = self._body_top()
        exposed = QRectF(event.rect()).translated(0, -top)
        for index, laid in enumerate(body.blocks):
            if laid.top + laid.height >= exposed.top() and laid.top <= exposed.bottom():
                self._paint_block(painter, index, laid, exposed)
        if message.streaming:
            self._paint_caret(painter, body, top)
        if message.notice and not message.text:
            painter.setPen(current().color("text3"))
            painter.setFont(font("small"))
            box = QRectF(0, top, self.width(), 26)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, message.notice)
        painter.end()

    def _paint_head(self, painter: QPainter, message: TranscriptMessage) -> None:
        paint_avatar(painter, QRectF(0, 6, 24, 24), message.name, message.key or message.name)
        painter.setFont(font("strong"))
        painter.setPen(current().color("text"))
        width = painter.fontMetrics().horizontalAdvance(message.name)
        painter.drawText(QRectF(32, 6, width + 2, 24), Qt.AlignmentFlag.AlignVCenter, message.name)
        painter.setFont(font("caption"))
        painter.setPen(current().color("text3"))
        painter.drawText(
            QRectF(32 + width + 8, 6, 200, 24), Qt.AlignmentFlag.AlignVCenter, message.time
        )

    def _paint_block(self, painter: QPainter, index: int, laid: LaidBlock, exposed: QRectF) -> None:
        body, top = self._body, self._body_top()
        if body is None:
            return
        if laid.is_code:
            self._paint_code_frame(painter, laid, top)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette = self.palette()
        context.palette.setColor(QPalette.ColorRole.Text, current().color("text"))
        # Without it every line is drawn, also those of a long block that are out of sight.
        context.clip = exposed.translated(-body.origin(index))
        context.selections = self._marks(laid) + self._selections(index, laid)
        painter.save()
        painter.translate(body.origin(index) + QPointF(0, top))
        laid.document.documentLayout().draw(painter, context)
        painter.restore()

    def _paint_code_frame(self, painter: QPainter, laid: LaidBlock, top: int) -> None:
        theme = current()
        box = QRectF(0, top + laid.top, self.width(), laid.height).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("code_bg"))
        painter.drawRoundedRect(box, 10, 10)
        painter.setPen(theme.color("text2"))
        painter.setFont(font("caption"))
        head = QRectF(CODE_PAD, top + laid.top, self.width() - 120, CODE_HEAD)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, language_name(laid.block.language))

    def _marks(self, laid: LaidBlock) -> list[QAbstractTextDocumentLayout.Selection]:
        result = []
        for place in self.marks(laid):
            mark = QAbstractTextDocumentLayout.Selection()
            mark.cursor = place
            mark.format.setBackground(current().color("warning_soft"))
            mark.format.setForeground(current().color("text"))
            result.append(mark)
        return result

    def _selections(
        self, index: int, laid: LaidBlock
    ) -> list[QAbstractTextDocumentLayout.Selection]:
        if self._selection is None:
            return []
        (first_block, first), (last_block, last) = self._selection
        if not first_block <= index <= last_block:
            return []
        start = first if index == first_block else 0
        end = last if index == last_block else text_length(laid.document)
        cursor = QTextCursor(laid.document)
        cursor.setPosition(min(start, text_length(laid.document)))
        cursor.setPosition(min(end, text_length(laid.document)), QTextCursor.MoveMode.KeepAnchor)
        selection = QAbstractTextDocumentLayout.Selection()
        selection.cursor = cursor
        selection.format.setBackground(current().color("accent", 0.25))
        return [selection]

    def _paint_caret(self, painter: QPainter, body: Body, top: int) -> None:
        painter.setPen(current().color("accent"))
        painter.setFont(font("chat"))
        if not body.blocks:
            painter.drawText(QPointF(0, top + 18), _CARET)
            return
        index = len(body.blocks) - 1
        block = body.blocks[index].document.lastBlock()
        layout = block.layout()
        if not layout.lineCount():
            return
        line = layout.lineAt(layout.lineCount() - 1)
        place = body.origin(index) + layout.position()
        x = place.x() + line.x() + line.naturalTextWidth() + 2
        y = place.y() + line.y() + line.ascent() + (line.height() - line.ascent()) / 4
        painter.drawText(QPointF(x, y + top), _CARET)
