"""vectors/ecies.json: fixed ciphertexts, random ones, tampered ones."""

from typing import Any

import pytest

from node.core.errors import BadMessageError
from node.wire.envelope import decrypt, encrypt
from node.wire.signing import peer_key
from tests.support.wire_vectors import load, signer, unhex

VECTORS = load("ecies")
TAMPERED = [case for case in VECTORS["negative"] if case["error"] != "<nil>"]


@pytest.mark.parametrize("case", VECTORS["encrypt_fixed_ephemeral"], ids=lambda c: c["iv"])
def test_fixed_ephemeral_key_gives_the_recorded_ciphertext(case: dict[str, Any]) -> None:
    recipient = peer_key(signer(case["recipient"]).public_key)
    made = encrypt(
        recipient,
        unhex(case["plaintext_hex"]),
        ephemeral=unhex(case["ephemeral_private_key"]),
        iv=unhex(case["iv"]),
    )
    assert made.hex() == case["ciphertext"]
    assert decrypt(signer(case["recipient"]), made).hex() == case["plaintext_hex"]


@pytest.mark.parametrize(
    "case", VECTORS["decrypt_random_ephemeral"], ids=lambda c: c["plaintext_hex"]
)
def test_recorded_ciphertext_is_opened(case: dict[str, Any]) -> None:
    opened = decrypt(signer(case["recipient"]), unhex(case["ciphertext"]))
    assert opened.hex() == case["plaintext_hex"]


@pytest.mark.parametrize("case", TAMPERED, ids=lambda case: case["case"])
def test_tampered_ciphertext_is_refused_with_one_text(case: dict[str, Any]) -> None:
    with pytest.raises(BadMessageError, match=r"^The encrypted message cannot be opened\.$"):
        decrypt(signer("consumer"), unhex(case["ciphertext"]))


def test_empty_plaintext_is_never_encrypted() -> None:
    with pytest.raises(ValueError, match="empty"):
        encrypt(peer_key(signer("consumer").public_key), b"")


def test_each_message_has_a_fresh_ephemeral_key() -> None:
    recipient = peer_key(signer("consumer").public_key)
    assert encrypt(recipient, b"x")[:65] != encrypt(recipient, b"x")[:65]
