"""The demo chain over HTTP on loopback, for other processes and any web3 client."""

import asyncio
import logging
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import orjson

from node.core.errors import AddressInUseError, ConfigError
from node.core.tasks import TaskScope
from node.devnet.chain import Devnet
from node.devnet.http_message import BadHttpError, Request, discard, read_request, response_bytes
from node.devnet.params import INVALID_REQUEST, PARSE_ERROR

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_BODY = 1024 * 1024
MAX_CONNECTIONS = 128
MAX_BATCH = 1000
#: A connection that says nothing for so long is closed.
IDLE_S = 120.0
_DISCARD_S = 1.0
_log = logging.getLogger("node.devnet")


class DevnetServer:
    """JSON-RPC 2.0 by POST on any path. `start`, then `aclose`; or `async with`.

    Binds loopback only, and answers only requests addressed to it by a loopback name (protection
    against web pages that point a name of their own at this computer).
    """

    def __init__(self, devnet: Devnet, host: str = "127.0.0.1", port: int = 0) -> None:
        if host not in LOOPBACK:
            raise ConfigError(
                f"The demo chain serves this computer only, not {host}.",
                hint="Use 127.0.0.1.",
                code="devnet.not_loopback",
            )
        self._devnet = devnet
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._tasks = TaskScope("devnet-server")
        self._connections = 0
        self._closed = False

    @property
    def port(self) -> int:
        """The port in use; the asked one before the start."""
        if self._server is None:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Open the port.

        Raises:
            AddressInUseError: another program has it.
        """
        try:
            self._server = await asyncio.start_server(self._accept, self._host, self._port)
        except OSError as error:
            raise AddressInUseError(
                f"Port {self._port} on {self._host} is in use.", hint="Choose another port."
            ) from error

    async def aclose(self) -> None:
        """Close the port and all connections. Safe to call twice."""
        self._closed = True
        if self._server is not None:
            self._server.close()
        await self._tasks.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed or self._connections >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        self._connections += 1
        serving = self._tasks.spawn(self._serve(reader, writer), name="connection")
        # Not in the task itself: one that is cancelled before it begins would leave them open.
        serving.add_done_callback(lambda _task: self._leave(writer))

    def _leave(self, writer: asyncio.StreamWriter) -> None:
        self._connections -= 1
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            keep = True
            while keep:
                async with asyncio.timeout(IDLE_S):
                    keep = await self._exchange(reader, writer)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            _log.debug("a client of the demo chain went away")

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False when the connection is to be closed."""
        try:
            request = await read_request(reader, send=writer.write, max_body=MAX_BODY)
        except BadHttpError as error:
            body = _error_body(INVALID_REQUEST, error.reason)
            writer.write(response_bytes(error.status, body, keep_alive=False))
            await writer.drain()
            await discard(reader, limit=8 * MAX_BODY, timeout_s=_DISCARD_S)
            return False
        if request is None:
            return False
        status, body = await self._respond(request)
        writer.write(response_bytes(status, body, keep_alive=request.keep_alive))
        await writer.drain()
        return request.keep_alive

    async def _respond(self, request: Request) -> tuple[HTTPStatus, bytes]:
        if not _is_loopback_name(request.header("host")):
            return HTTPStatus.FORBIDDEN, _error_body(INVALID_REQUEST, "unknown host name")
        if not _is_loopback_origin(request.header("origin")):
            return HTTPStatus.FORBIDDEN, _error_body(INVALID_REQUEST, "unknown origin")
        if request.method != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED, _error_body(INVALID_REQUEST, "use POST")
        try:
            payload = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            return HTTPStatus.OK, _error_body(PARSE_ERROR, "parse error")
        if isinstance(payload, list) and len(payload) > MAX_BATCH:
            return HTTPStatus.OK, _error_body(INVALID_REQUEST, f"batch above {MAX_BATCH}")
        answer = await self._devnet.handle(payload)
        return HTTPStatus.OK, b"" if answer is None else orjson.dumps(answer)


def _error_body(code: int, message: str) -> bytes:
    answer: dict[str, Any] = {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": code, "message": message},
    }
    return orjson.dumps(answer)


def _is_loopback_name(host: str | None) -> bool:
    if host is None:
        return False
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] == "[::1"
    return name.partition(":")[0] in LOOPBACK


def _is_loopback_origin(origin: str | None) -> bool:
    """Programs send none; pages do, and only pages of this computer may ask."""
    if origin is None:
        return True
    scheme, separator, host = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and _is_loopback_name(host)
