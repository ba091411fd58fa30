"""Reads `multipart/form-data` while it arrives: fields in memory, one audio file on the disk.

Names that the client gives are never part of a path. Everything is bounded: fields, their lengths,
the file, and the time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from node.core.audio_types import audio_type_of
from node.core.errors import FileTooLargeError
from node.core.spool import Spool, SpoolFile
from node.http_api.asgi import Receive
from node.http_api.limits import (
    BODY_TIME_S,
    KIB,
    MAX_FIELD,
    MAX_FIELDS,
    SLOW_UPLOAD_RATE,
    UPLOAD_PROGRESS_S,
)
from node.http_api.refusal import HttpRefusal

MULTIPART = "multipart/form-data"
FILE_FIELD = "file"
_DISK_PIECE = 512 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields in the order they came, and the file; `discard` it when it is not needed any more."""

    fields: tuple[tuple[str, str], ...]
    file: SpoolFile | None
    file_type: str

    def discard(self) -> None:
        if self.file is not None:
            self.file.discard()


def is_multipart(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == MULTIPART


async def read_form(receive: Receive, headers: Mapping[str, str], spool: Spool) -> Form:
    """The whole form. Nothing is left behind when this fails.

    Raises:
        HttpRefusal: 400 malformed or cut off, 408 too slow, 413 too large.
        UploadsFullError: no room for the file now.
    """
    _, options = parse_options_header(headers.get("content-type", ""))
    length = headers.get("content-length", "")
    reader = _FormReader(
        options.get(b"boundary", b""), spool, int(length) if length.isdigit() else None
    )
    try:
        async for data in _pieces(receive):
            await reader.feed(data)
        return await reader.form()
    except FileTooLargeError as error:
        reader.discard()
        raise _refused(413, error.message) from error
    except FormParserError as error:
        reader.discard()
        raise _refused(400, "the form is not valid") from error
    except BaseException:
        reader.discard()
        raise


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """What arrives, as long as it arrives fast enough."""
    loop = asyncio.get_running_loop()
    started, received = loop.time(), 0
    while True:
        try:
            async with asyncio.timeout(UPLOAD_PROGRESS_S):
                message = await receive()
        except TimeoutError as error:
            raise _slow() from error
        if message["type"] != "http.request":
            raise HttpRefusal(400, "the request ended early", code="api.cut_off")
        data = message.get("body", b"")
        received += len(data)
        elapsed = loop.time() - started
        if elapsed > BODY_TIME_S and received < elapsed * SLOW_UPLOAD_RATE:
            raise _slow()
        yield data
        if not message.get("more_body", False):
            return


class _FormReader:
    """Collects what the parser calls back; the disk is written between its calls."""

    def __init__(self, boundary: bytes, spool: Spool, length: int | None) -> None:
        if not boundary:
            raise _refused(400, "the form names no boundary")
        self._spool = spool
        self._length = length
        self._fields: list[tuple[str, str]] = []
        self._file: SpoolFile | None = None
        self._file_type = ""
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._header_name = self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._value = bytearray()
        self._in_file = self._is_ignored = self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_text,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    async def feed(self, data: bytes) -> None:
        if data:
            self._parser.write(data)
        if self._waiting_size >= _DISK_PIECE:
            await self._flush()

    async def form(self) -> Form:
        """What was read. Raises HttpRefusal when the form is not complete."""
        self._parser.finalize()
        if not self._ended:
            raise _refused(400, "the form ended early")
        await self._flush()
        return Form(fields=tuple(self._fields), file=self._file, file_type=self._file_type)

    def discard(self) -> None:
        if self._file is not None:
            self._file.discard()

    async def _flush(self) -> None:
        if self._file is not None and self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._waiting_size = 0
            await self._file.write(data)

    # --- called by the parser --------------------------------------------------------------------

    def _part_begin(self) -> None:
        self._headers = {}
        self._value = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_text(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise _refused(400, "a part of the form has no name")
        self._name = _text(options[b"name"])
        self._in_file = b"filename" in options and self._name == FILE_FIELD
        self._is_ignored = b"filename" in options and not self._in_file
        if self._in_file:
            self._begin_file(_text(options[b"filename"]))
        elif len(self._fields) >= MAX_FIELDS:
            raise _refused(400, f"the form has more than {MAX_FIELDS} fields")

    def _begin_file(self, client_name: str) -> None:
        if self._file is not None:
            raise _refused(400, "the form holds more than one file")
        known = self._length is not None and self._length <= self._spool.max_file
        self._file = self._spool.reserve(self._length if known else None)
        declared = self._headers.get(b"content-type", b"").decode("latin-1")
        self._file_type = audio_type_of(client_name, declared)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._waiting.append(data[start:end])
            self._waiting_size += end - start
        elif not self._is_ignored:
            self._value += data[start:end]
            if len(self._value) > MAX_FIELD:
                raise _refused(413, "a field of the form is too long")

    def _part_end(self) -> None:
        if not self._in_file and not self._is_ignored:
            self._fields.append((self._name, _text(bytes(self._value))))
        self._in_file = self._is_ignored = False

    def _end(self) -> None:
        self._ended = True


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _refused(400, "the form is not UTF-8") from error


def _refused(status: int, text: str) -> HttpRefusal:
    code = "api.too_large" if status == 413 else "input.form"
    return HttpRefusal(status, text, code=code, headers={"connection": "close"})


def _slow() -> HttpRefusal:
    return HttpRefusal(
        408, "the upload took too long", code="api.slow_body", headers={"connection": "close"}
    )
