"""No address with a wrong checksum, and nothing that is no address, is taken for one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import InvalidAddressError
from node.core.ids import Address
from node.core.keccak import keccak256

HEX = "0123456789abcdefABCDEF"
CASES_PER_SEED = 40


def oracle(text: str) -> bytes | None:
    """EIP-55 by the words of the standard."""
    text = text.strip()
    if len(text) != 42 or text[0] != "0" or text[1] not in "xX":
        return None
    digits = text[2:]
    if any(char not in HEX for char in digits):
        return None
    lower = digits.lower()
    if digits not in (lower, digits.upper()):
        marks = keccak256(lower.encode("ascii"))
        for place, char in enumerate(digits):
            nibble = marks[place // 2] >> (4 if place % 2 == 0 else 0) & 15
            if char.isalpha() and char.isupper() != (nibble >= 8):
                return None
    return bytes.fromhex(lower)


def variant(random: Random) -> str:
    """An address with its case changed or one slip of the fingers; sometimes untouched."""
    text = Address(random.randbytes(20)).checksum
    at = random.randrange(2, 42)
    match random.randrange(1, 9):
        case 1:
            return text[:at] + text[at].swapcase() + text[at + 1 :]
        case 2:
            return text[:at] + random.choice(HEX) + text[at + 1 :]
        case 3:
            return text[:at] + text[at + 1 :]
        case 4:
            return text[:at] + random.choice(HEX) + text[at:]
        case 5:
            swapped = list(text)
            swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
            return "".join(swapped)
        case 6:
            return "0x" + "".join(random.choice((c.lower(), c.upper())) for c in text[2:])
        case 7:
            return random.choice((text.lower(), "0x" + text[2:].upper(), "0X" + text[2:]))
        case _:
            return random.choice((" ", "\n", "\u200b", "")) + text + random.choice((" ", "\x00"))


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**64))
def test_only_what_the_standard_allows_is_an_address(seed: int) -> None:
    random = Random(seed)
    for _ in range(CASES_PER_SEED):
        text = variant(random)
        expected = oracle(text)
        try:
            read: bytes | None = Address.parse(text, strict=True).raw
        except InvalidAddressError:
            read = None
        assert read == expected, text


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_refused_without_being_repeated(text: str) -> None:
    try:
        Address.parse(text, strict=True)
    except InvalidAddressError as error:
        assert len(text) < 8 or text not in error.message + error.hint


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("vitalik.eth", "input.address", "Names are not supported yet."),
        ("pay.morpheus.base.eth", "input.address", "Names are not supported yet."),
        ("XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "input.address", "Copy the address again."),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "input.address", "Copy the address again."),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "input.address", "Copy the address again."),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "input.address_checksum", "Copy"),
        ("0x" + "4f" * 32, "input.secret", "Never share it."),
        ("4F" * 32, "input.secret", "Never share it."),
        (
            "legal winner thank year wave sausage worth useful legal winner thank yellow",
            "input.secret",
            "Never share it.",
        ),
    ],
)
def test_each_kind_of_wrong_address_has_its_words(text: str, code: str, hint: str) -> None:
    with pytest.raises(InvalidAddressError) as caught:
        Address.parse(text, strict=True)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert text not in caught.value.message
