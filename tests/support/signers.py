"""A `Signer` over a plain private key, for tests only."""

from coincurve import PrivateKey, PublicKey

from node.core.errors import BadMessageError
from node.core.ids import Address, address_of_public_key
from node.core.keccak import keccak256
from node.core.ports import SignedTransaction, UnsignedTransaction


class KeySigner:
    """Signs and agrees with one key; cannot sign transactions."""

    def __init__(self, private_key: bytes) -> None:
        self._key = PrivateKey(private_key)
        self._public_key = self._key.public_key.format(compressed=False)
        self._address = address_of_public_key(self._public_key)

    @classmethod
    def number(cls, number: int) -> "KeySigner":
        """A key that is the same in every run; number from 1."""
        return cls(keccak256(b"test key %d" % number))

    @property
    def address(self) -> Address:
        return self._address

    @property
    def public_key(self) -> bytes:
        return self._public_key

    def sign_message_digest(self, digest: bytes) -> bytes:
        return self._key.sign_recoverable(digest, hasher=None)

    def sign_blob(self, abi_bytes: bytes) -> bytes:
        inner = keccak256(b"\x19Ethereum Signed Message:\n32" + keccak256(abi_bytes))
        signature = self._key.sign_recoverable(inner, hasher=None)
        return signature[:64] + bytes((signature[64] + 27,))

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        raise NotImplementedError("this signer is for the wire only")

    def agree(self, public_key: bytes) -> bytes:
        try:
            point = PublicKey(public_key)
        except ValueError as error:
            raise BadMessageError("not a point of the curve") from error
        return point.multiply(self._key.secret).format(compressed=False)[1:33]
