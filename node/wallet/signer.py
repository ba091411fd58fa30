"""Signing and key agreement with one secp256k1 key."""

from typing import NoReturn, cast

import coincurve
from coincurve._libsecp256k1 import ffi

from node.core import rlp
from node.core.errors import BadMessageError, InternalError, InvalidKeyError, WalletLockedError
from node.core.ids import Address, TxHash, address_of_public_key
from node.core.keccak import keccak256
from node.core.ports import SignedTransaction, UnsignedTransaction

_PERSONAL_PREFIX = b"\x19Ethereum Signed Message:\n32"
_EIP1559_TYPE = b"\x02"


class KeySigner:
    """Implements `core.ports.Signer`. Usable until `destroy`, then every method raises
    WalletLockedError.

    The key lies in one buffer that `destroy` overwrites; libsecp256k1 reads it there. Copies that
    Python or the library made on the way are freed but not overwritten: Python cannot promise more.
    """

    __slots__ = ("_address", "_buffer", "_key", "_public_key")

    def __init__(self, private_key: bytes | bytearray) -> None:
        """Copy the 32 bytes; the caller still owns (and wipes) its own.

        Raises:
            InvalidKeyError: not 32 bytes, zero, or not below the order of the curve.
        """
        if len(private_key) != 32:
            raise InvalidKeyError("A private key has 32 bytes.")
        try:
            key = coincurve.PrivateKey(bytes(private_key))
        except ValueError as error:
            raise InvalidKeyError(
                "This number is no private key: it is zero or too large.",
                hint="Copy the key again from where it is kept.",
            ) from error
        self._buffer = bytearray(private_key)
        key.secret = ffi.from_buffer("unsigned char[]", self._buffer)
        self._key: coincurve.PrivateKey | None = key
        self._public_key: bytes = key.public_key.format(compressed=False)
        self._address = address_of_public_key(self._public_key)

    @property
    def address(self) -> Address:
        return self._address

    @property
    def public_key(self) -> bytes:
        return self._public_key

    @property
    def is_destroyed(self) -> bool:
        return self._key is None

    def sign_message_digest(self, digest: bytes) -> bytes:
        return self._sign(digest)

    def sign_blob(self, abi_bytes: bytes) -> bytes:
        signature = self._sign(keccak256(_PERSONAL_PREFIX + keccak256(abi_bytes)))
        return signature[:64] + bytes([signature[64] + 27])

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """EIP-1559, or EIP-155 when `max_fee_per_gas` is None."""
        if transaction.max_fee_per_gas is None:
            raw = self._legacy(transaction)
        else:
            raw = self._dynamic_fee(transaction, transaction.max_fee_per_gas)
        return SignedTransaction(raw=raw, tx_hash=TxHash(keccak256(raw)))

    def agree(self, public_key: bytes) -> bytes:
        self._alive()
        # libsecp256k1 also takes compressed and hybrid forms, which the protocol does not have.
        if len(public_key) != 65 or public_key[0] != 4:
            raise BadMessageError("A public key has 65 bytes and starts with 04.")
        try:
            point = coincurve.PublicKey(public_key)
        except ValueError as error:
            raise BadMessageError("This public key is no point of the curve.") from error
        # `bytes` is only what its annotation asks for; a bytearray saves one copy of the key.
        shared = point.multiply(cast(bytes, self._buffer)).format(compressed=False)
        return shared[1:33]

    def destroy(self) -> None:
        """Overwrite the key. Safe to call twice."""
        self._buffer[:] = bytes(len(self._buffer))
        self._key = None

    def _alive(self) -> coincurve.PrivateKey:
        if self._key is None:
            raise WalletLockedError("The wallet is locked.")
        return self._key

    def _sign(self, digest: bytes) -> bytes:
        if len(digest) != 32:
            raise InternalError("Only digests of 32 bytes are signed.")
        signature: bytes = self._alive().sign_recoverable(digest, hasher=None)
        return signature

    def _dynamic_fee(self, tx: UnsignedTransaction, max_fee: int) -> bytes:
        if tx.max_priority_fee_per_gas is None:
            raise InternalError("An EIP-1559 transaction needs a priority fee.")
        fields = [
            rlp.uint(tx.chain_id),
            rlp.uint(tx.nonce),
            rlp.uint(tx.max_priority_fee_per_gas),
            rlp.uint(max_fee),
            rlp.uint(tx.gas),
            tx.to.raw,
            rlp.uint(tx.value.base),
            tx.data,
        ]
        # The access list is always empty: one empty list between the data and the signature.
        head = b"".join(map(rlp.encode_bytes, fields)) + rlp.wrap_list(b"")
        signature = self._sign(keccak256(_EIP1559_TYPE + rlp.wrap_list(head)))
        return _EIP1559_TYPE + rlp.wrap_list(head + _signature_items(signature[64], signature))

    def _legacy(self, tx: UnsignedTransaction) -> bytes:
        if tx.gas_price is None:
            raise InternalError("A legacy transaction needs a gas price.")
        fields = [
            rlp.uint(tx.nonce),
            rlp.uint(tx.gas_price),
            rlp.uint(tx.gas),
            tx.to.raw,
            rlp.uint(tx.value.base),
            tx.data,
        ]
        head = b"".join(map(rlp.encode_bytes, fields))
        replay_mark = b"".join(map(rlp.encode_bytes, (rlp.uint(tx.chain_id), b"", b"")))
        signature = self._sign(keccak256(rlp.wrap_list(head + replay_mark)))
        v = 35 + 2 * tx.chain_id + signature[64]
        return rlp.wrap_list(head + _signature_items(v, signature))

    def __repr__(self) -> str:
        return f"<KeySigner {self._address.checksum}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is never pickled or copied")

    def __del__(self) -> None:
        # Absent when the constructor refused the key.
        if hasattr(self, "_buffer"):
            self.destroy()


def _signature_items(v: int, signature: bytes) -> bytes:
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:64], "big")
    return b"".join(rlp.encode_bytes(rlp.uint(number)) for number in (v, r, s))
