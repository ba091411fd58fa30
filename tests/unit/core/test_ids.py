"""Addresses and ids: exact length, checksums, one type never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidAddressError, InvalidIdError
from node.core.ids import Address, BidId, ModelId, SessionId, address_of_public_key
from tests.support.vectors import load_vectors

# From EIP-55.
CHECKSUMMED = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
)


@pytest.mark.parametrize("text", CHECKSUMMED)
def test_checksums_of_the_standard(text: str) -> None:
    assert Address.parse(text, strict=True).checksum == text
    assert Address.parse(text.lower(), strict=True).checksum == text


@given(st.binary(min_size=20, max_size=20), st.data())
def test_a_letter_in_the_wrong_case_is_found(raw: bytes, data: st.DataObject) -> None:
    text = Address(raw).checksum
    letters = [index for index, char in enumerate(text) if index > 1 and char.isalpha()]
    if len(letters) < 2:
        return
    at = data.draw(st.sampled_from(letters))
    swapped = text[:at] + text[at].swapcase() + text[at + 1 :]
    digits = swapped[2:]
    if digits in (digits.lower(), digits.upper()):
        return
    with pytest.raises(InvalidAddressError):
        Address.parse(swapped, strict=True)


@pytest.mark.parametrize(
    "text",
    ["", "0x", "0x12", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "vitalik.eth", "0x" + "g" * 40],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidAddressError):
        Address.parse(text)


@given(st.binary(min_size=32, max_size=32))
def test_ids_in_any_spelling(raw: bytes) -> None:
    for text in ("0x" + raw.hex(), raw.hex(), "0X" + raw.hex().upper()):
        assert ModelId.parse(text).raw == raw


@pytest.mark.parametrize("text", ["", "0x", "0x" + "1" * 63, "0x" + "1" * 65, "0x" + "z" * 64])
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(InvalidIdError):
        SessionId.parse(text)


def test_ids_of_two_kinds_are_never_equal() -> None:
    assert ModelId(bytes(32)) != BidId(bytes(32))
    assert not SessionId(bytes(32))


def test_address_of_a_public_key() -> None:
    for role in ("consumer", "provider"):
        key = load_vectors("keys")[role]
        public = bytes.fromhex(key["public_key_uncompressed"].removeprefix("0x"))
        assert address_of_public_key(public).checksum == key["address_checksum"]
    with pytest.raises(InvalidIdError):
        address_of_public_key(bytes(65))
