"""The laid-out text of one message: its blocks as documents, with heights for one width."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextCursor, QTextDocument

from morpheus_desktop.rendering.blocks import SHOWN, SLICE, Block, StreamingBlocks, split_blocks
from morpheus_desktop.rendering.code import CodeDocument
from morpheus_desktop.rendering.documents import SafeDocument, plain_document, text_document
from morpheus_desktop.rendering.style import TextStyle

CODE_HEAD = 34
CODE_PAD = 14
BLOCK_GAP = 12
BUBBLE_PAD_X = 16
BUBBLE_PAD_Y = 12
BUBBLE_SHARE = 0.76


@dataclass(slots=True)
class LaidBlock:
    """A block with its document, placed at `top` from the top of the body."""

    block: Block
    document: SafeDocument
    top: int = 0
    height: int = 0

    @property
    def is_code(self) -> bool:
        return self.block.kind == "code"


class Body:
    """Documents of one message. `layout(width)` before anything is painted or asked."""

    def __init__(
        self,
        text: str,
        style: TextStyle,
        *,
        is_user: bool,
        streaming: bool,
        shown: int = SHOWN,
    ) -> None:
        self._style = style
        self.shown = shown
        self._is_user = is_user
        self._stream = StreamingBlocks() if streaming and not is_user else None
        self.text = text
        self.blocks: list[LaidBlock] = []
        self.width = 0
        self.height = 0
        self.text_width = 0
        self._build(text)

    @property
    def is_cut(self) -> bool:
        """Whether only the first part of a very long message is shown."""
        return len(self.text) > self.shown

    def _build(self, text: str) -> None:
        if self._is_user:
            shown = text[: self.shown]
            parts = [shown[at : at + SLICE] for at in range(0, len(shown), SLICE)] or [""]
            self.blocks = [
                LaidBlock(Block("plain", part), plain_document(part, self._style)) for part in parts
            ]
        elif self._stream is not None:
            self._stream.append(text)
            self.blocks = [self._laid(block) for block in self._stream.blocks]
        else:
            self.blocks = [self._laid(block) for block in split_blocks(text, self.shown)]

    def _laid(self, block: Block) -> LaidBlock:
        if block.kind == "code":
            document = CodeDocument(self._style)
            if block.closed:
                document.finish(block.code, block.language)
            else:
                document.grow(block.code, block.language)
            return LaidBlock(block, document)
        if block.kind == "plain":
            return LaidBlock(block, plain_document(block.source, self._style))
        return LaidBlock(block, text_document(block, self._style))

    def append(self, delta: str) -> None:
        """Add streamed text; only the blocks that changed are built and laid out again."""
        self.text += delta
        if self._stream is None:
            return
        self._update(self._stream, self._stream.append(delta))

    def _update(self, stream: StreamingBlocks, first: int) -> None:
        fresh = stream.blocks[first:]
        old = self.blocks[first:]
        self.blocks[first:] = [
            self._updated(block, old[index] if index < len(old) else None)
            for index, block in enumerate(fresh)
        ]
        self._place(first)

    def _updated(self, block: Block, old: LaidBlock | None) -> LaidBlock:
        if old is not None and old.block == block:
            return old
        both_code = old is not None and old.is_code and block.kind == "code"
        if both_code and old is not None and isinstance(old.document, CodeDocument):
            if block.closed:
                old.document.finish(block.code, block.language)
            else:
                old.document.grow(block.code, block.language)
            return LaidBlock(block, old.document)
        return self._laid(block)

    def finish(self) -> None:
        """The stream has ended: blocks are final."""
        if self._stream is not None:
            self._update(self._stream, self._stream.finish())
        self._stream = None

    @property
    def open_length(self) -> int:
        """Characters that the next streamed text makes be drawn anew."""
        return self._stream.open_length if self._stream is not None else 0

    def layout(self, width: int) -> int:
        """Lay out for `width` pixels; return the height."""
        if width == self.width:
            return self.height
        self.width = width
        self._place(0)
        return self.height

    def _place(self, first: int) -> None:
        if not self.width:
            return
        limit = round(self.width * BUBBLE_SHARE) - 2 * BUBBLE_PAD_X
        inner = limit if self._is_user else self.width
        top = 0
        if first:
            before = self.blocks[first - 1]
            top = before.top + before.height + BLOCK_GAP
        for laid in self.blocks[first:]:
            laid.top = top
            laid.height = self._block_height(laid, inner)
            top += laid.height + BLOCK_GAP
        self.height = max(0, top - BLOCK_GAP) if self.blocks else 0
        if self._is_user:
            natural = max((laid.document.idealWidth() for laid in self.blocks), default=0)
            self.text_width = min(inner, round(natural) + 1)
            self.height += 2 * BUBBLE_PAD_Y
        else:
            self.text_width = inner

    @staticmethod
    def _block_height(laid: LaidBlock, width: int) -> int:
        if laid.is_code:
            laid.document.setTextWidth(width - 2 * CODE_PAD - 2)
            return round(laid.document.size().height()) + CODE_HEAD + CODE_PAD
        laid.document.setTextWidth(width)
        return round(laid.document.size().height())

    def bubble(self) -> QRectF:
        """The user's bubble within the body."""
        width = self.text_width + 2 * BUBBLE_PAD_X
        return QRectF(self.width - width, 0, width, self.height)

    def origin(self, index: int) -> QPointF:
        """Where the text of a block begins."""
        laid = self.blocks[index]
        if self._is_user:
            return QPointF(self.bubble().left() + BUBBLE_PAD_X, laid.top + BUBBLE_PAD_Y)
        if laid.is_code:
            return QPointF(CODE_PAD, laid.top + CODE_HEAD)
        return QPointF(0, laid.top)

    def hit(self, point: QPointF) -> tuple[int, int]:
        """Block and character nearest to a point."""
        index = 0
        for number, laid in enumerate(self.blocks):
            if point.y() >= laid.top:
                index = number
        local = point - self.origin(index)
        layout = self.blocks[index].document.documentLayout()
        return index, max(0, layout.hitTest(local, Qt.HitTestAccuracy.FuzzyHit))

    def link_at(self, point: QPointF) -> str:
        """Address of the link under a point, empty for none."""
        for index, laid in enumerate(self.blocks):
            if laid.top <= point.y() < laid.top + laid.height:
                return laid.document.documentLayout().anchorAt(point - self.origin(index))
        return ""

    def selected_text(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """Text between two (block, character) places; whole blocks as Markdown source."""
        pieces: list[str] = []
        for index in range(start[0], min(end[0], len(self.blocks) - 1) + 1):
            laid = self.blocks[index]
            if pieces and not self._is_user and not laid.block.continues:
                pieces.append("\n\n")
            first = start[1] if index == start[0] else 0
            last = end[1] if index == end[0] else text_length(laid.document)
            if first == 0 and last >= text_length(laid.document):
                pieces.append(laid.block.source)
            elif laid.is_code:
                pieces.append(_units(laid.block.code, first, last))
            else:
                pieces.append(_range_text(laid.document, first, last))
        return "".join(pieces)

    def word_at(self, block: int, position: int) -> tuple[int, int]:
        """Where the word at a place begins and ends."""
        cursor = QTextCursor(self.blocks[block].document)
        cursor.setPosition(position)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor.selectionStart(), cursor.selectionEnd()


def text_length(document: QTextDocument) -> int:
    """Position after the last character."""
    return max(0, document.characterCount() - 1)


def _units(text: str, first: int, last: int) -> str:
    """Part of a text by positions of a document, which counts UTF-16 units."""
    return text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le", "replace")


def _range_text(document: QTextDocument, first: int, last: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(first)
    cursor.setPosition(min(last, text_length(document)), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n")
