"""Examples of the encoding's public description."""

import pytest

from node.core import rlp


@pytest.mark.parametrize(
    ("item", "encoded"),
    [
        (b"", "80"),
        (b"\x00", "00"),
        (b"\x7f", "7f"),
        (b"\x80", "8180"),
        (b"dog", "83646f67"),
        (b"a" * 55, "b7" + "61" * 55),
        (b"a" * 56, "b838" + "61" * 56),
        (b"a" * 1024, "b90400" + "61" * 1024),
    ],
)
def test_strings(item: bytes, encoded: str) -> None:
    assert rlp.encode_bytes(item).hex() == encoded


@pytest.mark.parametrize(("number", "digits"), [(0, ""), (15, "0f"), (1024, "0400")])
def test_numbers_have_no_leading_zeros(number: int, digits: str) -> None:
    assert rlp.uint(number).hex() == digits


def test_lists() -> None:
    animals = b"".join(rlp.encode_bytes(item) for item in (b"cat", b"dog"))
    assert rlp.wrap_list(animals).hex() == "c88363617483646f67"
    assert rlp.wrap_list(b"").hex() == "c0"
    assert rlp.wrap_list(b"a" * 60)[:2].hex() == "f83c"
