"""What two nodes give each other in writing."""

from dataclasses import dataclass

from node.core.units import UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBlob:
    """ABI bytes of an approval or report with their EIP-191 signature."""

    encoded: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeReply:
    """A provider's verified consent to open a session on a bid."""

    provider_public_key: bytes
    approval: SignedBlob
    issued_at: UnixMillis
