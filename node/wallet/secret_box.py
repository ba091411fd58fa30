"""The `crypto` section of a version 3 keystore: a secret under a password.

AES-128-CTR with a key from scrypt (PBKDF2 is read too) and a Keccak MAC over second half of the key
and ciphertext, as the Web3 Secret Storage definition says.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from node.core.errors import KeystoreFormatError, WrongPasswordError
from node.core.keccak import keccak256

# A file from outside may ask for at most 1 GiB of memory, or some seconds of time.
MAX_SCRYPT_N_TIMES_R = 2**23
MAX_SCRYPT_P = 16
MAX_SCRYPT_R = 1024
MAX_PBKDF2_ROUNDS = 10**7
_MAX_HEX = 8192


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """Work of scrypt; memory is 128 * n * r bytes. The default takes 256 MiB and about 0.6 s."""

    n: int = 262_144
    r: int = 8
    p: int = 1


STANDARD_COST = ScryptCost()


def seal_box(secret: bytes | bytearray, password: str, cost: ScryptCost) -> dict[str, Any]:
    """Encrypt `secret` (any length) with fresh salt and counter."""
    salt, counter = secrets.token_bytes(32), secrets.token_bytes(16)
    key = _scrypt(password, salt, cost, 32)
    ciphertext = _aes(key[:16], counter, secret)
    return {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": counter.hex()},
        "ciphertext": ciphertext.hex(),
        "kdf": "scrypt",
        "kdfparams": {"n": cost.n, "r": cost.r, "p": cost.p, "dklen": 32, "salt": salt.hex()},
        "mac": keccak256(key[16:32] + ciphertext).hex(),
    }


def open_box(box: Mapping[str, Any], password: str) -> bytearray:
    """Decrypt; the caller wipes the result.

    Raises:
        KeystoreFormatError: a member is missing or wrong, or the parameters ask for too much.
        WrongPasswordError: the MAC does not fit.
    """
    if box.get("cipher") != "aes-128-ctr":
        raise _bad("cipher")
    counter = _hex(_section(box, "cipherparams"), "iv")
    ciphertext, mac = _hex(box, "ciphertext"), _hex(box, "mac")
    if len(counter) != 16 or len(mac) != 32:
        raise _bad("iv or mac")
    key = _derive(box.get("kdf"), _section(box, "kdfparams"), password)
    if not hmac.compare_digest(keccak256(key[16:32] + ciphertext), mac):
        raise WrongPasswordError("Wrong password.")
    return bytearray(_aes(key[:16], counter, ciphertext))


def _derive(kdf: object, params: Mapping[str, Any], password: str) -> bytes:
    salt, length = _hex(params, "salt"), _whole(params, "dklen")
    if not 32 <= length <= 64:
        raise _bad("dklen")
    if kdf == "scrypt":
        cost = ScryptCost(_whole(params, "n"), _whole(params, "r"), _whole(params, "p"))
        if cost.n < 2 or cost.n & (cost.n - 1):
            raise _bad("scrypt n")
        if cost.n * cost.r > MAX_SCRYPT_N_TIMES_R or cost.p > MAX_SCRYPT_P or cost.r > MAX_SCRYPT_R:
            raise _too_costly()
        return _scrypt(password, salt, cost, length)
    if kdf == "pbkdf2":
        rounds = _whole(params, "c")
        if rounds > MAX_PBKDF2_ROUNDS:
            raise _too_costly()
        if params.get("prf") != "hmac-sha256":
            raise _bad("prf")
        return hashlib.pbkdf2_hmac("sha256", _password_bytes(password), salt, rounds, length)
    raise _bad("kdf")


def _scrypt(password: str, salt: bytes, cost: ScryptCost, length: int) -> bytes:
    # OpenSSL counts a little more than the working memory.
    memory = 128 * cost.r * (cost.n + cost.p + 2) + 1024 * 1024
    if cost.n >= 2 ** (16 * cost.r):
        return _scrypt_beyond_rfc(password, salt, cost, length)
    try:
        return hashlib.scrypt(
            _password_bytes(password),
            salt=salt,
            n=cost.n,
            r=cost.r,
            p=cost.p,
            maxmem=memory,
            dklen=length,
        )
    except (ValueError, MemoryError) as error:
        raise _too_costly() from error


def _scrypt_beyond_rfc(password: str, salt: bytes, cost: ScryptCost, length: int) -> bytes:
    """RFC 7914 wants n < 2**(16 r) and OpenSSL insists; some wallets wrote r = 1 all the same."""
    from Crypto.Protocol.KDF import scrypt

    derived = scrypt(
        _password_bytes(password),  # type: ignore[arg-type]  # annotated str, takes bytes
        salt,  # type: ignore[arg-type]  # annotated str, takes bytes
        length,
        cost.n,
        cost.r,
        cost.p,
    )
    if not isinstance(derived, bytes):
        raise _bad("scrypt")
    return derived


def _password_bytes(password: str) -> bytes:
    # Half a surrogate pair can come from a JSON body; it must not end in a foreign exception.
    return password.encode("utf-8", "surrogatepass")


def _aes(key: bytes, counter: bytes, data: bytes | bytearray) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return cipher.update(data) + cipher.finalize()


def _section(box: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = box.get(name)
    if not isinstance(found, dict):
        raise _bad(name)
    return found


def _hex(box: Mapping[str, Any], name: str) -> bytes:
    text = box.get(name)
    if not isinstance(text, str) or len(text) > _MAX_HEX:
        raise _bad(name)
    try:
        return bytes.fromhex(text[2:] if text[:2] in ("0x", "0X") else text)
    except ValueError as error:
        raise _bad(name) from error


def _whole(box: Mapping[str, Any], name: str) -> int:
    number = box.get(name)
    # bool is an int in Python, `true` is no number in JSON.
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
        raise _bad(name)
    return number


def _bad(member: str) -> KeystoreFormatError:
    return KeystoreFormatError(
        "This wallet file is damaged or of an unknown kind.",
        hint="Use another copy of it, or import the recovery phrase.",
        details={"member": member},
    )


def _too_costly() -> KeystoreFormatError:
    return KeystoreFormatError(
        "This wallet file asks for more memory or time than is safe.",
        hint="Export it again from the wallet that wrote it, with usual settings.",
        code="wallet.keystore_limits",
    )
