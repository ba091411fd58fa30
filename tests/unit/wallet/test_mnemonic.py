"""Recovery phrases against published vectors and as people mistype them."""

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import InvalidMnemonicError
from node.wallet import wordlist
from node.wallet.mnemonic import WORD_COUNTS, Mnemonic

ABANDON = "abandon " * 11 + "about"

# Trezor's BIP-39 vectors, passphrase TREZOR.
PUBLISHED = [
    (
        "00000000000000000000000000000000",
        ABANDON,
        "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
        "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
    ),
    (
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage"
        " worth useful legal winner thank year wave sausage worth title",
        "bc09fca1804f7e69da93c2f2028eb238c227f2e9dda30cd63699232578480a40"
        "21b146ad717fbb7e451ce9eb835f43620bf5c514db0f8add49f5d121449d3e87",
    ),
]


@pytest.mark.parametrize(("entropy", "phrase", "seed"), PUBLISHED)
def test_published_vectors(entropy: str, phrase: str, seed: str) -> None:
    mnemonic = Mnemonic.from_entropy(bytes.fromhex(entropy))
    assert mnemonic.phrase == phrase
    assert Mnemonic.parse(phrase) == mnemonic
    assert mnemonic.seed("TREZOR").hex() == seed


@pytest.mark.parametrize("count", WORD_COUNTS)
def test_new_phrases_are_valid_and_differ(count: int) -> None:
    phrases = {Mnemonic.generate(count).phrase for _ in range(20)}
    assert len(phrases) == 20
    for phrase in phrases:
        assert len(Mnemonic.parse(phrase).words) == count


@pytest.mark.parametrize("count", [0, 11, 13, 48])
def test_other_lengths_are_not_made(count: int) -> None:
    with pytest.raises(InvalidMnemonicError):
        Mnemonic.generate(count)


@pytest.mark.parametrize("size", [0, 12, 17, 36])
def test_other_entropy_sizes_are_refused(size: int) -> None:
    with pytest.raises(InvalidMnemonicError):
        Mnemonic.from_entropy(bytes(size))


@pytest.mark.parametrize(
    "text",
    [ABANDON.upper(), "  \t" + ABANDON.replace(" ", "\n\n") + " ", "\u3000".join(ABANDON.split())],
)
def test_spacing_and_case_do_not_matter(text: str) -> None:
    assert Mnemonic.parse(text).phrase == ABANDON


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abandon " * 11, "11 words found, 12, 15, 18, 21 or 24 are needed."),
        ("abandon", "1 word found, 12, 15, 18, 21 or 24 are needed."),
        ("", "0 words found, 12, 15, 18, 21 or 24 are needed."),
        ("abandonabandon " + "abandon " * 10, "11 words found, 12, 15, 18, 21 or 24 are needed."),
    ],
)
def test_wrong_count_says_how_many(text: str, message: str) -> None:
    with pytest.raises(InvalidMnemonicError) as caught:
        Mnemonic.parse(text)
    # Two words run together share four letters with a word, so they are reported as a word.
    if caught.value.code == "input.mnemonic_count":
        assert caught.value.message == message
        assert caught.value.hint == "Look for a missing word or two words run together."
    else:
        assert caught.value.message.startswith("Word 1 “abandonabandon”")


def test_unknown_word_names_place_and_offers_a_word() -> None:
    words = ABANDON.split()
    words[4] = "abandom"
    with pytest.raises(InvalidMnemonicError) as caught:
        Mnemonic.parse(" ".join(words))
    assert caught.value.message == "Word 5 “abandom” is not in the list."
    assert caught.value.hint == "Did you mean “abandon”?"
    assert caught.value.details["position"] == 5
    assert caught.value.details["suggestions"][0] == "abandon"


def test_word_without_likeness_is_still_named() -> None:
    with pytest.raises(InvalidMnemonicError) as caught:
        Mnemonic.parse("abandon " * 11 + "ééé")
    assert caught.value.code == "input.mnemonic_word"
    assert "Word 12" in caught.value.message


def test_words_that_do_not_fit_mark_likely_slips() -> None:
    right = Mnemonic.from_entropy(bytes(range(16))).words
    slip = next(
        (index, other)
        for index, word in enumerate(right)
        for other in wordlist.similar(word, 3)
        if word in wordlist.similar(other, 3) and not fits(right, index, other)
    )
    wrong = [*right[: slip[0]], slip[1], *right[slip[0] + 1 :]]
    with pytest.raises(InvalidMnemonicError) as caught:
        Mnemonic.parse(" ".join(wrong))
    assert caught.value.message == "All words are known but do not fit together."
    positions = caught.value.details["positions"]
    assert 0 < len(positions) <= 3
    assert slip[0] + 1 in positions or len(positions) == 3


def fits(words: tuple[str, ...], index: int, other: str) -> bool:
    try:
        Mnemonic.parse(" ".join([*words[:index], other, *words[index + 1 :]]))
    except InvalidMnemonicError:
        return False
    return True


def test_a_megabyte_is_refused_at_once() -> None:
    with pytest.raises(InvalidMnemonicError):
        Mnemonic.parse("abandon " * 131_072)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=600))
def test_any_text_gives_a_phrase_or_the_declared_error(text: str) -> None:
    try:
        mnemonic = Mnemonic.parse(text)
    except InvalidMnemonicError as error:
        assert error.message and error.hint
    else:
        assert Mnemonic.parse(mnemonic.phrase) == mnemonic


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
def test_entropy_survives_as_words(entropy: bytes) -> None:
    mnemonic = Mnemonic.from_entropy(entropy)
    assert Mnemonic.parse(mnemonic.phrase) == mnemonic
    number = 0
    for word in mnemonic.words:
        number = number << 11 | wordlist.index_by_word()[word]
    assert (number >> (len(entropy) // 4)).to_bytes(len(entropy), "big") == entropy


def test_first_four_letters_name_each_word() -> None:
    assert len(wordlist.words()) == 2048
    assert len({word[:4] for word in wordlist.words()}) == 2048
    assert list(wordlist.words()) == sorted(wordlist.words())


def test_phrase_is_not_shown_or_copied_by_accident() -> None:
    mnemonic = Mnemonic.parse(ABANDON)
    assert "abandon" not in f"{mnemonic!r} {mnemonic}"
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(mnemonic)
