"""Private keys as people type them."""

import re

from node.core.errors import InvalidKeyError
from node.wallet.signer import KeySigner

_HEX = re.compile(r"[0-9a-fA-F]*", re.ASCII)
_AGAIN = "Copy it again; leave no spaces."


def parse_private_key(text: str) -> bytearray:
    """Read 64 hex characters, prefix `0x` optional. The caller wipes the result.

    Raises:
        InvalidKeyError: wrong length, other characters, zero or too large. The text is not
        repeated.
    """
    stripped = text.strip()
    digits = stripped[2:] if stripped[:2] in ("0x", "0X") else stripped
    if not _HEX.fullmatch(digits):
        if len(digits.split()) >= 12:
            raise InvalidKeyError(
                "This looks like a recovery phrase.", hint="Import it as a phrase instead."
            )
        raise InvalidKeyError("A private key has only digits and the letters a to f.", hint=_AGAIN)
    if len(digits) != 64:
        raise InvalidKeyError(
            f"A private key has 64 hex characters; this has {len(digits)}.", hint=_AGAIN
        )
    key = bytearray.fromhex(digits)
    KeySigner(key).destroy()
    return key
