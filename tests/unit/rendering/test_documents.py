"""Documents: nothing is loaded, text is what was written, code keeps every character."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument

from morpheus_desktop.rendering.blocks import Block, split_blocks
from morpheus_desktop.rendering.code import CodeDocument, language_name
from morpheus_desktop.rendering.documents import plain_document, text_document
from morpheus_desktop.rendering.style import TextStyle, text_style
from morpheus_desktop.theme import Theme

pytestmark = pytest.mark.gui


@pytest.fixture
def style(theme: Theme) -> TextStyle:
    del theme
    return text_style()


def prose(text: str, style: TextStyle) -> QTextDocument:
    (block,) = split_blocks(text)
    return text_document(block, style)


def test_no_resource_is_ever_loaded(style: TextStyle) -> None:
    document = prose("hello", style)
    for address in ("file:///etc/passwd", "http://example.org/x.png", "data:image/png;base64,AA"):
        found = document.loadResource(2, QUrl(address))
        assert isinstance(found, QImage)
        assert found.isNull()


def test_formats_of_inline_text(style: TextStyle) -> None:
    document = prose("plain **bold** *slanted* `code` ~~gone~~ [here](https://a.b)", style)
    assert document.toPlainText() == "plain bold slanted code gone here"


def test_lists_are_numbered_and_nested(style: TextStyle) -> None:
    text = prose("3. three\n4. four\n   - inner\n", style).toPlainText()
    assert text.splitlines() == ["3.\u2002three", "4.\u2002four", "•\u2002inner"]


def test_tables_hold_their_cells(style: TextStyle) -> None:
    text = prose("| a | b |\n|---|---|\n| 1 | 2 |\n", style).toPlainText()
    assert [line for line in text.splitlines() if line] == ["a", "b", "1", "2"]


def test_pictures_become_their_description(style: TextStyle) -> None:
    text = prose("![a cat](https://example.org/cat.png)", style).toPlainText()
    assert text == "[picture: a cat]"


def test_user_text_is_not_markdown(style: TextStyle) -> None:
    assert plain_document("**not bold** <b>x</b>", style).toPlainText() == "**not bold** <b>x</b>"


@pytest.mark.parametrize("language", ["python", "js", "", "nonsense-language"])
def test_code_grows_without_losing_a_character(style: TextStyle, language: str) -> None:
    code = 'def f(x):\n    """doc\n    more"""\n    return x  # é 日本 😀\n\n\ttab\n'
    document = CodeDocument(style)
    for end in range(1, len(code) + 1):
        document.grow(code[:end], language)
    assert document.toPlainText() == code
    document.finish(code, language)
    assert document.toPlainText() == code


def test_a_language_whose_name_arrives_in_pieces(style: TextStyle) -> None:
    document = CodeDocument(style)
    for language in ("p", "py", "pyt", "python"):
        document.grow("x = 1", language)
    assert document.toPlainText() == "x = 1"
    assert language_name("python") == "Python"
    assert language_name("zz9") == "zz9"


def test_a_block_in_a_long_run_wraps_anywhere(style: TextStyle) -> None:
    document = text_document(Block("text", "y" * 5000), style)
    document.setTextWidth(300)
    assert document.size().width() <= 301


def test_the_growing_line_is_replaced_whatever_its_characters(style: TextStyle) -> None:
    """Several code points that are one character on the screen, after lines that stay."""
    code = "x = 1\n" + "e\u0301" * 5 + "\U0001f468\u200d\U0001f469\u200d\U0001f467 end\nlast"
    document = CodeDocument(style)
    for end in range(1, len(code) + 1):
        document.grow(code[:end], "")
        assert document.toPlainText() == code[:end]


def test_writing_direction_cannot_hide_in_code(style: TextStyle) -> None:
    code = "if admin: \u202e # user \u2066"
    document = CodeDocument(style)
    document.finish(code, "python")
    assert document.toPlainText() == "if admin: \ufffd # user \ufffd"
    assert document.code == code
