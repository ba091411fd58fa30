"""Just enough HTTP/1.1 for JSON-RPC: one request in, one JSON answer out."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

_MAX_HEAD = 16 * 1024
_MAX_HEADERS = 100
_DIGITS = frozenset("0123456789")


class BadHttpError(Exception):
    """The bytes are no acceptable request; `status` and `reason` are the answer."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    headers: Mapping[str, str]
    body: bytes
    keep_alive: bool

    def header(self, name: str) -> str | None:
        return self.headers.get(name)


async def read_request(
    reader: asyncio.StreamReader, *, send: Callable[[bytes], None], max_body: int
) -> Request | None:
    """Read one request; None when the client closed between requests.

    `send` is used only to tell a client that waits for it to go on (`Expect: 100-continue`).

    Raises:
        BadHttpError: malformed, too large, or a transfer coding that is not supported.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadHttpError(HTTPStatus.BAD_REQUEST, "incomplete request") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadHttpError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers too large"
        ) from error
    if len(head) > _MAX_HEAD:
        raise BadHttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers too large")
    method, version, headers = _parse_head(head)
    length = _body_length(headers)
    if length > max_body:
        raise BadHttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"request above {max_body} bytes")
    if headers.get("expect", "").lower() == "100-continue":
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(length)
    connection = headers.get("connection", "").lower()
    keep_alive = connection != "close" and (version == "HTTP/1.1" or connection == "keep-alive")
    return Request(method=method, headers=headers, body=body, keep_alive=keep_alive)


async def discard(reader: asyncio.StreamReader, *, limit: int, timeout_s: float) -> None:
    """Take in what a refused client still sends, so that it gets to read the answer."""
    try:
        async with asyncio.timeout(timeout_s):
            while limit > 0:
                piece = await reader.read(65536)
                if not piece:
                    return
                limit -= len(piece)
    except TimeoutError:
        return


def _parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadHttpError(HTTPStatus.BAD_REQUEST, "malformed request line")
    headers: dict[str, str] = {}
    fields = lines[1:-2]
    if len(fields) > _MAX_HEADERS:
        raise BadHttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too many headers")
    for line in fields:
        name, separator, value = line.partition(":")
        if not separator or not name or name != name.strip():
            raise BadHttpError(HTTPStatus.BAD_REQUEST, "malformed header")
        key = name.lower()
        if key in headers and key in ("host", "content-length", "origin"):
            raise BadHttpError(HTTPStatus.BAD_REQUEST, f"repeated header {key}")
        headers[key] = value.strip()
    return parts[0], parts[2], headers


def _body_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadHttpError(HTTPStatus.LENGTH_REQUIRED, "send Content-Length")
    text = headers.get("content-length", "0")
    if not text or not set(text) <= _DIGITS or len(text) > 15:
        raise BadHttpError(HTTPStatus.BAD_REQUEST, "malformed Content-Length")
    return int(text)


def response_bytes(status: HTTPStatus, body: bytes, *, keep_alive: bool) -> bytes:
    """A complete answer; an empty body is 204 instead of 200."""
    if status is HTTPStatus.OK and not body:
        status = HTTPStatus.NO_CONTENT
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append("Allow: POST")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
