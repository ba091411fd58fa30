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


class ProviderConnection:
    """Owns the socket; use as async context manager. Leaving it early resets the connection,
    so that the provider notices at once and stops its work."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ended = False

    @classmethod
    async def open(
        cls, endpoint_text: str, *, limits: WireLimits, resolver: Resolver, allow_private: bool
    ) -> Self:
        """Connect to the first address that answers.

        Raises:
            EndpointRefusedError: malformed, or not a place we connect to.
            ProviderUnreachableError, ProviderTimeoutError: nobody answers.
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
                reader, writer = await cls._dial(addresses, endpoint.port)
        except TimeoutError as error:
            raise ProviderTimeoutError("The provider does not answer.") from error
        sock = writer.get_extra_info("socket")
        if sock is not None:
            keep_alive(sock, limits.keepalive_s)
        return cls(reader, writer)

    @staticmethod
    async def _dial(
        addresses: list[str], port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        failure: OSError | None = None
        for address in addresses:
            try:
                return await asyncio.open_connection(address, port, limit=_READ)
            except OSError as error:
                failure = error
        raise ProviderUnreachableError("The provider cannot be reached.") from failure

    async def send(self, data: bytes, *, timeout_s: float) -> None:
        """Write one request. Raises ProviderUnreachableError, ProviderTimeoutError."""
        try:
            self._writer.write(data)
            async with asyncio.timeout(timeout_s):
                await self._writer.drain()
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
            async with asyncio.timeout(timeout_s):
                data = await self._reader.read(_READ)
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
        sock = self._writer.get_extra_info("socket")
        if not self._ended and sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self._writer.transport.abort()
