"""Runs the HTTP API of a node in the node's own event loop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, Generator

import h11
import uvicorn
from pydantic import SecretStr
from uvicorn.protocols.http.h11_impl import H11Protocol

from node.core.clock import SystemClock
from node.core.errors import AddressInUseError, ConfigError
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.http_api.admin_login import warn_of_second_password
from node.http_api.app import build_guarded_app
from node.http_api.cookie import admin_user, cookie_path, load_cookie
from node.http_api.credentials import Credentials
from node.http_api.gathering import GatheringTransport
from node.http_api.limits import (
    GRACEFUL_STOP_S,
    HEADER_TIME_S,
    KEEP_ALIVE_S,
    MAX_CONNECTIONS,
    MAX_HEADERS,
    MAX_URL,
)
from node.http_api.origin import OriginRules, is_loopback
from node.service.assembly import split_address
from node.service.local import LocalNode
from node.service.runtime_file import remove_runtime, write_runtime

PORTS_TRIED = 50
BACKLOG = 256
_WINDOWS_TAKEN = (10013, 10048)  # WSAEACCES: reserved by another program, WSAEADDRINUSE
_log = get_logger("node.http_api")


@contextlib.asynccontextmanager
async def serve_api(node: LocalNode, *, fixed_port: bool) -> AsyncGenerator[None, None]:
    """Serve the API while the context is open; `node.api` and the runtime file say where.

    Raises:
        AddressInUseError: the port is taken and `fixed_port` was asked for, or no port is free.
        ConfigError: the address or the cookie file cannot be used.
    """
    settings = node.settings.current
    host, port = split_address(settings.web_address)
    cookie_file = cookie_path(node.dirs, settings)
    is_new = not cookie_file.exists()
    name, password = load_cookie(cookie_file, settings.cookie_content.get_secret_value())
    if is_new:
        # Whoever removes the cookie wants the admin's old password gone.
        await node.clients.set_admin_password(SecretStr(password))
    with contextlib.closing(bind(host, port, fixed=fixed_port)) as listener:
        own_port = listener.getsockname()[1]
        wide = not is_loopback(host)
        if wide:
            _log.warning("the API is reachable from other computers", host=host, port=own_port)
        credentials = Credentials([admin_user(name, password)], lambda: node.clients.users)
        warn_of_second_password(node, password)
        app = build_guarded_app(
            node,
            credentials=credentials,
            origins=OriginRules(port=own_port, wide=wide),
            clock=SystemClock(),
        )
        async with _running(_Server(_config(app)), listener):
            node.api.url = f"http://{_url_host(host)}:{own_port}"
            node.api.cookie_file = cookie_file
            node.api.token = password
            write_runtime(node.dirs, url=node.api.url, cookie_file=cookie_file)
            try:
                yield
            finally:
                remove_runtime(node.dirs)
                node.api.url, node.api.token, node.api.cookie_file = "", "", None


def bind(host: str, port: int, *, fixed: bool) -> socket.socket:
    """A bound socket on `port`, or on the next free one unless `fixed`. The caller closes it."""
    last = min(65535, port if fixed or port == 0 else port + PORTS_TRIED)
    for number in range(port, last + 1):
        listener = _bound(host, number)
        if listener is not None:
            return listener
    raise AddressInUseError(
        f"Port {port} is in use by another program.",
        hint="Choose another one in Settings > API or with --web-address.",
    )


def _bound(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's delay off on accepted connections.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE or getattr(error, "winerror", 0) in _WINDOWS_TAKEN:
            return None
        raise ConfigError(
            f"The API cannot listen on {host[:80]}, port {port}: {error.strerror}.",
            hint="Choose another address in Settings > API or with --web-address.",
        ) from error
    listener.setblocking(False)
    return listener


def _url_host(host: str) -> str:
    """The host that programs on this computer use."""
    if host in ("0.0.0.0", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # our ASGI types are narrower
        http=_TimedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACEFUL_STOP_S,
        h11_max_incomplete_event_size=MAX_HEADERS + MAX_URL + 1024,
    )


@contextlib.asynccontextmanager
async def _running(server: "_Server", listener: socket.socket) -> AsyncGenerator[None, None]:
    async with TaskScope("api") as tasks:
        serving = tasks.spawn(server.serve([listener]), name="serve")
        ready = tasks.spawn(server.ready.wait(), name="ready")
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
        try:
            yield
        finally:
            server.stop()
            await serving


class _Server(uvicorn.Server):
    """The server without its signal handlers, and without its ten wake-ups per second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stopping.wait()


class _TimedProtocol(H11Protocol):
    """Cuts connections whose request line and headers do not arrive in time (slow-loris)."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # Duck-typed: the base class only calls methods.
        super().connection_made(GatheringTransport(transport))  # type: ignore[arg-type]
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_headers()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_headers()

    def _watch_headers(self) -> None:
        """Time runs from the first byte of a request until its headers are there."""
        if self.conn.their_state is not h11.IDLE:
            self._disarm()
        elif self._deadline is None and self.conn.trailing_data[0]:
            self._arm()

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(HEADER_TIME_S, self.transport.close)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
