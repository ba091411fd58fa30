"""What a provider must be able to do for the TCP server. The router implements it."""

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, Protocol

from node.core.ids import SessionId
from node.core.ports import SignedBlob
from node.wire.messages import (
    CallToolRequest,
    GetToolsRequest,
    PromptRequest,
    SessionRequest,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartRequest,
)
from node.wire.prompts import (
    COMPLETION_OBJECT,
    DONE,
    UsageMeter,
    answer_text,
    is_last_chunk,
    with_object,
)
from node.wire.signing import PeerKey


class ProviderHandler(Protocol):
    """Answers requests whose form, signature, time and freshness the server has checked.

    Every method refuses by raising `Refusal` with the text for the peer. Other errors become a
    generic text; a `BackendRefusedError` out of `prompt` is sent as an encrypted model error.
    """

    @property
    def version(self) -> str:
        """Build version told to whoever pings."""
        ...

    async def approve(self, request: SessionRequest, key: PeerKey) -> SignedBlob:
        """Check bid, model, user, capacity; sign an approval; keep the user's key.

        The approval's time is later than that of every one before for the same bid and user.

        `key` belongs to `request.user` and signed the request.
        """
        ...

    async def prompt_key(self, session_id: SessionId) -> PeerKey:
        """Key of the session's user; refuses a session that is not ours, closed or expired."""
        ...

    def prompt(self, request: PromptRequest) -> AsyncGenerator[bytes, None]:
        """Wait for the session's slot, run the model, yield plaintexts, `DONE` after a stream.

        Closed early when the consumer is gone.
        """
        ...

    async def report_key(self, session_id: SessionId) -> PeerKey:
        """Key of the session's user, also after its end; refuses an unknown session."""
        ...

    async def report(self, session_id: SessionId) -> SignedBlob:
        """The session's figures, signed."""
        ...


class AudioHandler(Protocol):
    """What a provider of transcriptions must be able to do besides; the same rules hold."""

    async def start_upload(self, request: StreamStartRequest) -> None:
        """Make room for an audio file in pieces; refuses what does not fit."""
        ...

    async def take_chunk(self, request: StreamChunkRequest) -> None:
        """Add the next piece; refuses any but the next one."""
        ...

    def transcribe(self, request: StreamEndRequest) -> AsyncGenerator[bytes, None]:
        """As `prompt`, for the uploaded file, which is removed whatever happens."""
        ...


class AgentHandler(Protocol):
    """What a provider of tools must be able to do besides; the same rules hold."""

    async def tools(self, request: GetToolsRequest) -> bytes:
        """JSON array of the session's tools."""
        ...

    async def call_tool(self, request: CallToolRequest) -> bytes:
        """JSON object: the result as the tool server gave it. `message` is the input in clear."""
        ...


SPEECH_PIECE = 8192
"""Bytes of audio in one chunk at most, before base64."""
SPEECH_END = b"null"


async def speech_plaintexts(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Plaintexts of synthesised speech: base64 strings, then the end mark of this kind."""
    async for piece in pieces:
        for start in range(0, len(piece), SPEECH_PIECE):
            yield b'"' + base64.b64encode(piece[start : start + SPEECH_PIECE]) + b'"'
    yield SPEECH_END


async def chat_plaintexts(
    chunks: AsyncIterator[Mapping[str, Any]], meter: UsageMeter
) -> AsyncGenerator[bytes, None]:
    """Plaintexts of a model's chat answer: usage at last chunks, the end mark after a stream.

    A complete answer has no end mark; the consumer stops after it by itself.
    """
    async for chunk in chunks:
        meter.add(chunk)
        complete = with_object(chunk)
        whole = complete.get("object") == COMPLETION_OBJECT
        usage = meter.usage() if whole or is_last_chunk(complete) else None
        yield answer_text(complete, usage=usage)
        if whole:
            return
    yield DONE
