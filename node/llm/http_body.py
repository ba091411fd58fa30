"""Bodies of HTTP/1.1 responses: chunked, of a given length, or up to the connection's end."""

from collections.abc import Mapping
from typing import Protocol

_MAX_SIZE_LINE = 1024
_MAX_TRAILER = 16 * 1024
_HEX = frozenset(b"0123456789abcdefABCDEF")


class HttpFormatError(Exception):
    """The server's bytes are no valid HTTP/1.1 response."""


class BodyDecoder(Protocol):
    complete: bool
    ends_with_connection: bool

    def feed(self, data: bytes) -> list[bytes]:
        """Decode the next bytes. Raises HttpFormatError."""
        ...

    def connection_ended(self) -> None: ...


def decoder_for(status: int, headers: Mapping[str, str]) -> BodyDecoder:
    """The decoder that RFC 9112 section 6.3 asks for. Raises HttpFormatError."""
    if status in (204, 304):
        return LengthDecoder(0)
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise HttpFormatError("the body is compressed though this was not allowed")
    transfer = headers.get("transfer-encoding", "").lower()
    if transfer == "chunked":
        return ChunkedDecoder()
    if transfer:
        raise HttpFormatError("the transfer encoding is not known")
    length = headers.get("content-length")
    if length is None:
        return UntilCloseDecoder()
    if not length.isascii() or not length.isdigit():
        raise HttpFormatError("the length is not valid")
    return LengthDecoder(int(length))


class UntilCloseDecoder:
    ends_with_connection = True

    def __init__(self) -> None:
        self.complete = False

    def feed(self, data: bytes) -> list[bytes]:
        return [data]

    def connection_ended(self) -> None:
        self.complete = True


class LengthDecoder:
    ends_with_connection = False

    def __init__(self, length: int) -> None:
        self._left = length
        self.complete = length == 0

    def feed(self, data: bytes) -> list[bytes]:
        if len(data) > self._left:
            raise HttpFormatError("there are bytes after the body")
        self._left -= len(data)
        self.complete = self._left == 0
        return [data]

    def connection_ended(self) -> None:
        """The length decides; a connection that ended before is incomplete."""


class ChunkedDecoder:
    """Chunked transfer coding; extensions and trailers are skipped."""

    ends_with_connection = False

    def __init__(self) -> None:
        self.complete = False
        self._rest = b""
        self._left = 0  # bytes of the present chunk with its line end, 0 before a size line
        self._in_trailer = False

    def feed(self, data: bytes) -> list[bytes]:
        data = self._rest + data if self._rest else data
        self._rest = b""
        found: list[bytes] = []
        position = 0
        while position < len(data):
            if self._in_trailer:
                self._trailer(data[position:])
                break
            if not self._left:
                end = data.find(b"\r\n", position)
                if end < 0:
                    self._rest = data[position:]
                    if len(self._rest) > _MAX_SIZE_LINE:
                        raise HttpFormatError("a chunk's size line is too long")
                    break
                size = _chunk_size(data[position:end])
                position = end + 2
                self._in_trailer = size == 0
                self._left = size + 2 if size else 0
                continue
            position = self._chunk(data, position, found)
        return found

    def connection_ended(self) -> None:
        """Only the last chunk ends the body; a connection that ended before is incomplete."""

    def _chunk(self, data: bytes, position: int, found: list[bytes]) -> int:
        """Take what is there of the present chunk; returns the position after it."""
        available = len(data) - position
        if available >= self._left:
            end = position + self._left
            if data[end - 2 : end] != b"\r\n":
                raise HttpFormatError("a chunk does not end where it should")
            if self._left > 2:
                found.append(data[position : end - 2])
            self._left = 0
            return end
        usable = min(available, self._left - 2)
        if usable > 0:
            found.append(data[position : position + usable])
            self._left -= usable
        self._rest = data[position + max(usable, 0) :]
        return len(data)

    def _trailer(self, data: bytes) -> None:
        if data.startswith(b"\r\n"):
            end = 2
        else:
            end = data.find(b"\r\n\r\n") + 4
            if end == 3:
                if len(data) > _MAX_TRAILER:
                    raise HttpFormatError("the trailer is too long")
                self._rest = data
                return
        if len(data) > end:
            raise HttpFormatError("there are bytes after the body")
        self.complete = True


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 15 or not _HEX.issuperset(digits):
        raise HttpFormatError("a chunk's size is not valid")
    return int(digits, 16)
