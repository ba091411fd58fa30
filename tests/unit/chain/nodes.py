"""RPC endpoints that misbehave: real HTTP servers on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

Answer = Callable[[dict[str, Any]], bytes | Awaitable[bytes]]


def http(body: bytes | str, status: str = "200 OK", extra: str = "") -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(raw)}\r\nconnection: close\r\n{extra}\r\n"
    return head.encode() + raw


def result(request: dict[str, Any], value: Any) -> bytes:
    return http(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": value}))


def failure(request: dict[str, Any], code: int, message: str, data: Any = None) -> bytes:
    error = {"code": code, "message": message, "data": data}
    return http(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": error}))


class RpcServer:
    """Answers with what `answer` makes of each request; `methods` lists what was asked."""

    def __init__(self, answer: Answer, *, chain_id: int = 31337) -> None:
        self._answer = answer
        self._chain_id = chain_id
        self.methods: list[str] = []
        self.url = ""
        self._open: set[asyncio.Task[Any]] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            request = json.loads(await reader.readexactly(length))
            self.methods.append(request["method"])
            if request["method"] == "eth_chainId" and self._chain_id:
                answer: Any = result(request, hex(self._chain_id))
            else:
                answer = self._answer(request)
            writer.write(answer if isinstance(answer, bytes) else await answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["RpcServer"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v2/secret-key"
        try:
            yield self
        finally:
            server.close()
            hanging = list(self._open)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
            await server.wait_closed()
