"""Approval and report: the two ABI blobs that providers sign for the marketplace contract.

All words are static, so the encoding is plain concatenation of 32-byte words. Signed as EIP-191
personal message over keccak256 of the blob, v 27 or 28 (`SessionRouter` of the contract).
"""

from dataclasses import dataclass

from coincurve import PublicKey

from node.core.errors import BadMessageError, BadSignatureError
from node.core.ids import Address, BidId, SessionId, address_of_public_key
from node.core.keccak import keccak256
from node.core.units import UnixMillis
from node.wire.signing import HALF_ORDER, SIGNATURE_LENGTH

_WORD = 32
_PREFIX = b"\x19Ethereum Signed Message:\n32"
MAX_UINT32 = 2**32 - 1
_MAX_UINT128 = 2**128 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A provider's consent that `user` opens one session on the bid. Valid once."""

    bid_id: BidId
    chain_id: int
    user: Address
    timestamp: UnixMillis

    def encode(self) -> bytes:
        return (
            self.bid_id.raw
            + _word(self.chain_id)
            + self.user.raw.rjust(_WORD, b"\0")
            + _word(self.timestamp)
        )

    @classmethod
    def decode(cls, data: bytes) -> "Approval":
        """Raises BadMessageError: not exactly four words, or a value out of its type's range."""
        words = _words(data, 4)
        if any(words[2][:12]):
            raise BadMessageError("The approval is malformed.")
        return cls(
            bid_id=BidId(words[0]),
            chain_id=int.from_bytes(words[1]),
            user=Address(words[2][12:]),
            timestamp=UnixMillis(_bounded(words[3], _MAX_UINT128)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a session delivered; every figure is an unsigned 32-bit number."""

    session_id: SessionId
    chain_id: int
    timestamp: UnixMillis
    tps_scaled_1000: int
    ttft_ms: int
    input_tokens: int
    output_tokens: int

    def encode(self) -> bytes:
        figures = (self.tps_scaled_1000, self.ttft_ms, self.input_tokens, self.output_tokens)
        return (
            self.session_id.raw
            + _word(self.chain_id)
            + _word(self.timestamp)
            + b"".join(_word(min(max(figure, 0), MAX_UINT32)) for figure in figures)
        )

    @classmethod
    def decode(cls, data: bytes) -> "Report":
        """Raises BadMessageError: not exactly seven words, or a value out of its type's range."""
        words = _words(data, 7)
        tps, ttft, tokens_in, tokens_out = (_bounded(word, MAX_UINT32) for word in words[3:])
        return cls(
            session_id=SessionId(words[0]),
            chain_id=int.from_bytes(words[1]),
            timestamp=UnixMillis(_bounded(words[2], _MAX_UINT128)),
            tps_scaled_1000=tps,
            ttft_ms=ttft,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
        )


def _word(value: int) -> bytes:
    return value.to_bytes(_WORD)


def _words(data: bytes, count: int) -> list[bytes]:
    if len(data) != count * _WORD:
        raise BadMessageError("The signed blob has the wrong length.")
    return [data[start : start + _WORD] for start in range(0, len(data), _WORD)]


def _bounded(word: bytes, maximum: int) -> int:
    value = int.from_bytes(word)
    if value > maximum:
        raise BadMessageError("A number in the signed blob is out of range.")
    return value


def blob_digest(encoded: bytes) -> bytes:
    """The 32 bytes that are signed: EIP-191 over keccak256 of the blob."""
    return keccak256(_PREFIX + keccak256(encoded))


def recover_blob_signer(encoded: bytes, signature: bytes) -> Address:
    """Address that signed the blob. Raises as `recover_blob_key`."""
    return address_of_public_key(recover_blob_key(encoded, signature))


def recover_blob_key(encoded: bytes, signature: bytes) -> bytes:
    """Public key (65 bytes) that signed the blob, by the rules of the contract (65 bytes, v 27/28,
    low s).

    Raises:
        BadSignatureError: the contract would refuse this signature.
    """
    fits = len(signature) == SIGNATURE_LENGTH and signature[64] in (27, 28)
    if not fits or signature[32:64] > HALF_ORDER:
        raise BadSignatureError("The provider's signature is malformed.")
    recoverable = signature[:64] + bytes((signature[64] - 27,))
    try:
        key = PublicKey.from_signature_and_message(recoverable, blob_digest(encoded), hasher=None)
    except ValueError as error:
        raise BadSignatureError("The provider's signature is malformed.") from error
    return key.format(compressed=False)
