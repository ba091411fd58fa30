"""The only importer of the HTTP client library (ADR 0004)."""

import asyncio
from collections.abc import Mapping

import httpx

HttpClient = httpx.AsyncClient
HttpResponse = httpx.Response
HttpError = httpx.HTTPError
HttpTimeout = httpx.TimeoutException
HttpConnectError = httpx.ConnectError


def open_http_client(
    *,
    base_url: str = "",
    unix_socket: str | None = None,
    headers: Mapping[str, str] | None = None,
    connect_timeout_s: float = 3.0,
    read_timeout_s: float | None = 60.0,
    max_connections: int = 512,
) -> HttpClient:
    """Return a client that follows no redirects and ignores proxy settings of the environment.

    The caller closes it; what is still asked then fails with HttpConnectError. `read_timeout_s` is
    the longest silence, None for no limit.
    """
    limits = httpx.Limits(max_connections=max_connections, max_keepalive_connections=64)
    transport = _EndingTransport(uds=unix_socket, limits=limits, trust_env=False)
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers or {}),
        transport=transport,
        timeout=httpx.Timeout(
            connect=connect_timeout_s, read=read_timeout_s, write=30.0, pool=connect_timeout_s
        ),
        follow_redirects=False,
        trust_env=False,
    )


class _EndingTransport(httpx.AsyncHTTPTransport):
    """Ends what is still asked when it is closed.

    The library's pool closes the connections that it has; one that is just being made it forgets,
    and nobody would close it.
    """

    def __init__(self, *, uds: str | None, limits: httpx.Limits, trust_env: bool) -> None:
        super().__init__(uds=uds, limits=limits, trust_env=trust_env)
        self._asked: set[asyncio.Timeout] = set()
        self._none_asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(None) as asked:
                self._asked.add(asked)
                return await super().handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ConnectError("the client was closed", request=request) from error
        finally:
            self._asked.discard(asked)
            if not self._asked:
                self._none_asked.set()

    async def aclose(self) -> None:
        now = asyncio.get_running_loop().time()
        for asked in self._asked:
            asked.reschedule(now)
        while self._asked:
            self._none_asked.clear()
            await self._none_asked.wait()
        await super().aclose()
