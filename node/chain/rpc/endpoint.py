"""One JSON-RPC endpoint: over HTTP, or as an object in this process."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from node.chain.rpc.answers import Fault, RpcFaultError, unwrap
from node.chain.rpc.pauses import pause_from_error, pause_from_header
from node.core.errors import RpcUnavailableError
from node.core.http_client import HttpClient, HttpError, HttpTimeout
from node.core.web_address import checked_rpc_url

REQUEST_TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 8 * 1024 * 1024
_HEADERS = {"content-type": "application/json", "accept-encoding": "identity"}


class HttpRpc:
    """JSON-RPC over HTTP POST: at most 5 s and 8 MiB per answer, no redirects.

    The client is not closed.
    """

    def __init__(
        self, client: HttpClient, url: str, *, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        self._client = client
        self._url = checked_rpc_url(url)
        # Paths and queries of RPC addresses often carry an access key: only the host is ever shown.
        self.name = urlsplit(self._url).netloc.rpartition("@")[2]
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        """Send one request and return its result.

        Raises:
            RpcUnavailableError: not reachable, too slow, or an HTTP error.
            RpcAnswerError: an answer that is none.
            RevertedError, RpcFaultError: an error answer; `too_large` also for one above 8 MiB.
        """
        number = next(self._ids)
        body = orjson.dumps(
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
        )
        status, retry_after, content = await self._post(body)
        if status == 413:
            raise RpcFaultError(Fault.TOO_LARGE, rpc_code=413, text="HTTP 413")
        pause = pause_from_header(retry_after)
        if status == 429 or (status == 503 and pause is not None):
            raise _limited(status, pause, content)
        answer = _parse(content)
        if not 200 <= status < 300 and not (isinstance(answer, dict) and answer.get("error")):
            raise RpcUnavailableError(
                "The network node is out of order.", details={"status": status, "host": self.name}
            )
        return unwrap(answer, number)

    async def _post(self, body: bytes) -> tuple[int, str, bytes]:
        if self._client.is_closed:
            raise RpcUnavailableError("The connection to the network is closed.")
        # The client's own limits are per read; a node that drips bytes must not hold us longer.
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", self._url, content=body, headers=_HEADERS) as response,
            ):
                chunks: list[bytes] = []
                size = 0
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > MAX_ANSWER_BYTES:
                        raise RpcFaultError(
                            Fault.TOO_LARGE, rpc_code=0, text="the answer exceeds our limit"
                        )
                    chunks.append(chunk)
                retry_after = str(response.headers.get("retry-after", ""))
                return response.status_code, retry_after, b"".join(chunks)
        except (HttpTimeout, TimeoutError) as error:
            raise RpcUnavailableError(
                "The network node does not answer.", details={"host": self.name}
            ) from error
        except HttpError as error:
            raise RpcUnavailableError(
                "The network node cannot be reached.", details={"host": self.name}
            ) from error


class InProcessEndpoint(Protocol):
    """A chain in this process. `request` returns a whole JSON-RPC response: `result` or `error`."""

    async def request(self, method: str, params: Sequence[Any]) -> Any: ...


class LocalRpc:
    """JSON-RPC to a chain in this process (the demo chain): no sockets, no serialisation."""

    name = "this program"

    def __init__(self, endpoint: InProcessEndpoint) -> None:
        self._endpoint = endpoint

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        """Raises RpcAnswerError, RevertedError, RpcFaultError."""
        return unwrap(await self._endpoint.request(method, list(params)), None)


def _limited(status: int, pause: float | None, content: bytes) -> RpcFaultError:
    """A refusal by HTTP status; the body often says more precisely how long to wait."""
    error = RpcFaultError(Fault.RATE_LIMIT, rpc_code=status, text=f"HTTP {status}")
    if pause is None:
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError:
            answer = None
        body = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(body, dict):
            pause = pause_from_error(body.get("data"), str(body.get("message", "")))
    if pause is not None:
        error.details["retry_after_s"] = pause
    return error


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        # An HTML error page is the usual case.
        raise RpcUnavailableError("The network node sent something that is no answer.") from error
