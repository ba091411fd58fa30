"""Colours and fonts of rendered text, taken from the theme once per change."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont

from morpheus_desktop.theme import current, font


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """Everything a document needs; `chat_px` is the size of the conversation."""

    text: QColor
    quiet: QColor
    link: QColor
    code_background: QColor
    border: QColor
    code_colors: dict[str, QColor]
    chat: QFont
    code: QFont
    headings: tuple[QFont, QFont]
    line_px: int
    code_line_px: int


def text_style() -> TextStyle:
    """The style of the present theme."""
    theme = current()
    names = ("keyword", "string", "comment", "function", "number", "builtin", "plain")
    return TextStyle(
        text=theme.color("text"),
        quiet=theme.color("text2"),
        link=theme.color("link"),
        code_background=theme.color("code_bg"),
        border=theme.color("border"),
        code_colors={name: theme.code_color(name) for name in names},
        chat=font("chat"),
        code=font("code"),
        headings=(font("h2"), font("h3")),
        line_px=26,
        code_line_px=20,
    )
