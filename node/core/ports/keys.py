"""The key holder, and what it signs."""

from dataclasses import dataclass
from typing import Protocol

from node.core.ids import Address, TxHash
from node.core.units import Eth


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedTransaction:
    """A typed transaction before signing.

    `max_fee` None means a legacy transaction with `gas_price`.
    """

    chain_id: int
    nonce: int
    to: Address
    value: Eth
    data: bytes
    gas: int
    max_fee_per_gas: int | None
    max_priority_fee_per_gas: int | None
    gas_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTransaction:
    raw: bytes
    tx_hash: TxHash


class Signer(Protocol):
    """Holder of one key. The key itself never leaves;

    Every method raises WalletLockedError when locked.
    """

    @property
    def address(self) -> Address: ...

    @property
    def public_key(self) -> bytes:
        """65 bytes, uncompressed, first byte 04."""
        ...

    def sign_message_digest(self, digest: bytes) -> bytes:
        """Wire signature over a 32-byte digest:

        R || s || v, 65 bytes, v 0 or 1, low s, RFC 6979.
        """
        ...

    def sign_blob(self, abi_bytes: bytes) -> bytes:
        """Approval or report: EIP-191 personal message over keccak256(abi_bytes);

        65 bytes, v 27 or 28.
        """
        ...

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction: ...

    def agree(self, public_key: bytes) -> bytes:
        """X coordinate (32 bytes, big-endian) of the ECDH point with `public_key` (65 bytes,
        uncompressed).

        Raises BadMessageError when the bytes are no point of the curve.
        """
        ...
