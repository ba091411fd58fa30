"""T-B4: ECIES; round trip, and every kind of damage is one and the same error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import BadMessageError
from node.wire.envelope import OVERHEAD, decrypt, encrypt
from node.wire.signing import peer_key
from tests.support.signers import KeySigner

FAST = settings(max_examples=200, deadline=None)
RECIPIENT, OTHER = KeySigner.number(1), KeySigner.number(2)
KEY = peer_key(RECIPIENT.public_key)
TEXT = "The encrypted message cannot be opened."


@FAST
@given(plaintext=st.binary(min_size=1, max_size=2000))
def test_round_trip(plaintext: bytes) -> None:
    ciphertext = encrypt(KEY, plaintext)
    assert len(ciphertext) == len(plaintext) + OVERHEAD == len(plaintext) + 113
    assert decrypt(RECIPIENT, ciphertext) == plaintext
    with pytest.raises(BadMessageError):
        decrypt(OTHER, ciphertext)


@FAST
@given(data=st.data())
def test_any_flipped_bit_is_noticed(data: st.DataObject) -> None:
    ciphertext = bytearray(encrypt(KEY, b"attack at dawn"))
    position = data.draw(st.integers(0, len(ciphertext) - 1))
    ciphertext[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadMessageError) as caught:
        decrypt(RECIPIENT, bytes(ciphertext))
    assert caught.value.message == TEXT


@FAST
@given(data=st.binary(max_size=300), on_curve=st.booleans())
def test_random_bytes_are_refused(data: bytes, on_curve: bool) -> None:
    head = OTHER.public_key if on_curve else b"\x04"
    with pytest.raises(BadMessageError) as caught:
        decrypt(RECIPIENT, head + data)
    assert caught.value.message == TEXT


@FAST
@given(cut=st.integers(0, 126))
def test_truncated_messages_are_refused(cut: int) -> None:
    with pytest.raises(BadMessageError):
        decrypt(RECIPIENT, encrypt(KEY, b"attack at dawn")[:cut])
