"""Requests to one model server: connections, reuse, TLS, and failures in the user's words."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

import certifi

from node.core.errors import BackendUnavailableError
from node.llm.endpoint import is_metadata_address
from node.llm.http_body import HttpFormatError
from node.llm.http_wire import HttpExchange, SilenceError

_MAX_IDLE = 32
_DEFAULT_PORTS = {"http": 80, "https": 443}


class LongBody(Protocol):
    """A request's body that is too long to be held in memory."""

    @property
    def size(self) -> int:
        """Length in bytes of all pieces together."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The body from its start, each time it is called."""
        ...


class HttpResponse:
    """An answer whose head has arrived. Valid inside `HttpOrigin.request` only."""

    def __init__(self, exchange: HttpExchange, silence_s: float) -> None:
        self._exchange = exchange
        self._silence_s = silence_s
        self.status = exchange.status
        self.headers: Mapping[str, str] = exchange.headers

    async def read(self) -> bytes:
        """The next bytes of the body, b"" at its end."""
        return await self._exchange.read(self._silence_s)


class HttpOrigin:
    """Scheme, host and port of a server (or its unix socket) with idle connections to it.

    No redirects, no proxies, no cookies, no decompression.
    """

    def __init__(
        self,
        url: str,
        *,
        unix_socket: str | None = None,
        connect_timeout_s: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_address = _is_address(self._host)
        self._port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self._host_header = parts.netloc
        self._secure = parts.scheme == "https" and unix_socket is None
        self._tls = tls
        self._unix_socket = unix_socket
        self._connect_timeout_s = connect_timeout_s
        self._idle: list[HttpExchange] = []

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | LongBody,
        silence_s: float,
    ) -> AsyncIterator[HttpResponse]:
        """Send a request; `silence_s` is the longest wait without a byte.

        Leaving the context before the body's end drops the connection. Raises
        BackendUnavailableError, also from `read`; its message never names the server.
        """
        at_once, later = (body, None) if isinstance(body, bytes) else (b"", body)
        size = len(at_once) if later is None else later.size
        request = self._encode(method, url, headers, size) + at_once
        exchange: HttpExchange | None = None
        try:
            exchange = await self._send(request, later, silence_s)
            yield HttpResponse(exchange, silence_s)
        except (SilenceError, HttpFormatError, OSError) as error:
            raise _unavailable(error) from error
        finally:
            if exchange is not None:
                self._give_back(exchange)

    def close(self) -> None:
        """Close idle connections."""
        for exchange in self._idle:
            exchange.abort()
        self._idle.clear()

    async def _send(self, request: bytes, later: LongBody | None, silence_s: float) -> HttpExchange:
        """Use an idle connection; one that the server closed meanwhile is replaced by a new one."""
        while self._idle:
            exchange = self._idle.pop()
            try:
                return await self._exchange(exchange, request, later, silence_s)
            except OSError:
                if exchange.got_bytes:
                    raise
        return await self._exchange(await self._connect(), request, later, silence_s)

    async def _exchange(
        self, exchange: HttpExchange, request: bytes, later: LongBody | None, silence_s: float
    ) -> HttpExchange:
        try:
            exchange.send(request)
            if later is not None:
                await exchange.send_body(later.pieces(), silence_s)
            await exchange.head(silence_s)
        except BaseException:
            exchange.abort()
            raise
        return exchange

    async def _connect(self) -> HttpExchange:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                if self._unix_socket is not None:
                    _, exchange = await loop.create_unix_connection(HttpExchange, self._unix_socket)
                    return exchange
                if self._secure and self._tls is None:
                    self._tls = await asyncio.to_thread(_default_tls)
                _, exchange = await loop.create_connection(
                    HttpExchange,
                    self._host,
                    self._port,
                    ssl=self._tls if self._secure else None,
                    happy_eyeballs_delay=None if self._is_address else 0.25,
                )
        except (OSError, TimeoutError, UnicodeError) as error:
            raise _unreachable(error) from error
        if is_metadata_address(exchange.peer_host):
            exchange.abort()
            raise _unreachable(PermissionError("the name leads to a metadata service"))
        return exchange

    def _give_back(self, exchange: HttpExchange) -> None:
        if exchange.reusable and len(self._idle) < _MAX_IDLE:
            self._idle.append(exchange)
        else:
            exchange.abort()

    def _encode(self, method: str, url: str, headers: Mapping[str, str], size: int) -> bytes:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"host: {self._host_header}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if size or method == "POST":
            lines.append(f"content-length: {size}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _default_tls() -> ssl.SSLContext:
    """The system's authorities and, for systems without any, the bundled list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _unreachable(error: Exception) -> BackendUnavailableError:
    return BackendUnavailableError("The model server cannot be reached.", details=_cause(error))


def _unavailable(error: Exception) -> BackendUnavailableError:
    if isinstance(error, SilenceError):
        return BackendUnavailableError(
            "The model server did not answer in time.", code="backend.timeout"
        )
    if isinstance(error, HttpFormatError):
        return BackendUnavailableError(
            "The model server sent something that is no valid answer.",
            code="backend.bad_answer",
            retryable=False,
            details=_cause(error),
        )
    return BackendUnavailableError(
        "The connection to the model server broke.", details=_cause(error)
    )


def _cause(error: Exception) -> dict[str, str]:
    # Texts of the system name addresses; they stay in the local log.
    return {"cause": f"{type(error).__name__}: {error}"}
