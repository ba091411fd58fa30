"""Consumer side of an audio upload: the messages of `session.prompt.stream.*` before its end."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from node.core.clock import Clock
from node.core.errors import BadMessageError, BadSignatureError, StorageError
from node.core.ids import SessionId
from node.core.ports import Signer
from node.wire.messages import (
    StreamChunkReply,
    StreamChunkRequest,
    StreamStartReply,
    StreamStartRequest,
)
from node.wire.signing import PeerKey, sign, verify

CHUNK_BYTES = 1024 * 1024
STARTED, RECEIVED = "started", "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFile:
    """A file on this computer. `size` in bytes, above 0; neither path nor name are told."""

    path: Path
    size: int
    media_type: str

    @property
    def chunks(self) -> int:
        return -(-self.size // CHUNK_BYTES)


def new_stream_id() -> str:
    """32 random hex digits."""
    return secrets.token_hex(16)


class AudioUpload:
    """Builds the signed requests of one upload and checks what the provider answers to each."""

    def __init__(
        self,
        audio: AudioFile,
        *,
        session_id: SessionId,
        signer: Signer,
        clock: Clock,
        provider_key: PeerKey,
        stream_id: str,
    ) -> None:
        self._audio = audio
        self._session_id = session_id
        self._signer = signer
        self._clock = clock
        self._key = provider_key
        self._stream_id = stream_id

    def start(self) -> StreamStartRequest:
        request = StreamStartRequest(
            session_id=self._session_id,
            stream_id=self._stream_id,
            total_chunks=self._audio.chunks,
            file_size=self._audio.size,
            content_type=self._audio.media_type,
            timestamp=self._clock.unix_millis(),
        )
        return sign(request, self._signer)

    def check_start(self, reply: StreamStartReply) -> None:
        """Raises BadSignatureError, BadMessageError."""
        self._check(reply, reply.stream_id, reply.status == STARTED)

    async def chunks(self) -> AsyncIterator[StreamChunkRequest]:
        """Read the file piece by piece. Raises StorageError when it changed meanwhile."""
        for index in range(self._audio.chunks):
            start = index * CHUNK_BYTES
            length = min(CHUNK_BYTES, self._audio.size - start)
            data = await asyncio.to_thread(_read, self._audio.path, start, length)
            request = StreamChunkRequest(
                session_id=self._session_id,
                stream_id=self._stream_id,
                chunk_index=index,
                chunk_data=base64.b64encode(data).decode(),
                timestamp=self._clock.unix_millis(),
            )
            yield sign(request, self._signer)

    def check_chunk(self, request: StreamChunkRequest, reply: StreamChunkReply) -> None:
        """Raises BadSignatureError, BadMessageError."""
        right = reply.status == RECEIVED and reply.chunk_index == request.chunk_index
        self._check(reply, reply.stream_id, right)

    def _check(
        self, reply: StreamStartReply | StreamChunkReply, stream_id: str, is_right: bool
    ) -> None:
        if not verify(reply, self._key):
            raise BadSignatureError("The provider's receipt carries a wrong signature.")
        if not is_right or stream_id != self._stream_id:
            raise BadMessageError("The provider's receipt is for another piece of the file.")


def _read(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(length)
    except OSError as error:
        raise StorageError("The audio file cannot be read.") from error
    if len(data) != length:
        raise StorageError("The audio file changed while it was sent.")
    return data
