"""How the consumer reaches a provider, as the use cases need it.

`node.wire.client` implements it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from node.core.ids import Address, BidId, SessionId
from node.core.ports import HandshakeReply, SignedBlob
from node.core.units import Mor


@dataclass(frozen=True, slots=True, kw_only=True)
class PongInfo:
    """A verified ping: build version, public key (65 bytes, uncompressed) and round trip."""

    version: str
    public_key: bytes
    rtt_ms: int


class ProviderLink(Protocol):
    """One connection per call. Endpoints are chain strings and are checked before any connect."""

    async def ping(self, endpoint: str, expected: Address) -> PongInfo: ...

    async def request_session(
        self, *, endpoint: str, provider: Address, bid_id: BidId, spend: Mor, chain_id: int
    ) -> HandshakeReply:
        """Ask for consent; verify the whole answer against bid, chain, wallet and clock."""
        ...

    def prompt(
        self, *, endpoint: str, session_id: SessionId, message: str, public_key: bytes
    ) -> AsyncIterator[Any]:
        """Yield the decrypted values of the answer in order: objects, or the string `[DONE]` at the
        end.

        Raises:
            ProviderRefusedError: unsigned error text. ProviderModelError: signed model error.
            BadSignatureError, ProviderTimeoutError, ProviderUnreachableError, BadMessageError.
        """
        ...

    async def request_report(
        self,
        *,
        endpoint: str,
        provider: Address,
        session_id: SessionId,
        public_key: bytes,
        chain_id: int,
    ) -> SignedBlob:
        """Fetch and check the provider's closing report; ten seconds at most."""
        ...
