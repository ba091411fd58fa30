"""Builds text documents from Markdown tokens, format by format. Never by HTML."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTableFormat,
)

from morpheus_desktop.rendering.blocks import Block, has_long_run, tokens_of
from morpheus_desktop.rendering.style import TextStyle

if TYPE_CHECKING:
    from markdown_it.token import Token

_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_INDENT = 24
_GAP = 10
_MAX_COLUMNS = 40


class SafeDocument(QTextDocument):
    """A document that loads nothing: every resource is an empty picture."""

    def __init__(self, style: TextStyle) -> None:
        super().__init__()
        self.setDocumentMargin(0)
        self.setUndoRedoEnabled(False)
        self.setDefaultFont(style.chat)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        # None would let the base class look for the file itself.
        del kind, name
        return QImage()


def wrap_anywhere(document: QTextDocument, anywhere: bool) -> None:
    """Break inside words (for very long runs), or only where needed."""
    option = QTextOption(document.defaultTextOption())
    mode = (
        QTextOption.WrapMode.WrapAnywhere
        if anywhere
        else (QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    )
    option.setWrapMode(mode)
    document.setDefaultTextOption(option)


def plain_document(text: str, style: TextStyle) -> SafeDocument:
    """Text as it is, for user messages and slices."""
    document = SafeDocument(style)
    wrap_anywhere(document, has_long_run(text))
    cursor = QTextCursor(document)
    cursor.setBlockFormat(_block_format(style.line_px))
    cursor.setCharFormat(_char_format(style))
    for number, line in enumerate(text.split("\n")):
        if number:
            cursor.insertBlock()
        cursor.insertText(line)
    return document


def text_document(block: Block, style: TextStyle) -> SafeDocument:
    """A block of prose: paragraphs, headings, lists, quotes, tables."""
    document = SafeDocument(style)
    wrap_anywhere(document, block.wraps_anywhere)
    _Writer(document, style).write(tokens_of(block.source))
    return document


def _block_format(line_px: int, *, indent: int = 0, top: int = 0) -> QTextBlockFormat:
    result = QTextBlockFormat()
    result.setLineHeight(line_px, _FIXED)
    result.setLeftMargin(indent)
    result.setTopMargin(top)
    return result


def _char_format(style: TextStyle) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setFont(style.chat)
    result.setForeground(style.text)
    return result


class _Writer:
    """Walks the tokens of one block."""

    def __init__(self, document: QTextDocument, style: TextStyle) -> None:
        self._cursor = QTextCursor(document)
        self._style = style
        self._lists: list[int | None] = []
        self._quotes = 0
        self._started = False
        self._item_open = False

    def write(self, tokens: "Sequence[Token]") -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = next(
                    (i for i in range(index, len(tokens)) if tokens[i].type == "table_close"),
                    len(tokens) - 1,
                )
                self._table(tokens[index : end + 1])
                index = end + 1
                continue
            self._token(token, tokens, index)
            index += 1

    def _token(self, token: "Token", tokens: "Sequence[Token]", index: int) -> None:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrGet("start") or 1) if kind.startswith("ordered") else None
            self._lists.append(start)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            self._item_open = True
        elif kind == "blockquote_open":
            self._quotes += 1
        elif kind == "blockquote_close":
            self._quotes -= 1
        elif kind == "heading_open":
            self._heading(token, tokens[index + 1])
        elif kind == "inline" and tokens[index - 1].type != "heading_open":
            self._paragraph(token)
        elif kind in ("fence", "code_block"):
            self._nested_code(token)
        elif kind == "hr":
            self._rule()

    def _new_block(self, line_px: int, gap: int) -> None:
        depth = len(self._lists)
        indent = depth * _INDENT + self._quotes * 16
        block = _block_format(line_px, indent=indent, top=gap if self._started else 0)
        if self._started:
            self._cursor.insertBlock(block)
        else:
            self._cursor.setBlockFormat(block)
        self._started = True

    def _paragraph(self, token: "Token") -> None:
        in_list = bool(self._lists)
        self._new_block(self._style.line_px, 2 if in_list and self._item_open else _GAP)
        if in_list and self._item_open:
            self._bullet()
        base = _char_format(self._style)
        if self._quotes:
            base.setForeground(self._style.quiet)
        self._inline(token, base)

    def _bullet(self) -> None:
        self._item_open = False
        block = self._cursor.blockFormat()
        block.setTextIndent(-18)
        self._cursor.setBlockFormat(block)
        number = self._lists[-1]
        base = _char_format(self._style)
        base.setForeground(self._style.quiet)
        if number is None:
            self._cursor.insertText("•\u2002", base)
        else:
            self._cursor.insertText(f"{number}.\u2002", base)
            self._lists[-1] = number + 1

    def _heading(self, token: "Token", inline: "Token") -> None:
        big = token.tag == "h1"
        self._new_block(28 if big else 24, 16)
        base = _char_format(self._style)
        base.setFont(self._style.headings[0 if big else 1])
        self._inline(inline, base)

    def _nested_code(self, token: "Token") -> None:
        for number, line in enumerate(token.content.rstrip("\n").split("\n")):
            self._new_block(self._style.code_line_px, _GAP if number == 0 else 0)
            self._cursor.insertText(line, self._code_format())

    def _rule(self) -> None:
        self._new_block(16, 4)
        base = _char_format(self._style)
        base.setForeground(self._style.border)
        self._cursor.insertText("―" * 24, base)

    def _code_format(self) -> QTextCharFormat:
        result = QTextCharFormat()
        result.setFont(self._style.code)
        result.setForeground(self._style.text)
        result.setBackground(self._style.code_background)
        return result

    def _inline(self, token: "Token", base: QTextCharFormat) -> None:
        stack = [base]
        for child in token.children or []:
            self._inline_token(child, stack)

    def _inline_token(self, child: "Token", stack: list[QTextCharFormat]) -> None:
        kind = child.type
        if kind.endswith("_open"):
            stack.append(self._opened(child, QTextCharFormat(stack[-1])))
        elif kind.endswith("_close"):
            if len(stack) > 1:
                stack.pop()
        elif kind == "code_inline":
            self._cursor.insertText(child.content, self._code_format())
        elif kind == "softbreak":
            self._cursor.insertText(" ", stack[-1])
        elif kind == "hardbreak":
            self._cursor.insertText("\u2028", stack[-1])
        elif kind == "image":
            self._cursor.insertText(f"[picture: {child.content[:200]}]", stack[-1])
        elif child.content:
            self._cursor.insertText(child.content, stack[-1])

    def _opened(self, child: "Token", chars: QTextCharFormat) -> QTextCharFormat:
        if child.type == "strong_open":
            chars.setFontWeight(QFont.Weight.DemiBold)
        elif child.type == "em_open":
            chars.setFontItalic(True)
        elif child.type == "s_open":
            chars.setFontStrikeOut(True)
        elif child.type == "link_open":
            chars.setAnchor(True)
            chars.setAnchorHref(str(child.attrGet("href") or ""))
            chars.setForeground(self._style.link)
        return chars

    def _table(self, tokens: "Sequence[Token]") -> None:
        rows: list[list[Token]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and rows:
                rows[-1].append(token)
        columns = min(_MAX_COLUMNS, max((len(row) for row in rows), default=0))
        if not columns:
            return
        self._new_block(4, 4)
        table = self._cursor.insertTable(len(rows), columns, self._table_format())
        for top, row in enumerate(rows):
            for left, cell in enumerate(row[:columns]):
                self._cell(table.cellAt(top, left).firstCursorPosition(), cell, head=top == 0)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._cursor.setBlockFormat(_block_format(4))

    def _table_format(self) -> QTextTableFormat:
        result = QTextTableFormat()
        result.setBorder(1)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        result.setBorderBrush(self._style.border)
        result.setBorderCollapse(True)
        result.setCellPadding(7)
        result.setCellSpacing(0)
        result.setWidth(QTextLength())
        return result

    def _cell(self, at: QTextCursor, token: "Token", *, head: bool) -> None:
        outer, self._cursor = self._cursor, at
        base = _char_format(self._style)
        if head:
            base.setFontWeight(QFont.Weight.DemiBold)
        at.setBlockFormat(_block_format(22))
        self._inline(token, base)
        self._cursor = outer
