"""Splitting Markdown: streaming gives what one pass gives, and hostile text stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morpheus_desktop.rendering.blocks import (
    SHOWN,
    SLICE,
    StreamingBlocks,
    has_long_run,
    split_blocks,
    tokens_of,
)

TEXTS = (
    "One paragraph.\n\nTwo, with `code` and **bold**.\n",
    "# Head\n\ntext\n\n## Second\n\n- a\n- b\n  - c\n\n1. x\n2. y\n",
    "before\n\n```python\nx = 1\n\ny = 2\n```\n\nafter\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nend\n",
    "> quote\n> goes on\n\nplain\n",
    "```\nopen fence without end\nmore",
    "~~~js\nconst a = `x`;\n~~~\ntext right after\n",
    "* item\n\n  second paragraph of the item\n\n* next\n\nout\n",
    "text\n---\nmore\n\n---\n\nend",
    "1. a\n\n2. b\n\n10. c\n\nout\n",
    "see [x][1]\n\n[1]: https://example.org/a\n\nend",
    "windows\r\n\r\n- a\r\n- b\r\n\rold mac\r",
    "> a\n\n- b\n\n---\n\n**c**",
)


@pytest.mark.parametrize("text", TEXTS)
@given(data=st.data())
def test_streaming_in_any_pieces_gives_the_same_blocks(text: str, data: st.DataObject) -> None:
    stream = StreamingBlocks()
    at = 0
    while at < len(text):
        size = data.draw(st.integers(1, 12))
        stream.append(text[at : at + size])
        at += size
    assert [(b.kind, b.source, b.code) for b in stream.blocks] == [
        (b.kind, b.source, b.code) for b in split_blocks(text)
    ]


def test_earlier_blocks_are_not_parsed_again() -> None:
    stream = StreamingBlocks()
    stream.append("one\n\ntwo\n\nthr")
    kept = stream.blocks[0]
    assert stream.append("ee goes on") >= 1
    assert stream.blocks[0] is kept


def test_a_fence_without_its_end_is_open() -> None:
    (block,) = split_blocks("```pyth")
    assert (block.kind, block.closed, block.language) == ("code", False, "pyth")
    (closed,) = split_blocks("```python\nx\n```")
    assert (closed.closed, closed.code) == (True, "x")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=file:///etc/passwd>",
        "<a href='javascript:alert(1)'>x</a>",
        "<!-- hidden -->",
    ],
)
def test_html_is_text(text: str) -> None:
    kinds = {token.type for token in tokens_of(text)}
    assert not any("html" in kind for kind in kinds)


@pytest.mark.parametrize("scheme", ["javascript", "vbscript", "data", "file"])
def test_links_that_could_run_or_read_something_are_no_links(scheme: str) -> None:
    tokens = tokens_of(f"[x]({scheme}:alert)")
    children = [child.type for token in tokens for child in token.children or []]
    assert "link_open" not in children


def test_long_runs_are_sliced() -> None:
    assert has_long_run("x" * 2001)
    blocks = split_blocks("x" * 100_000)
    assert {block.kind for block in blocks} == {"plain"}
    assert max(len(block.source) for block in blocks) <= SLICE


def test_very_long_messages_are_cut_for_display_only() -> None:
    stream = StreamingBlocks()
    for _ in range(30):
        stream.append("word " * 2000 + "\n\n")
    assert len(stream.text) == 30 * 10_002
    assert sum(len(block.source) for block in stream.blocks) <= SHOWN + 20_000


def test_deep_nesting_ends() -> None:
    assert split_blocks("> " * 5000 + "deep")
    assert split_blocks("- " * 2000 + "deep")


@given(st.text(max_size=400))
def test_any_text_has_blocks(text: str) -> None:
    for block in split_blocks(text):
        assert block.kind in {"text", "code", "plain"}


@pytest.mark.parametrize("text", TEXTS)
def test_no_word_disappears(text: str) -> None:
    """Also not the address of a link that is defined apart from its use."""
    assert "".join("".join(b.source for b in split_blocks(text)).split()) == "".join(text.split())


def test_one_delta_beyond_the_limit_is_shown_up_to_it() -> None:
    stream = StreamingBlocks()
    stream.append("word " * 100_000)
    assert sum(len(block.source) for block in stream.blocks) == SHOWN
    assert stream.append("more") == len(stream.blocks)


def test_one_long_run_leaves_the_other_blocks_as_they_are() -> None:
    text = "# Head\n\n" + "words\n\n" * 4000 + "z" * 2500 + "\n\n```\ncode\n```"
    blocks = split_blocks(text)
    assert {block.kind for block in blocks} == {"text", "code"}
    assert [block.wraps_anywhere for block in blocks].count(True) == 1


def test_no_break_spaces_do_not_end_a_run() -> None:
    """The layout does not break at them, so it would take seconds."""
    assert has_long_run("x\u00a0" * 2000)
    assert not has_long_run("x " * 2000)


def test_the_rest_of_a_long_message_is_plain_slices() -> None:
    text = "**word** " * 30_000
    more = split_blocks(text, SHOWN + 30_000)
    assert "".join(block.source for block in more) == text[: SHOWN + 30_000]
    assert {block.kind for block in more[-2:]} == {"plain"}


def test_splitting_does_not_read_the_inside_of_blocks() -> None:
    """Reading 100,000 open emphases takes seconds; blocks of that size are never read."""
    assert {block.kind for block in split_blocks("*a " * 60_000)} == {"plain"}
    assert max(len(block.source) for block in split_blocks("[" * 50_000)) <= SLICE


def test_a_large_open_block_is_seldom_parsed_and_right_at_the_end() -> None:
    text = "intro\n\n" + "- item with *some* text\n" * 2500 + "\nafter\n\nend"
    stream = StreamingBlocks()
    for at in range(0, len(text), 500):
        stream.append(text[at : at + 500])
        assert "".join("".join(b.source for b in stream.blocks).split()) == "".join(
            text[: at + 500].split()
        )
    stream.finish()
    assert stream.blocks == split_blocks(text)


def test_a_table_of_very_many_columns_is_plain_text() -> None:
    text = "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n|b"
    assert {block.kind for block in split_blocks(text)} == {"plain"}
    assert [block.kind for block in split_blocks("|a|b|\n|-|-|\n|c|d|")] == ["text"]


def test_bare_addresses_are_links_unless_the_block_is_very_long() -> None:
    def links(text: str) -> int:
        inline = [child for token in tokens_of(text) for child in token.children or []]
        return sum(child.type == "link_open" for child in inline)

    assert links("see https://example.org/a now") == 1
    assert links("https://example.org/a " * 1000) == 0
    assert links("[x](https://example.org) " * 1000) == 1000
