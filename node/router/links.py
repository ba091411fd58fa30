"""How the consumer reaches a provider, as the use cases need it;

`node.wire.client` implements it.
"""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from node.core.ids import Address, SessionId
from node.core.ports import HandshakeReply, SignedBlob
from node.wire.audio_upload import AudioFile
from node.wire.handshake import Pong, ReportQuery, SessionOffer
from node.wire.plaintexts import AnswerPart
from node.wire.prompts import PromptKind


class ProviderLink(Protocol):
    """One connection per call. Endpoints are chain strings and are checked before any connect."""

    async def ping(self, endpoint: str, expected: Address) -> Pong: ...

    async def request_session(self, endpoint: str, offer: SessionOffer) -> HandshakeReply:
        """Ask for consent; the whole answer is verified against bid, chain, wallet and clock."""
        ...

    def prompt(
        self,
        endpoint: str,
        session_id: SessionId,
        message_text: str,
        provider_public_key: bytes,
        *,
        kind: PromptKind = PromptKind.CHAT,
        sealed: bool = False,
        audio: AudioFile | None = None,
    ) -> AsyncGenerator[AnswerPart, None]:
        """Yield the verified parts of the answer in order; a `DONE` part is the end mark.

        `sealed`: send an envelope, which the provider must have announced. `audio` is uploaded
        first; the message then holds the parameters of its transcription.

        Raises:
            ProviderRefusedError: unsigned error text. ProviderModelError: signed model error.
            BadSignatureError, ProviderTimeoutError, ProviderUnreachableError, BadMessageError,
            IncompleteAnswerError.
        """
        ...

    async def agent_tools(
        self, endpoint: str, session_id: SessionId, provider_public_key: bytes
    ) -> Any:
        """The session's tools as the provider sent them, verified and decrypted."""
        ...

    async def call_tool(
        self,
        endpoint: str,
        session_id: SessionId,
        tool: str,
        input_text: str,
        provider_public_key: bytes,
        *,
        sealed: bool = False,
    ) -> Any:
        """A tool's result as the provider sent it, verified and decrypted."""
        ...

    async def request_report(self, endpoint: str, query: ReportQuery) -> SignedBlob:
        """Fetch and check the provider's closing report; ten seconds at most."""
        ...
