"""Splits Markdown into top-level blocks, once or while it streams in.

A model's answer is hostile text: HTML is off, images become their description, very long runs are
cut into slices so that no single layout freezes the window.
"""

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


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level block. `source` is its Markdown; `kind`: `text`, `code` or `plain` (a slice).

    `closed` is False for a fence whose end has not arrived. `code` is the content of a fence.
    """

    kind: str
    source: str
    language: str = ""
    code: str = ""
    closed: bool = True

    @property
    def wraps_anywhere(self) -> bool:
        return has_long_run(self.source)


def has_long_run(text: str) -> bool:
    """Whether some run without white space is longer than `LONG_RUN`."""
    return len(text) > LONG_RUN and any(len(part) > LONG_RUN for part in text.split())


@cache
def parser() -> "MarkdownIt":
    """The one parser: CommonMark with tables and strike-through, bare links, HTML off."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 40})
    return markdown.enable(["table", "strikethrough", "linkify"])


def tokens_of(source: str) -> "Sequence[Token]":
    """Block tokens of a piece of Markdown."""
    return parser().parse(source)


def split_blocks(text: str) -> list[Block]:
    """Top-level blocks of `text`, in order; together they hold all of it but blank lines."""
    if len(text) > SHOWN:
        text = text[:SHOWN]
    if has_long_run(text) and len(text) > SLICE:
        return _slices(text)
    lines = text.split("\n")
    found: list[Block] = []
    for token, first, last in _top_level(text):
        source = "\n".join(lines[first:last]).rstrip("\n")
        if token.type == "fence":
            found.append(_fence(token, source))
        elif len(source) > SLICE:
            found.extend(_slices(source))
        elif source.strip():
            found.append(Block("text", source))
    return found


def _top_level(text: str) -> list[tuple[Any, int, int]]:
    found = []
    for token in tokens_of(text):
        if token.level == 0 and token.map is not None and token.nesting >= 0:
            found.append((token, token.map[0], token.map[1]))
    return found


def _fence(token: Any, source: str) -> Block:
    info = token.info.strip().split(maxsplit=1)
    marker = token.markup
    last = source.rsplit("\n", 1)[-1].strip()
    closed = "\n" in source and last.startswith(marker) and not last.strip(marker[0])
    language = info[0].lower() if info else ""
    return Block("code", source, language[:40], token.content.rstrip("\n"), closed)


def _slices(text: str) -> list[Block]:
    return [Block("plain", text[at : at + SLICE]) for at in range(0, len(text), SLICE)]


class StreamingBlocks:
    """Blocks of a text that grows.

    Only the last block is parsed again; earlier ones never change.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text = ""
        self._open_at = 0
        self._frozen = 0

    @property
    def text(self) -> str:
        return self._text

    def append(self, delta: str) -> int:
        """Add text; return the index of the first block that changed."""
        self._text += delta
        if len(self._text) > SHOWN and self._open_at < SHOWN:
            # Past the limit nothing more is shown, so nothing more is parsed.
            return len(self.blocks)
        rest = self._text[self._open_at :]
        fresh = split_blocks(rest)
        first = self._frozen
        self.blocks[first:] = fresh
        if len(fresh) > 1 and fresh[-1].kind != "plain":
            at = self._start_of_last(rest)
            if at > 0:
                self._frozen = len(self.blocks) - 1
                self._open_at += at
        return first

    @staticmethod
    def _start_of_last(rest: str) -> int:
        top = _top_level(rest)
        if len(top) < 2:
            return 0
        line = top[-1][1]
        at = 0
        for _ in range(line):
            at = rest.index("\n", at) + 1
        return at
