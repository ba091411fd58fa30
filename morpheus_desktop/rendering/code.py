"""Code: a document that grows line by line, coloured by Pygments."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from morpheus_desktop.rendering.blocks import has_long_run
from morpheus_desktop.rendering.documents import SafeDocument, wrap_anywhere
from morpheus_desktop.rendering.style import TextStyle

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_COLOURED = 40_000
"""Longer code is shown without colours."""
_DIRECTIONS = str.maketrans(
    dict.fromkeys(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "\ufffd"
    )
)
"""Characters that change the direction of writing are seen in code, one sign for each."""
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value


@lru_cache(maxsize=64)
def _lexer(language: str) -> "Lexer | None":
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        # The name of a language may still be arriving; unknown ones are plain text.
        return None


@lru_cache(maxsize=512)
def _role(token_type: Any) -> str:
    from pygments.token import Token

    table = (
        (Token.Comment, "comment"),
        (Token.Literal.String, "string"),
        (Token.Literal.Number, "number"),
        (Token.Name.Function, "function"),
        (Token.Name.Class, "function"),
        (Token.Name.Builtin, "builtin"),
        (Token.Keyword, "keyword"),
        (Token.Operator.Word, "keyword"),
    )
    return next((role for parent, role in table if token_type in parent), "plain")


def language_name(language: str) -> str:
    """Name for the header: `Python` for `py`; the word itself when it is unknown."""
    lexer = _lexer(language)
    return lexer.name if lexer is not None else language or "Text"


class CodeDocument(SafeDocument):
    """Code of one fence. `grow` appends without laying out what is there already."""

    def __init__(self, style: TextStyle) -> None:
        super().__init__(style)
        wrap_anywhere(self, False)
        self._style = style
        self._anywhere = False
        self._language = ""
        self._done = ""
        self._done_end = 0
        self._tail = ""

    @property
    def code(self) -> str:
        return self._done + self._tail

    def grow(self, code: str, language: str) -> None:
        """Show `code`, which begins with what was shown; other beginnings start over."""
        if language != self._language or not code.startswith(self._done):
            self.clear()
            self._language, self._done, self._tail = language, "", ""
            self._done_end = 0
        cursor = QTextCursor(self)
        cursor.setPosition(self._done_end)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cut = code.rfind("\n") + 1
        self._insert(cursor, code[len(self._done) : cut])
        self._done_end = cursor.position()
        self._done, self._tail = code[:cut], code[cut:]
        self._insert(cursor, self._tail)

    def finish(self, code: str, language: str) -> None:
        """Colour the whole once more: strings over several lines need it."""
        self.clear()
        self._language, self._done, self._tail = language, "", ""
        cursor = QTextCursor(self)
        self._insert(cursor, code)
        self._done, self._done_end = code, cursor.position()

    def _insert(self, cursor: QTextCursor, text: str) -> None:
        if not text:
            return
        if not self._anywhere and has_long_run(text):
            self._anywhere = True
            wrap_anywhere(self, True)
        block = QTextBlockFormat()
        block.setLineHeight(self._style.code_line_px, _FIXED)
        cursor.setBlockFormat(block)
        for role, piece in self._pieces(text):
            chars = QTextCharFormat()
            chars.setFont(self._style.code)
            chars.setForeground(self._style.code_colors[role])
            if role == "comment":
                chars.setFontItalic(True)
            cursor.insertText(piece.translate(_DIRECTIONS), chars)

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        lexer = _lexer(self._language)
        if lexer is None or len(self._done) + len(text) > MAX_COLOURED:
            yield "plain", text
            return
        for token_type, piece in lexer.get_tokens(text):
            yield _role(token_type), piece
