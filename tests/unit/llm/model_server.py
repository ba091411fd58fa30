"""A scripted model server on loopback that answers raw bytes, so that every fault can be played."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import orjson

Play = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request with the means to answer it."""

    def __init__(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.decode().split("\r\n")
        self.method, self.path, _ = first.split(" ")
        pairs = (line.split(": ", 1) for line in lines if ": " in line)
        self.headers = {name.lower(): value for name, value in pairs}
        self.raw = body
        is_form = self.headers.get("content-type", "").startswith("multipart/")
        self.body: Any = orjson.loads(body) if body and not is_form else None
        self.writer = writer

    async def send(self, status: int, content_type: str, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        await self.writer.drain()

    async def stream(self, *parts: bytes, content_type: str = "text/event-stream") -> None:
        """Send parts as they are (flushed one by one) and end by closing the connection."""
        self.writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n".encode()
        )
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0)
        self.writer.close()

    def form(self) -> dict[str, list[tuple[str, bytes]]]:
        """Parts of a multipart body by field name: file name (empty for plain fields), content."""
        boundary = self.headers["content-type"].partition("boundary=")[2].encode()
        found: dict[str, list[tuple[str, bytes]]] = {}
        for part in self.raw.split(b"--" + boundary)[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            names = dict(re.findall(rb'(name|filename)="([^"]*)"', head))
            names = {key.decode(): value.decode() for key, value in names.items()}
            entry = (names.get("filename", ""), content.removesuffix(b"\r\n"))
            found.setdefault(names["name"], []).append(entry)
        return found


class ModelServer:
    """Serves `play` for every request; `requests` keeps what was asked."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._server: asyncio.Server | None = None
        self.requests: list[Exchange] = []
        self.client_left = asyncio.Event()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = await reader.readexactly(length)
                exchange = Exchange(head, body, writer)
                self.requests.append(exchange)
                await self._play(exchange)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.client_left.set()
        finally:
            writer.close()


def chunk_line(content: str, **more: Any) -> bytes:
    """One event with a chunk object, as a server writes it."""
    chunk = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None}],
        **more,
    }
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


def last_line(reason: str = "stop") -> bytes:
    choices = [{"index": 0, "delta": {}, "finish_reason": reason}]
    return chunk_line("", choices=choices)


DONE_LINE = b"data: [DONE]\n\n"
