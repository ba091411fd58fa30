"""Provider side of audio uploads: files that arrive in pieces, each on a connection of its own.

The stream's id is a key, never part of a path. Everything is bounded: files per session, bytes in
all, time without a piece.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from node.core.clock import Clock
from node.core.errors import FileTooLargeError, UploadsFullError
from node.core.ids import SessionId
from node.core.spool import Spool, SpoolFile
from node.wire.audio_upload import AudioFile
from node.wire.messages import StreamChunkRequest, StreamEndRequest, StreamStartRequest
from node.wire.refusals import NO_CAPACITY, Refusal

PER_SESSION = 4
IDLE_S = 3600.0
"""An unfinished upload is dropped after so long without a piece."""
CROWDED_IDLE_S = 60.0
"""The same while there is no room for another one."""
_STREAM_ID = re.compile("[0-9a-f]{32}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}", re.ASCII)


@dataclass(slots=True)
class _Upload:
    session_id: SessionId
    total_chunks: int
    file_size: int
    media_type: str
    file: SpoolFile
    touched: float
    received: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Uploads:
    """The uploads under way. One event loop only. Every method refuses by raising `Refusal`."""

    def __init__(self, spool: Spool, clock: Clock) -> None:
        self._spool = spool
        self._clock = clock
        self._uploads: dict[str, _Upload] = {}

    def __len__(self) -> int:
        return len(self._uploads)

    async def start(self, request: StreamStartRequest) -> None:
        """Make room for the file that was announced."""
        self._forget_idle(IDLE_S)
        stream_id = request.stream_id
        if not _STREAM_ID.fullmatch(stream_id):
            raise Refusal("request validation failed: streamid is not 32 hex digits")
        if stream_id in self._uploads:
            raise Refusal(f"stream with ID {stream_id} already exists")
        if request.total_chunks > request.file_size:
            raise Refusal("request validation failed: more chunks than bytes")
        if self._count(request.session_id) >= PER_SESSION:
            self._forget_idle(CROWDED_IDLE_S, request.session_id)
        if self._count(request.session_id) >= PER_SESSION:
            raise Refusal(NO_CAPACITY)
        known = _MEDIA_TYPE.fullmatch(request.content_type)
        self._uploads[stream_id] = _Upload(
            session_id=request.session_id,
            total_chunks=request.total_chunks,
            file_size=request.file_size,
            media_type=request.content_type if known else "audio/mpeg",
            file=self._room(request.file_size),
            touched=self._clock.monotonic(),
        )

    async def add(self, request: StreamChunkRequest) -> None:
        """Append the next piece."""
        upload = self._find(request)
        async with upload.lock:
            if request.chunk_index != upload.received or upload.received >= upload.total_chunks:
                raise Refusal(f"expected chunk index {upload.received}, got {request.chunk_index}")
            try:
                data = base64.b64decode(request.chunk_data, validate=True)
            except binascii.Error as error:
                raise Refusal("failed to decode chunk data: illegal base64 data") from error
            try:
                await upload.file.write(data)
            except FileTooLargeError as error:
                self._drop(request.stream_id)
                raise Refusal("failed to write chunk: more data than announced") from error
            upload.received += 1
            upload.touched = self._clock.monotonic()

    @asynccontextmanager
    async def taken(self, request: StreamEndRequest) -> AsyncGenerator[AudioFile, None]:
        """The whole file; it is removed at the end of the context. An incomplete one stays."""
        upload = self._find(request)
        async with upload.lock:
            if upload.received != upload.total_chunks:
                raise Refusal(
                    f"incomplete stream: received {upload.received} chunks,"
                    f" expected {upload.total_chunks}"
                )
            if self._uploads.pop(request.stream_id, None) is None:
                raise _not_found(request.stream_id)
        try:
            if upload.file.size != upload.file_size:
                raise Refusal(
                    f"incomplete stream: received {upload.file.size} bytes,"
                    f" expected {upload.file_size}"
                )
            yield AudioFile(
                path=upload.file.path, size=upload.file.size, media_type=upload.media_type
            )
        finally:
            upload.file.discard()

    def clear(self) -> None:
        """Drop everything, as at the end of hosting."""
        for stream_id in list(self._uploads):
            self._drop(stream_id)

    def _find(self, request: StreamChunkRequest | StreamEndRequest) -> _Upload:
        """The upload of this very session; another session's is as if it were not there."""
        upload = self._uploads.get(request.stream_id)
        if upload is None or upload.session_id != request.session_id:
            raise _not_found(request.stream_id)
        return upload

    def _room(self, size: int) -> SpoolFile:
        try:
            return self._spool.reserve(size)
        except FileTooLargeError as error:
            raise Refusal("request validation failed: filesize is too large") from error
        except UploadsFullError:
            self._forget_idle(CROWDED_IDLE_S)
        try:
            return self._spool.reserve(size)
        except UploadsFullError as error:
            raise Refusal(NO_CAPACITY) from error

    def _count(self, session_id: SessionId) -> int:
        return sum(item.session_id == session_id for item in self._uploads.values())

    def _forget_idle(self, idle_s: float, session_id: SessionId | None = None) -> None:
        """Drop what got no piece for so long, of one session or of all."""
        limit = self._clock.monotonic() - idle_s
        for stream_id, upload in list(self._uploads.items()):
            is_meant = session_id in (None, upload.session_id)
            if is_meant and upload.touched < limit and not upload.lock.locked():
                self._drop(stream_id)

    def _drop(self, stream_id: str) -> None:
        upload = self._uploads.pop(stream_id, None)
        if upload is not None:
            upload.file.discard()


def _not_found(stream_id: str) -> Refusal:
    return Refusal(f"streaming session {stream_id[:64]} not found")
