"""Encrypted key files: Web3 Secret Storage version 3, as geth, MetaMask and others write it."""

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from node.core.errors import KeystoreFormatError, NodeError
from node.core.ids import Address
from node.wallet.secret_box import STANDARD_COST, ScryptCost, open_box, seal_box
from node.wallet.signer import KeySigner

MAX_FILE = 64 * 1024
_MAX_DEPTH = 200
_BRACKET = re.compile(r"[{}\[\]]")


def parse_keystore(text: str | bytes) -> dict[str, Any]:
    """The JSON object of a version 3 file, not decrypted; keys of the top level in lower case.

    Raises:
        KeystoreFormatError: too large, no JSON object, another version.
    """
    return keystore_members(parse_object(text))


def parse_object(text: str | bytes, limit: int = MAX_FILE) -> dict[str, Any]:
    """A JSON object of at most `limit` characters. Raises KeystoreFormatError."""
    if len(text) > limit:
        raise _not_a_wallet("it is too large")
    if isinstance(text, str):
        # Windows editors put a byte order mark in front, which json takes in bytes only.
        text = text.removeprefix("\ufeff")
    if _is_deep(text):
        raise _not_a_wallet("it is nested too deeply")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_a_wallet("it is no JSON text") from error
    if not isinstance(parsed, dict):
        raise _not_a_wallet("it is no JSON object")
    return parsed


def keystore_members(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a version 3 file. Raises KeystoreFormatError."""
    # MyEtherWallet and old geth write "Crypto".
    found = {key.lower(): value for key, value in parsed.items()}
    version = found.get("version")
    if isinstance(version, bool) or version not in (3, "3"):
        raise _not_a_wallet("the version is missing or another")
    if not isinstance(found.get("crypto"), dict):
        raise _not_a_wallet("the crypto section is missing")
    return found


def _is_deep(text: str | bytes) -> bool:
    """Whether brackets are nested beyond any wallet file.

    json's own check depends on the interpreter's recursion limit, which the EVM raises to a depth
    that ends the process.
    """
    depth = 0
    for match in _BRACKET.finditer(text if isinstance(text, str) else text.decode("latin-1")):
        depth += 1 if match[0] in "{[" else -1
        if depth > _MAX_DEPTH:
            return True
    return False


async def encrypt_keystore(
    private_key: bytes | bytearray, password: str, *, cost: ScryptCost = STANDARD_COST
) -> str:
    """A version 3 file with scrypt, as one JSON text. Works in a thread for about 0.6 s."""
    fields = await asyncio.to_thread(keystore_fields, private_key, password, cost)
    return json.dumps(fields)


async def decrypt_keystore(text: str | bytes, password: str) -> bytearray:
    """The private key of a version 3 file. The caller wipes it. Works in a thread.

    Raises:
        KeystoreFormatError: no such file, damaged, or parameters beyond the limits
            (code `wallet.keystore_limits`).
        WrongPasswordError: the password does not fit.
    """
    fields = parse_keystore(text)
    return await asyncio.to_thread(open_keystore, fields, password)


def keystore_fields(
    private_key: bytes | bytearray, password: str, cost: ScryptCost
) -> dict[str, Any]:
    """Members of a version 3 file. Slow: run it in a thread."""
    signer = KeySigner(private_key)
    address = signer.address
    signer.destroy()
    return {
        "version": 3,
        "id": str(uuid.uuid4()),
        "address": address.raw.hex(),
        "crypto": seal_box(private_key, password, cost),
    }


def open_keystore(fields: Mapping[str, Any], password: str) -> bytearray:
    """Decrypt what `parse_keystore` returned. Slow: run it in a thread."""
    key = open_box(fields["crypto"], password)
    if len(key) != 32:
        raise _damaged()
    try:
        signer = KeySigner(key)
    except NodeError as error:
        raise _damaged() from error
    address = signer.address
    signer.destroy()
    expected = keystore_address(fields)
    if expected is not None and expected != address:
        raise KeystoreFormatError(
            "The address written in this wallet file is not that of its key.",
            hint="The file was changed. Use another copy.",
        )
    return key


def keystore_address(fields: Mapping[str, Any]) -> Address | None:
    """The address a file claims; None when it has none (the format leaves it optional)."""
    text = fields.get("address")
    if not isinstance(text, str) or not text:
        return None
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    try:
        return Address.parse("0x" + digits)
    except NodeError as error:
        raise _damaged() from error


def _not_a_wallet(reason: str) -> KeystoreFormatError:
    return KeystoreFormatError(
        "This is not a wallet file (version 3 keystore).",
        hint="Choose the JSON file that another wallet exported.",
        details={"reason": reason},
    )


def _damaged() -> KeystoreFormatError:
    return KeystoreFormatError("This wallet file is damaged.", hint="Use another copy of it.")
