"""Keys and byte helpers of the wire vectors."""

import functools
from typing import Any

from tests.support.signers import KeySigner
from tests.support.vectors import load_vectors

load = functools.cache(load_vectors)


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


@functools.cache
def signer(role: str) -> KeySigner:
    """The vectors' `consumer` or `provider`."""
    keys: dict[str, Any] = load("keys")[role]
    return KeySigner(unhex(keys["private_key"]))
