"""Token counts as both nodes of a session compute them: cl100k_base from a rank file we ship.

Loading takes some tenths of a second and about 30 MB, so it happens at first use; call `load` in a
thread beforehand where a stall matters. Public source of pattern and special tokens: OpenAI's
`tiktoken`.
"""

import base64
import functools
import hashlib
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from node.core.paths import resource_path

if TYPE_CHECKING:
    import tiktoken

_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_SPECIAL = {
    "<|endoftext|>": 100257,
    "<|fim_prefix|>": 100258,
    "<|fim_middle|>": 100259,
    "<|fim_suffix|>": 100260,
    "<|endofprompt|>": 100276,
}
_PER_MESSAGE = 4
_EXACT_CHARACTERS = 1 << 20
_log = logging.getLogger("node.tokens")


@functools.lru_cache(maxsize=1)
def load() -> "tiktoken.Encoding | None":
    """The tokenizer, or None when its rank file is missing or not the one we ship."""
    path = resource_path("tokenizer", "cl100k_base.tiktoken")
    try:
        raw = path.read_bytes()
    except OSError as error:
        _log.warning("tokenizer file cannot be read (%s); counting by length", type(error).__name__)
        return None
    if hashlib.sha256(raw).hexdigest() != _SHA256:
        _log.warning("tokenizer file has the wrong content; counting by length")
        return None
    import tiktoken

    ranks = {
        base64.b64decode(token): int(rank)
        for token, _, rank in (line.partition(b" ") for line in raw.splitlines() if line)
    }
    return tiktoken.Encoding(
        name="cl100k_base", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens=_SPECIAL
    )


def count_tokens(text: str) -> int:
    """Tokens of `text`; without a tokenizer (UTF-8 length + 3) // 4.

    What lies beyond the first million characters is estimated that way too, so that counting an
    absurd text never holds up the node.
    """
    encoding = load() if text else None
    if encoding is None:
        return _estimate(text)
    exact, rest = text[:_EXACT_CHARACTERS], text[_EXACT_CHARACTERS:]
    return len(encoding.encode(exact, disallowed_special=())) + _estimate(rest)


def _estimate(text: str) -> int:
    return (len(text.encode(errors="replace")) + 3) // 4


def _content_tokens(content: Any) -> int:
    if isinstance(content, str):
        return count_tokens(content)
    if not isinstance(content, list):
        return 0
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return sum(count_tokens(text) for text in parts if isinstance(text, str))


def prompt_tokens(messages: Iterable[Any]) -> int:
    """Tokens of a chat request: per message 4, its text content and its name."""
    total = 0
    for message in messages:
        if not isinstance(message, Mapping):
            continue
        name = message.get("name")
        total += _PER_MESSAGE + _content_tokens(message.get("content"))
        total += count_tokens(name) if isinstance(name, str) else 0
    return total
