"""Any text typed as an amount is exactly the wei an integer oracle reads, or refused in words."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import InvalidAmountError
from node.core.units import Eth, Mor

DIGITS = "0123456789"
PIECES = (
    *DIGITS,
    *("0", "00", "000", "1", "18", "1000000", "9" * 30, "0" * 18, "0" * 61),
    *(".", ".", ".", ",", " ", "'", "_", "-", "+", "e", "E", "e18", "0x", "NaN", "inf", "%"),
    *("\u0661", "\uff11", "\u00b2", "\u00bd", "\u2212", "\u00a0", "\u202f", "\t", "\n", "\x00"),
    *("MOR", "wei", "\u066b", "\u2019"),
)
TEXTS_PER_SEED = 40


def oracle(text: str) -> int | None:
    """Base units by counting characters; None for what must be refused."""
    text = text.strip()
    whole, point, fraction = text.partition(".")
    digits = whole + fraction
    if not digits or any(char not in DIGITS for char in digits):
        return None
    if len(whole) > 60 or len(fraction) > 60:
        return None
    if point and fraction == "000" and 1 <= len(whole) <= 3 and whole[0] != "0":
        return None
    base = 0
    for char in digits:
        base = base * 10 + DIGITS.index(char)
    for _ in range(len(fraction), 18):
        base *= 10
    for _ in range(18, len(fraction)):
        if base % 10:
            return None
        base //= 10
    return base if base < 2**256 else None


def texts_of(random: Random) -> list[str]:
    """Numbers as people and programs write them, and mutations of them."""
    found = []
    for _ in range(TEXTS_PER_SEED):
        kind = random.randrange(4)
        if kind == 0:
            text = f"{random.randrange(10 ** random.randrange(1, 40))}"
            if random.random() < 0.7:
                places = random.randrange(0, 24)
                text += "." + "".join(random.choices(DIGITS, k=places))
        elif kind == 1:
            text = f"{random.randrange(10**9):,}".replace(",", random.choice(",.'_ \u202f"))
            text += random.choice(("", ".5", ",5", ".000", ",000"))
        elif kind == 2:
            text = "".join(random.choices(PIECES, k=random.randrange(0, 9)))
        else:
            base = random.randrange(2 ** random.randrange(1, 260))
            text = Mor(base).exact
        found.append(random.choice(("", "", "", " ", "\n")) + text)
    return found


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**64))
def test_every_text_is_the_oracles_wei_or_refused(seed: int) -> None:
    for text in texts_of(Random(seed)):
        expected = oracle(text)
        for unit in (Mor, Eth):
            try:
                read: int | None = unit.parse(text).base
            except InvalidAmountError as error:
                read = None
                assert (error.message and error.hint) or error.code == "input.amount"
                # What is offered instead can be typed as it stands.
                for choice in error.details.get("choices", []):
                    assert unit.parse(f"{choice}.0" if "." not in choice else choice).base >= 0
            assert read == expected, text


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_any_unicode_is_read_as_by_the_oracle(text: str) -> None:
    try:
        read: int | None = Mor.parse(text).base
    except InvalidAmountError:
        read = None
    assert read == oracle(text)


@pytest.mark.parametrize(
    ("text", "code", "choices"),
    [
        ("1,5", "input.amount_ambiguous", ["1.5"]),
        ("1,500", "input.amount_ambiguous", ["1.5", "1500"]),
        ("1.000", "input.amount_ambiguous", ["1", "1000"]),
        ("1.000.000", "input.amount_ambiguous", ["1000000"]),
        ("1.234,56", "input.amount_ambiguous", ["1234.56"]),
        ("1\u202f000", "input.amount_ambiguous", ["1000"]),
        ("1e18", "input.amount", []),
        ("0x10", "input.amount", []),
        ("-0", "input.amount", []),
        ("\u0661", "input.amount", []),
        ("NaN", "input.amount", []),
        ("1.2345678901234567891", "input.amount_decimals", ["1.234567890123456789"]),
        ("1" + "0" * 78, "input.amount", []),
    ],
)
def test_what_is_refused_says_what_it_may_have_meant(
    text: str, code: str, choices: list[str]
) -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse(text)
    assert caught.value.code == code
    assert caught.value.details.get("choices", []) == choices
