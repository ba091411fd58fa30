"""ECIES as go-ethereum does it: secp256k1, NIST concatenation KDF, AES-128-CTR, HMAC-SHA-256.

Layout: ephemeral point (65) || iv (16) || ciphertext || tag (32).
"""

import hashlib
import hmac
import os

from coincurve import PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from node.core.errors import BadMessageError
from node.core.ports import Signer
from node.wire.signing import PeerKey

_POINT, _IV, _TAG = 65, 16, 32
OVERHEAD = _POINT + _IV + _TAG
_COUNTER = b"\x00\x00\x00\x01"
_FAILURE = "The encrypted message cannot be opened."


def _keys(shared_x: bytes, info: bytes) -> tuple[bytes, bytes]:
    """AES key and MAC key from the X coordinate of the shared point and `s1` of the scheme."""
    derived = hashlib.sha256(_COUNTER + shared_x + info).digest()
    return derived[:16], hashlib.sha256(derived[16:]).digest()


def _aes_ctr(key: bytes, iv: bytes, data: bytes) -> bytes:
    return Cipher(AES(key), CTR(iv)).encryptor().update(data)


def encrypt(
    recipient: PeerKey,
    plaintext: bytes,
    *,
    info: bytes = b"",
    ephemeral: bytes | None = None,
    iv: bytes | None = None,
) -> bytes:
    """Encrypt to a public key. `ephemeral` and `iv` are random unless given, which only vectors do.

    `info` enters the key derivation: who opens the message must know it. Answers have none.

    Raises:
        ValueError: the plaintext is empty; the peer's library cannot carry that.
    """
    if not plaintext:
        raise ValueError("an empty plaintext cannot be encrypted")
    secret = os.urandom(32) if ephemeral is None else ephemeral
    vector = os.urandom(_IV) if iv is None else iv
    point = PublicKey.from_valid_secret(secret).format(compressed=False)
    shared = recipient.point.multiply(secret).format(compressed=False)[1:33]
    key, mac_key = _keys(shared, info)
    body = vector + _aes_ctr(key, vector, plaintext)
    return point + body + hmac.digest(mac_key, body, "sha256")


def decrypt(signer: Signer, ciphertext: bytes, *, info: bytes = b"") -> bytes:
    """Open a message encrypted to the signer's key; the tag is checked first, in constant time.

    Raises:
        BadMessageError: one text for every cause, so that a failure tells nothing.
        WalletLockedError: the key is not at hand.
    """
    if len(ciphertext) < OVERHEAD or ciphertext[0] != 4:
        raise BadMessageError(_FAILURE)
    try:
        shared = signer.agree(ciphertext[:_POINT])
    except BadMessageError as error:
        raise BadMessageError(_FAILURE) from error
    key, mac_key = _keys(shared, info)
    body, tag = ciphertext[_POINT:-_TAG], ciphertext[-_TAG:]
    if not hmac.compare_digest(hmac.digest(mac_key, body, "sha256"), tag):
        raise BadMessageError(_FAILURE)
    return _aes_ctr(key, body[:_IV], body[_IV:])
