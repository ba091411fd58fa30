"""Message signatures: secp256k1 over keccak256 of the canonical bytes, `r || s || v`, v 0 or 1."""

import dataclasses
import functools
from typing import TypeVar

from coincurve import PublicKey
from coincurve.ecdsa import cdata_to_der, deserialize_compact

from node.core.errors import BadMessageError, BadSignatureError
from node.core.ids import Address, address_of_public_key
from node.core.keccak import keccak256
from node.core.ports import Signer
from node.wire.codec import canonical
from node.wire.messages import Message

S = TypeVar("S", bound=Message)

SIGNATURE_LENGTH = 65
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_ORDER = (_ORDER // 2).to_bytes(32)


class PeerKey:
    """A peer's public key, parsed once: 65 bytes (04...) or 33 bytes, a point on the curve.

    Raises:
        BadMessageError: the bytes are no public key.
    """

    __slots__ = ("address", "point", "raw")

    def __init__(self, public_key: bytes) -> None:
        lengths = {4: 65, 2: 33, 3: 33}
        if not public_key or lengths.get(public_key[0]) != len(public_key):
            raise BadMessageError("This is not a public key.")
        try:
            self.point = PublicKey(public_key)
        except ValueError as error:
            raise BadMessageError("This is not a public key.") from error
        self.raw = self.point.format(compressed=False)
        self.address: Address = address_of_public_key(self.raw)

    def verifies(self, digest: bytes, signature: bytes) -> bool:
        """Whether this key signed `digest`. High s is refused; the last byte is not looked at."""
        if len(signature) != SIGNATURE_LENGTH:
            return False
        try:
            compact = deserialize_compact(signature[:64])
            return self.point.verify(cdata_to_der(compact), digest, hasher=None)
        except ValueError:
            return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PeerKey) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)


@functools.lru_cache(maxsize=1024)
def peer_key(public_key: bytes) -> PeerKey:
    """`PeerKey`, kept for keys seen lately."""
    return PeerKey(public_key)


def digest(message: Message) -> bytes:
    return keccak256(canonical(message))


def sign(message: S, signer: Signer) -> S:
    """The same message with its signature. Raises WalletLockedError."""
    return dataclasses.replace(message, signature=signer.sign_message_digest(digest(message)))


def verify(message: Message, key: PeerKey) -> bool:
    """Whether `key` signed the message; by key, so the signature's last byte does not count."""
    return key.verifies(digest(message), message.signature)


def recover_key(digest_bytes: bytes, signature: bytes) -> PeerKey:
    """Public key of the signer; v must be 0 or 1. Accepts high s, as the peer does (ping only).

    Raises:
        BadSignatureError: no key can be recovered.
    """
    if len(signature) != SIGNATURE_LENGTH or signature[64] > 1:
        raise BadSignatureError("The provider's signature is malformed.")
    try:
        point = PublicKey.from_signature_and_message(signature, digest_bytes, hasher=None)
    except ValueError as error:
        raise BadSignatureError("The provider's signature is malformed.") from error
    return PeerKey(point.format(compressed=False))
