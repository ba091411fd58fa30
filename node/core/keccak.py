"""keccak256 by pycryptodome, called directly: the fastest of the wheels at hand (ADR 0009)."""

from Crypto.Hash import keccak as _keccak


def keccak256(data: bytes) -> bytes:
    """Return the 32-byte Keccak digest of Ethereum (not NIST SHA-3)."""
    return _keccak.new(digest_bits=256, data=data).digest()
