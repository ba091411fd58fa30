"""A `multipart/form-data` body (RFC 7578) with a file that is read while it is sent."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from node.core.audio_types import audio_file_name
from node.core.errors import BackendError

_PIECE = 256 * 1024
_NAME_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class MultipartBody:
    """Fields in the order given, then the audio file. Implements `LongBody`."""

    def __init__(
        self, fields: Iterable[tuple[str, str]], *, audio: Path | None, audio_type: str
    ) -> None:
        self._boundary = secrets.token_hex(24)
        self._audio = audio
        head = b"".join(self._field(name, value) for name, value in fields)
        if audio is not None:
            head += self._file_head(audio_type)
        end = b"\r\n" if audio is not None else b""
        self._head = head
        self._tail = end + f"--{self._boundary}--\r\n".encode()
        try:
            self._file_size = audio.stat().st_size if audio is not None else 0
        except OSError as error:
            raise _unreadable() from error

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def size(self) -> int:
        return len(self._head) + self._file_size + len(self._tail)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Raises BackendError when the file is gone or changed its length meanwhile."""
        yield self._head
        if self._audio is not None:
            left = self._file_size
            while left:
                piece = await asyncio.to_thread(_read, self._audio, self._file_size - left)
                if not piece or len(piece) > left:
                    raise _unreadable()
                left -= len(piece)
                yield piece
        yield self._tail

    def _field(self, name: str, value: str) -> bytes:
        safe = name.translate(_NAME_ESCAPES)
        head = f'--{self._boundary}\r\ncontent-disposition: form-data; name="{safe}"\r\n\r\n'
        return head.encode(errors="replace") + value.encode(errors="replace") + b"\r\n"

    def _file_head(self, audio_type: str) -> bytes:
        name = audio_file_name(audio_type)
        return (
            f"--{self._boundary}\r\n"
            f'content-disposition: form-data; name="file"; filename="{name}"\r\n'
            f"content-type: {audio_type if audio_type.isprintable() else 'audio/mpeg'}\r\n\r\n"
        ).encode("ascii", "replace")


def _read(path: Path, position: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(position)
            return file.read(_PIECE)
    except OSError as error:
        raise _unreadable() from error


def _unreadable() -> BackendError:
    return BackendError("The audio file cannot be read.", code="backend.file")
