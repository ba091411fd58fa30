"""Hashes of passwords: the public node's form is understood, ours is costly."""

import hashlib
import hmac

import pytest

from node.core.errors import ConfigError
from node.store.passwords import PasswordHash

SALT = bytes(range(16))


def test_a_password_is_right_or_wrong() -> None:
    made = PasswordHash.of("correct horse")
    again = PasswordHash.parse(made.text)
    assert again == made
    assert again.is_costly
    assert again.matches("correct horse")
    assert not again.matches("correct horse ")
    assert "correct" not in made.text
    assert PasswordHash.of("correct horse").text != made.text


def test_the_public_nodes_form() -> None:
    digest = hmac.digest(SALT, b"s\xc3\xa9cret", hashlib.sha256)
    found = PasswordHash.parse(f"{SALT.hex().upper()}${digest.hex()}")
    assert found.matches("sécret")
    assert not found.matches("secret")
    assert not found.is_costly
    assert found.text == f"{SALT.hex()}${digest.hex()}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "$" + "0" * 64,
        "abc$" + "0" * 64,
        "00$" + "0" * 63,
        "scrypt$16384$8$1$00$" + "0" * 64,
        "scrypt$16384$8$$" + "0" * 32 + "$" + "0" * 64,
        "scrypt$16385$8$1$" + "0" * 32 + "$" + "0" * 64,
        "scrypt$1048576$8$1$" + "0" * 32 + "$" + "0" * 64,
        "scrypt$16384$64$1$" + "0" * 32 + "$" + "0" * 64,
        "scrypt$0$8$1$" + "0" * 32 + "$" + "0" * 64,
    ],
)
def test_malformed_and_exhausting_hashes_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        PasswordHash.parse(text)
