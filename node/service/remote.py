"""The node of another process: `NodeService` over its local HTTP API.

Used by the command line while a window or `mor-cli serve` has the data folder open.
"""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, cast

from pydantic import ValidationError

from node.core.errors import InternalError, NodeError, NodeStoppedError
from node.core.http_client import HttpClient, HttpError, HttpResponse, open_http_client
from node.service.api import (
    AgentsApi,
    ChainApi,
    ChatApi,
    ClientsApi,
    LocalModelsApi,
    MarketApi,
    ProviderApi,
    SessionsApi,
    SystemApi,
    WalletApi,
)
from node.service.error_transfer import error_from_json
from node.service.facade_calls import FacadeCall, facade_calls
from node.service.runtime_file import Runtime, running_node

__all__ = ["RemoteNode", "Runtime", "running_node"]

DOOR = "/node"
_JSON = {"content-type": "application/json"}


class RemoteNode:
    """Async context manager; inside it every group of the facade works as in the node's process.

    Raises from any method: what the node raised, NodeStoppedError when it went away.
    """

    wallet: WalletApi
    market: MarketApi
    sessions: SessionsApi
    chat: ChatApi
    provider: ProviderApi
    local: LocalModelsApi
    chain: ChainApi
    agents: AgentsApi
    clients: ClientsApi
    system: SystemApi

    def __init__(self, runtime: Runtime) -> None:
        self._client: HttpClient = open_http_client(
            base_url=runtime.url,
            headers={"authorization": f"Bearer {runtime.token()}"},
            read_timeout_s=None,
        )
        self.wallet = cast(WalletApi, _Group(self._client, "wallet"))
        self.market = cast(MarketApi, _Group(self._client, "market"))
        self.sessions = cast(SessionsApi, _Group(self._client, "sessions"))
        self.chat = cast(ChatApi, _Group(self._client, "chat"))
        self.provider = cast(ProviderApi, _Group(self._client, "provider"))
        self.local = cast(LocalModelsApi, _Group(self._client, "local"))
        self.chain = cast(ChainApi, _Group(self._client, "chain"))
        self.agents = cast(AgentsApi, _Group(self._client, "agents"))
        self.clients = cast(ClientsApi, _Group(self._client, "clients"))
        self.system = cast(SystemApi, _Group(self._client, "system"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()


class _Group:
    """All methods of one group, found by name."""

    def __init__(self, client: HttpClient, name: str) -> None:
        self._client = client
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = facade_calls().get((self._name, method))
        if call is None:
            raise AttributeError(f"the facade has no {self._name}.{method}")
        ask = _stream if call.streams else _ask

        def bound(*args: Any, **kwargs: Any) -> Any:
            return ask(self._client, call, call.pack(args, kwargs))

        return bound


def _path(call: FacadeCall) -> str:
    return f"{DOOR}/{call.group}/{call.name}"


async def _ask(client: HttpClient, call: FacadeCall, body: bytes) -> Any:
    try:
        response = await client.post(_path(call), content=body, headers=_JSON)
    except HttpError as error:
        raise _gone() from error
    return _result(call, _checked(response.status_code, response.content))


async def _stream(client: HttpClient, call: FacadeCall, body: bytes) -> AsyncGenerator[Any, None]:
    try:
        async with client.stream("POST", _path(call), content=body, headers=_JSON) as response:
            if response.status_code != 200:
                raise _failure(response.status_code, await response.aread())
            async with aclosing(_items(call, response)) as items:
                async for item in items:
                    yield item
    except HttpError as error:
        raise _gone() from error


async def _items(call: FacadeCall, response: HttpResponse) -> AsyncGenerator[Any, None]:
    async for line in response.aiter_lines():
        value = _parsed(line.encode())
        if "item" in value:
            yield _result(call, value["item"])
        elif "error" in value:
            raise error_from_json(value["error"])
        elif value.get("end"):
            return
    raise _gone()


def _checked(status: int, content: bytes) -> Any:
    if status != 200:
        raise _failure(status, content)
    return _parsed(content).get("result")


def _failure(status: int, content: bytes) -> NodeError:
    value = _parsed(content)
    if isinstance(value.get("failure"), dict):
        return error_from_json(value["failure"])
    text = str(value.get("error", f"The running node refused with status {status}."))
    return NodeError(text, hint=str(value.get("hint", "")), code=str(value.get("code", "")))


def _parsed(content: bytes) -> dict[str, Any]:
    """A JSON object. Integers beyond 64 bits stay exact."""
    try:
        value = json.loads(content)
    except ValueError as error:
        raise InternalError("The running node answered something that is no JSON.") from error
    return value if isinstance(value, dict) else {}


def _result(call: FacadeCall, value: Any) -> Any:
    try:
        return call.load(value)
    except ValidationError as error:
        raise InternalError(
            "The running node is of another version.", hint="Restart it, then try again."
        ) from error


def _gone() -> NodeStoppedError:
    return NodeStoppedError("The running node does not answer any more.")
