"""Recovery phrases as people, keyboards and attackers type them, against another library."""

import unicodedata

from eth_account.hdaccount.mnemonic import Mnemonic as OtherMnemonic
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import InvalidMnemonicError
from node.wallet import wordlist
from node.wallet.mnemonic import WORD_COUNTS, Mnemonic

OTHER = OtherMnemonic()
CODES = {"input.mnemonic_count", "input.mnemonic_word", "input.mnemonic_checksum"}
SPACES = (" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u2003", "\r\n")
FOREIGN = ("あいこくしん", "ábaco", "abdomen\u0301", "的", "abaisser", "abacate", "\u200b", "🙂")


def _forms(word: str) -> st.SearchStrategy[str]:
    """One word in the ways it may be written; all but the last four are the same word."""
    wide = "".join(chr(ord(char) + 0xFEE0) for char in word)
    slips = (word[:-1], word + "s", word[1:], word[::-1])
    return st.sampled_from((word, word, word, word.upper(), word.title(), wide, *slips))


WORDS = st.sampled_from(wordlist.words()).flatmap(_forms) | st.sampled_from(FOREIGN)
LISTED = st.sampled_from(wordlist.words())


def _joined(words: list[str], spaces: list[str]) -> str:
    padded = [*spaces, *[" "] * len(words)]
    return "".join(word + space for word, space in zip(words, padded, strict=False))


def _read(text: str) -> Mnemonic | None:
    """The phrase, None for the declared error, which says what is wrong and what to do."""
    try:
        return Mnemonic.parse(text)
    except InvalidMnemonicError as error:
        assert error.code in CODES
        assert error.message
        assert error.hint
        assert len(error.message) < 200
        for position in error.details.get("positions", ()):
            assert 1 <= position <= 24
        return None


def _agree(text: str) -> None:
    words = unicodedata.normalize("NFKD", text).lower().split()
    expected = len(words) in WORD_COUNTS and OTHER.is_mnemonic_valid(" ".join(words))
    found = _read(text)
    assert (found is not None) == expected
    if found is not None:
        assert list(found.words) == words


@settings(max_examples=1900)
@given(words=st.lists(WORDS, max_size=30), spaces=st.lists(st.sampled_from(SPACES), max_size=30))
def test_any_words_are_read_as_another_library_reads_them(
    words: list[str], spaces: list[str]
) -> None:
    _agree(_joined(words, spaces))


@settings(max_examples=200)
@given(
    entropy=st.sampled_from((16, 20, 24, 28, 32)).flatmap(
        lambda size: st.binary(min_size=size, max_size=size)
    ),
    place=st.integers(0, 23),
    other=LISTED,
    spaces=st.lists(st.sampled_from(SPACES), max_size=24),
)
def test_valid_phrases_and_those_with_one_other_word(
    entropy: bytes, place: int, other: str, spaces: list[str]
) -> None:
    words = list(Mnemonic.from_entropy(entropy).words)
    text = _joined(words, spaces)
    found = _read(text)
    assert found is not None
    assert OTHER.is_mnemonic_valid(found.phrase)
    words[place % len(words)] = other
    _agree(_joined(words, spaces))


@settings(max_examples=200)
@given(
    words=st.sampled_from((11, 12, 13, 15, 24)).flatmap(
        lambda size: st.lists(LISTED, min_size=size, max_size=size)
    )
)
def test_listed_words_without_a_checksum(words: list[str]) -> None:
    _agree(" ".join(words))


@settings(max_examples=2700)
@given(text=st.text(max_size=600))
def test_any_text_is_a_phrase_or_a_declared_error(text: str) -> None:
    _agree(text) if len(text) <= 512 else _read(text)


@settings(max_examples=20)
@given(word=LISTED, size=st.sampled_from((513, 10_000, 2**20)))
def test_much_text_is_refused_without_work(word: str, size: int) -> None:
    text = (word + " ") * (size // (len(word) + 1) + 1)
    assert _read(text) is None
