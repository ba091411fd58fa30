"""The English word list of BIP-39: 2048 words, sorted, told apart by their first four letters."""

import difflib
import functools
from importlib.resources import files


@functools.cache
def words() -> tuple[str, ...]:
    text = files("node.wallet").joinpath("bip39_english.txt").read_text(encoding="ascii")
    return tuple(text.split())


@functools.cache
def index_by_word() -> dict[str, int]:
    return {word: index for index, word in enumerate(words())}


def similar(word: str, limit: int) -> list[str]:
    """Words of the list that `word` may be a slip of, likeliest first; never `word` itself."""
    # Longer input is no slip of the keyboard, and comparing it would take long.
    if len(word) > 16:
        return []
    close = difflib.get_close_matches(word, words(), n=limit + 1, cutoff=0.7)
    if len(word) >= 4:
        # The first four letters name a word: “abandom” can only be “abandon”.
        close = [item for item in words() if item[:4] == word[:4]] + close
    unique = dict.fromkeys(item for item in close if item != word)
    return list(unique)[:limit]
