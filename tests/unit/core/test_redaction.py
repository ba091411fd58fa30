"""What is taken for a secret where somebody types; what logs keep is in `test_log`."""

import pytest

from node.core.redaction import holds_secret, holds_secret_in_note, holds_wallet_secret


@pytest.mark.parametrize(
    "text",
    [
        "0x" + "1f" * 32,
        f" {'1F' * 32}\n",
        "legal winner thank year",
        "Legal  Winner\u2028thank YEAR",
    ],
)
def test_keys_and_parts_of_phrases_are_seen(text: str) -> None:
    assert holds_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12.5",
        "Ada",
        "0x5B38Da6a701c568545dCfcB03FcB875f56beddC4",
        "ethereum:0x5B38Da6a701c568545dCfcB03FcB875f56beddC4@8453?value=1000000000000000000",
        "the legal department of the winner",
    ],
)
def test_addresses_amounts_and_names_are_not(text: str) -> None:
    assert not holds_secret(text)


PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "text",
    [
        PHRASE,
        f"My words: {PHRASE.upper()}. Why do they not work?",
        "\n".join(f"{number}. {word}" for number, word in enumerate(PHRASE.split(), 1)),
        PHRASE.replace("sausage", "sausgae"),
        f"this key 0x{'1f' * 32}, is it good?",
        "ab" * 32,
    ],
)
def test_a_message_with_what_opens_a_wallet_is_seen(text: str) -> None:
    assert holds_wallet_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "What about this idea: can you write about love and art?",
        " ".join(PHRASE.split()[:10]),
        "Session 0x12ab cd34, sent to 0x5B38Da6a701c568545dCfcB03FcB875f56beddC4",
        f"a longer run of digits {'ab' * 40}",
        "You must make each one of these good things work again. Please hurry, the bus waits.",
        ". ".join(PHRASE.split()[:6]) + "? " + " ".join(PHRASE.split()[:6]),
    ],
)
def test_prose_and_what_is_public_may_be_asked_about(text: str) -> None:
    assert not holds_wallet_secret(text)


def test_a_long_message_is_looked_through_at_once() -> None:
    assert not holds_wallet_secret("about this idea that the model gave " * 30_000)
    assert holds_wallet_secret("a " * 100_000 + PHRASE)


KEY = "1f" * 32


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"0x{KEY}",
        f' "0x{KEY}", ',
        f"0x{KEY} 0x{KEY}",
        f"for the trip {KEY}",
        PHRASE,
        f"keep this: {PHRASE}",
    ],
)
def test_a_key_and_a_phrase_are_no_note(text: str) -> None:
    assert holds_secret_in_note(text)


@pytest.mark.parametrize(
    "text",
    ["", "for the trip", f"refund of 0x{KEY}", f"0x{KEY} was too much", "legal winner thank year"],
)
def test_a_note_may_name_a_transaction(text: str) -> None:
    assert not holds_secret_in_note(text)
