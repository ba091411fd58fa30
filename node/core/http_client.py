"""The only importer of the HTTP client library (ADR 0004)."""

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

    The caller closes it. `read_timeout_s` is the longest silence, None for no limit.
    """
    limits = httpx.Limits(max_connections=max_connections, max_keepalive_connections=64)
    transport = httpx.AsyncHTTPTransport(uds=unix_socket, limits=limits, trust_env=False)
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
