"""Splits Markdown into top-level blocks, once or while it streams in.

A model's answer is hostile text: HTML is off, images become their description, very long runs are
cut into slices so that no single layout freezes the window.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONG_RUN = 2_000
"""A word of more characters is wrapped anywhere instead of at its end."""
SLICE = 20_000
"""A paragraph of more characters is split into blocks of this size, laid out only when visible."""
SHOWN = 200_000
"""Characters shown of one message; the rest is opened on request as plain text."""
LINKED = 5_000
"""Bare addresses become links in blocks of at most so many characters: the search is quadratic."""
_WIDEST = 200
"""A table whose head has more bars is shown as plain text: each row would fill all its columns."""
_GROWTH = 1.25
"""A very large open block is parsed again only when it has grown by this factor."""
_HALF_MARKER = re.compile(r" {0,3}\d{1,9}[.)]?")
"""A number that arrived without what follows: it may still become an item of the list before."""
_NEW_LINE = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level block. `source` is its Markdown; `kind`: `text`, `code` or `plain` (a slice).

    `closed` is False for a fence whose end has not arrived. `code` is the content of a fence.
    `continues`: a slice that goes on where the block before it was cut.
    """

    kind: str
    source: str
    language: str = ""
    code: str = ""
    closed: bool = True
    continues: bool = False

    @property
    def wraps_anywhere(self) -> bool:
        return has_long_run(self.source)


def has_long_run(text: str) -> bool:
    """Whether some run is longer than `LONG_RUN`. Lines break at plain spaces only, so no-break
    spaces belong to a run."""
    if len(text) <= LONG_RUN:
        return False
    return any(len(run) > LONG_RUN for run in re.split("[ \t\n]", text))


def _new_parser(options: dict[str, Any]) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 40, **options})
    # A definition of a link would vanish from sight: it stays what it is, text with an address.
    return markdown.enable("table").disable("reference")


@cache
def _parser(linkify: bool) -> "MarkdownIt":
    """CommonMark with tables and strike-through, bare links on request, HTML off."""
    rules = ["strikethrough", "linkify"] if linkify else ["strikethrough"]
    return _new_parser({"linkify": linkify}).enable(rules)


@cache
def _splitter() -> "MarkdownIt":
    """Finds blocks only: parsing the inside of a long hostile paragraph takes seconds."""
    return _new_parser({}).disable(["inline", "text_join"])


def tokens_of(source: str) -> "Sequence[Token]":
    """Tokens of a piece of Markdown."""
    return _parser(len(source) <= LINKED).parse(source)


def normal_lines(text: str) -> str:
    """All ends of lines as line feeds, as the parser counts them."""
    return _NEW_LINE.sub("\n", text) if "\r" in text else text


def split_blocks(text: str, shown: int = SHOWN) -> list[Block]:
    """Top-level blocks of `text`, in order; together they hold all of it but blank lines.

    Markdown is read in the first `SHOWN` characters; up to `shown` the rest is plain slices.
    """
    text = normal_lines(text)
    return _split(text[:SHOWN])[0] + _slices(text[SHOWN:shown], continues=True)


def _split(text: str) -> tuple[list[Block], int, int]:
    """Blocks; how many stand before the last top-level one; where in `text` that one begins."""
    lines = text.split("\n")
    found: list[Block] = []
    before = line = 0
    for token in _splitter().parse(text):
        if token.level != 0 or token.map is None or token.nesting < 0:
            continue
        before, line = len(found), token.map[0]
        source = "\n".join(lines[line : token.map[1]]).rstrip("\n")
        if _is_plain(token.type, source):
            found.extend(_slices(source))
        elif token.type == "fence":
            found.append(_fence(token, source))
        elif source.strip():
            found.append(Block("text", source))
    return found, before, sum(len(each) + 1 for each in lines[:line])


def _is_plain(kind: str, source: str) -> bool:
    """Whether a block would take too long to be laid out as what it is."""
    if kind == "table_open" and source.split("\n", 1)[0].count("|") > _WIDEST:
        return True
    return len(source) > SLICE and (kind != "fence" or has_long_run(source))


def _fence(token: Any, source: str) -> Block:
    info = token.info.strip().split(maxsplit=1)
    marker = token.markup
    last = source.rsplit("\n", 1)[-1].strip()
    closed = "\n" in source and last.startswith(marker) and not last.strip(marker[0])
    language = info[0].lower() if info else ""
    return Block("code", source, language[:40], token.content.rstrip("\n"), closed)


def _slices(text: str, *, continues: bool = False) -> list[Block]:
    return [
        Block("plain", text[at : at + SLICE], continues=continues or at > 0)
        for at in range(0, len(text), SLICE)
    ]


class StreamingBlocks:
    """Blocks of a text that grows.

    Only the last block is parsed again; earlier ones never change.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text = ""
        self._open = ""
        self._shown = 0
        self._frozen = 0
        self._parse_from = 0
        self._half_line_end = False

    @property
    def text(self) -> str:
        return self._text

    @property
    def open_length(self) -> int:
        """Characters of the block that may still change."""
        return len(self._open)

    def append(self, delta: str) -> int:
        """Add text; return the index of the first block that changed."""
        self._text += delta
        # Past the limit nothing more is shown, so nothing more is parsed.
        fresh = self._with_line_feeds(delta)[: SHOWN - self._shown]
        if not fresh:
            return len(self.blocks)
        self._shown += len(fresh)
        self._open += fresh
        if len(self._open) < self._parse_from:
            self.blocks[self._frozen :] = _slices(self._open)
            return self._frozen
        return self._parse()

    def finish(self) -> int:
        """The text is whole; return the index of the first block that changed."""
        return self._parse() if self._parse_from else len(self.blocks)

    def _parse(self) -> int:
        first = self._frozen
        self.blocks[first:], before, at = _split(self._open)
        last = self._open[at:]
        if before and not _HALF_MARKER.fullmatch(last):
            self._frozen += before
            self._open = last
        large = bool(self.blocks) and self.blocks[-1].kind == "plain"
        self._parse_from = round(len(self._open) * _GROWTH) if large else 0
        return first

    def _with_line_feeds(self, delta: str) -> str:
        if self._half_line_end and delta.startswith("\n"):
            delta = delta[1:]
            self._half_line_end = False
        if delta:
            self._half_line_end = delta.endswith("\r")
        return normal_lines(delta)
