"""A model server that costs nothing: writes chunks as fast as it is read, or at a steady pace.

Runs as a process of its own: `python -m benchmarks.fake_backend` prints its port. A request names
`bench_chunks` and `bench_rate` (chunks per second, 0 for no pause). `created` of each chunk is the
monotonic clock in nanoseconds, which all processes of one computer share, so that its reader knows
how old the chunk is.
"""

import asyncio
import json
import sys
import time
from typing import Any

BATCH = 32
_HEAD = b'{"id":"chatcmpl-benchmark-0001","object":"chat.completion.chunk","created":'
_BODY = (
    b',"model":"bench","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}'
)
_LAST = b',"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def event(*, last: bool = False) -> bytes:
    now = str(time.monotonic_ns()).encode()
    return b"data: " + _HEAD + now + (_LAST if last else _BODY) + b"\n\n"


class Connection(asyncio.Protocol):
    """One request per connection, or several whole answers on a kept one."""

    def __init__(self) -> None:
        self._received = b""
        self._task: asyncio.Task[None] | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._may_write.set()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._received = b""
        request = json.loads(body) if body else {}
        self._task = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: dict[str, Any]) -> None:
        count, rate = int(request.get("bench_chunks", 20)), float(request.get("bench_rate", 0))
        if not request.get("stream"):
            self._transport.write(_whole(count))
            return
        self._transport.write(_STREAM)
        if rate:
            await self._paced(count, rate)
        else:
            await self._at_once(count)
        self._transport.write(event(last=True) + b"data: [DONE]\n\n")
        self._transport.close()

    async def _paced(self, count: int, rate: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(count):
            self._transport.write(event())
            await asyncio.sleep(began + (number + 1) / rate - loop.time())

    async def _at_once(self, count: int) -> None:
        while count > 0:
            await self._may_write.wait()
            if self._transport.is_closing():
                return
            self._transport.write(b"".join(event() for _ in range(min(count, BATCH))))
            count -= BATCH
            await asyncio.sleep(0)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _whole(count: int) -> bytes:
    answer = {
        "id": "chatcmpl-benchmark-0001",
        "object": "chat.completion",
        "created": time.monotonic_ns(),
        "model": "bench",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "word " * count},
                "finish_reason": "stop",
            }
        ],
    }
    body = json.dumps(answer).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    # The parent's death closes our standard input; nobody has to stop us.
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve())
