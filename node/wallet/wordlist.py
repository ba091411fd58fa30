"""The English word list of BIP-39: 2048 words, sorted, told apart by their first four letters."""

import difflib
import functools
from importlib.resources import files

_CUTOFF = 0.7


@functools.cache
def words() -> tuple[str, ...]:
    text = files("node.wallet").joinpath("bip39_english.txt").read_text(encoding="ascii")
    return tuple(text.split())


@functools.cache
def index_by_word() -> dict[str, int]:
    return {word: index for index, word in enumerate(words())}


@functools.cache
def _letters() -> tuple[tuple[str, int], ...]:
    """Each word with its letters as bits."""
    return tuple((word, _bits(word)) for word in words())


def _bits(word: str) -> int:
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 31)
    return bits


def similar(word: str, limit: int) -> list[str]:
    """Words of the list that `word` may be a slip of, likeliest first; never `word` itself."""
    # Longer input is no slip of the keyboard, and comparing it would take long.
    if len(word) > 16:
        return []
    close = difflib.get_close_matches(word, _candidates(word), n=limit + 1, cutoff=_CUTOFF)
    if len(word) >= 4:
        # The first four letters name a word: “abandom” can only be “abandon”.
        close = [item for item in words() if item[:4] == word[:4]] + close
    unique = dict.fromkeys(item for item in close if item != word)
    return list(unique)[:limit]


def _candidates(word: str) -> list[str]:
    """Words with enough letters in common to pass the cutoff; comparing all takes ten times as
    long."""
    bits = _bits(word)
    repeated = len(word) - bits.bit_count()
    return [
        other
        for other, other_bits in _letters()
        if 2 * ((bits & other_bits).bit_count() + repeated) >= _CUTOFF * (len(word) + len(other))
    ]
