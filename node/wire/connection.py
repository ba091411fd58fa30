"""One TCP connection to a provider: dial checked addresses, write one request, read with limits."""

import asyncio
import contextlib
import socket
import struct
import sys
from types import TracebackType
from typing import Self

from node.core.errors import ProviderTimeoutError, ProviderUnreachableError
from node.wire.endpoints import Resolver, parse_endpoint, resolve
from node.wire.limits import WireLimits

NOT_CONNECTED = {"phase": "connect"}
_READ = 256 * 1024
_LINGER_NONE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_KEEPALIVE_OPTIONS = ("TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL")


def keep_alive(sock: socket.socket, seconds: int) -> None:
    """Let the operating system notice a dead peer; options a platform lacks are left out."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in _KEEPALIVE_OPTIONS:
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, seconds)


class _Stream(asyncio.Protocol):
    """Bytes of one connection as they arrive, with one timer that is moved when it fires: a timer
    per read costs more than the read.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self._pieces: list[bytes] = []
        self._held = 0
        self._paused = False
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)
        if self._held > _READ and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._may_write.set()
        self._wake()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def written(self) -> None:
        """Wait until the buffer has room. Raises OSError when the connection broke."""
        await self._may_write.wait()
        if self._error is not None:
            raise self._error
        if self.transport is None or self.transport.is_closing():
            raise ConnectionResetError("the connection is closed")

    async def read(self, timeout_s: float) -> bytes:
        """What has arrived, b"" at the end. Raises TimeoutError and OSError."""
        self._deadline = self._loop.time() + timeout_s
        while not self._pieces and not self._ended:
            self._waiter = self._loop.create_future()
            if self._timer is None or self._deadline < self._timer.when():
                self._set_timer()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._pieces:
            return self._taken()
        if self._error is not None:
            raise self._error
        return b""

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.transport is not None:
            self.transport.abort()

    def _taken(self) -> bytes:
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        if self._paused and self.transport is not None:
            self._paused = False
            self.transport.resume_reading()
        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._time_out)

    def _time_out(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() >= self._deadline:
            self._waiter.set_exception(TimeoutError())
        else:
            self._set_timer()


class ProviderConnection:
    """Owns the socket; use as async context manager. Leaving it early resets the connection,
    so that the provider notices at once and stops its work."""

    def __init__(self, stream: _Stream, transport: asyncio.Transport) -> None:
        self._stream = stream
        self._transport = transport
        self._ended = False

    @classmethod
    async def open(
        cls, endpoint_text: str, *, limits: WireLimits, resolver: Resolver, allow_private: bool
    ) -> Self:
        """Connect to the first address that answers.

        Raises:
            EndpointRefusedError: malformed, or not a place we connect to.
            ProviderUnreachableError, ProviderTimeoutError: nobody answers; `details["phase"]` is
            `connect`, for nothing was sent yet.
        """
        endpoint = parse_endpoint(endpoint_text)
        addresses = await resolve(
            endpoint,
            resolver=resolver,
            allow_private=allow_private,
            timeout_s=limits.resolve_s,
        )
        try:
            async with asyncio.timeout(limits.connect_s):
                stream, transport = await cls._dial(addresses, endpoint.port)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                "The provider does not answer.", details=NOT_CONNECTED
            ) from error
        sock = transport.get_extra_info("socket")
        if sock is not None:
            keep_alive(sock, limits.keepalive_s)
        return cls(stream, transport)

    @staticmethod
    async def _dial(addresses: list[str], port: int) -> tuple[_Stream, asyncio.Transport]:
        failure: OSError | None = None
        loop = asyncio.get_running_loop()
        for address in addresses:
            try:
                transport, stream = await loop.create_connection(_Stream, address, port)
            except OSError as error:
                failure = error
            else:
                return stream, transport
        raise ProviderUnreachableError(
            "The provider cannot be reached.", details=NOT_CONNECTED
        ) from failure

    async def send(self, data: bytes, *, timeout_s: float) -> None:
        """Write one request. Raises ProviderUnreachableError, ProviderTimeoutError."""
        try:
            self._transport.write(data)
            async with asyncio.timeout(timeout_s):
                await self._stream.written()
        except TimeoutError as error:
            raise ProviderTimeoutError("The provider does not take the request.") from error
        except OSError as error:
            raise ProviderUnreachableError("The provider dropped the connection.") from error

    async def read(self, timeout_s: float) -> bytes:
        """What has arrived, or empty at the end.

        Raises:
            TimeoutError: nothing came in time; reading may go on.
            ProviderUnreachableError: the connection broke.
        """
        try:
            data = await self._stream.read(timeout_s)
        except TimeoutError:
            raise
        except OSError as error:
            raise ProviderUnreachableError("The connection to the provider broke.") from error
        self._ended = not data
        return data

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sock = self._transport.get_extra_info("socket")
        if not self._ended and sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self._stream.close()
