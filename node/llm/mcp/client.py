"""Lists and calls the tools of one server: JSON-RPC 2.0, one message per line (MCP over stdio).

https://modelcontextprotocol.io/specification/2025-06-18
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from node import __version__
from node.core.errors import AgentError
from node.llm.mcp.child import ToolChild, ToolCommand, ToolLimits, running

PROTOCOL_VERSION = "2025-06-18"
_METHOD_NOT_FOUND = -32601
_MAX_NAME = 128
_MAX_DESCRIPTION = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as its server describes it: outside text. `input_schema` is a JSON schema."""

    name: str
    description: str
    input_schema: Mapping[str, Any]

    def members(self) -> dict[str, Any]:
        """The form of MCP and of the network's protocol."""
        return {
            "name": self.name,
            "description": self.description,
            "inputSchema": dict(self.input_schema),
        }


def read_tools(value: Any) -> tuple[Tool, ...]:
    """Tools out of a JSON array. Raises AgentError: it is none, or one of them has no name."""
    if not isinstance(value, list):
        raise _not_understood()
    return tuple(_tool(item) for item in value)


class ToolSession:
    """An initialised conversation with a server. Made by `tool_session`; one call at a time."""

    def __init__(self, child: ToolChild, limits: ToolLimits) -> None:
        self._child = child
        self._limits = limits
        self._number = 0

    async def initialize(self) -> None:
        """Greet the server. Raises AgentError."""
        await self._request(
            "initialize",
            {
                "protocolVersion": PROTOCOL_VERSION,
                "capabilities": {},
                "clientInfo": {"name": "morpheus-desktop", "version": __version__},
            },
            self._limits.start_s,
        )
        await self._send({"method": "notifications/initialized"})

    async def tools(self) -> tuple[Tool, ...]:
        """All tools, in the server's order.

        Raises:
            AgentError: too slow, too much, not understood, or the server's own error.
        """
        found: list[Tool] = []
        parameters: dict[str, Any] = {}
        async with _limit(self._limits.list_s):
            while True:
                page = await self._request("tools/list", parameters, self._limits.list_s)
                found += read_tools(page.get("tools"))
                cursor = page.get("nextCursor")
                if len(found) > self._limits.tools:
                    raise AgentError("The tool server has too many tools.", code="agent.too_large")
                if not isinstance(cursor, str) or not cursor:
                    return tuple(found)
                parameters = {"cursor": cursor}

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The result object of a call, as the server sent it. Raises as `tools`."""
        parameters = {"name": tool, "arguments": dict(arguments)}
        return await self._request("tools/call", parameters, self._limits.call_s)

    async def _request(
        self, method: str, parameters: Mapping[str, Any], seconds: float
    ) -> dict[str, Any]:
        self._number += 1
        async with _limit(seconds):
            await self._send({"id": self._number, "method": method, "params": parameters})
            while True:
                message = _parse(await self._child.receive())
                if "method" in message:
                    await self._answer(message)
                elif message.get("id") == self._number:
                    return _result(message)

    async def _answer(self, message: Mapping[str, Any]) -> None:
        """Notifications are skipped; of the server's requests only pings are served."""
        if "id" not in message:
            return
        if message["method"] == "ping":
            await self._send({"id": message["id"], "result": {}})
            return
        error = {"code": _METHOD_NOT_FOUND, "message": "Method not found"}
        await self._send({"id": message["id"], "error": error})

    async def _send(self, message: Mapping[str, Any]) -> None:
        # json and not orjson: integers of the caller may pass 64 bits.
        text = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"))
        await self._child.send(text.encode())


@asynccontextmanager
async def tool_session(
    command: ToolCommand, limits: ToolLimits
) -> AsyncGenerator[ToolSession, None]:
    """Start a server, greet it, and end it on exit. Raises AgentError."""
    async with running(command, limits) as child:
        session = ToolSession(child, limits)
        await session.initialize()
        yield session


@asynccontextmanager
async def _limit(seconds: float) -> AsyncGenerator[None, None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise AgentError(
            f"The tool server did not answer within {seconds:g} seconds.",
            code="agent.timeout",
            retryable=True,
        ) from error


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _not_understood() from error
    if not isinstance(message, dict):
        raise _not_understood()
    return message


def _result(message: Mapping[str, Any]) -> dict[str, Any]:
    error = message.get("error")
    if isinstance(error, dict):
        # Only in the hint, which is for this node's own callers; peers get the message alone.
        text = " ".join(str(error.get("message", "")).split())[:300]
        raise AgentError(
            "The tool server refused the request.",
            hint=f"It says: {text}" if text else "Check the tool's name and its input.",
            code="agent.refused",
        )
    result = message.get("result")
    if not isinstance(result, dict):
        raise _not_understood()
    return result


def _tool(item: Any) -> Tool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise _not_understood()
    schema = item.get("inputSchema")
    members = schema.items() if isinstance(schema, dict) else ()
    known = {name: value for name, value in members if value is not None}
    return Tool(
        name=item["name"][:_MAX_NAME],
        description=str(item.get("description") or "")[:_MAX_DESCRIPTION],
        input_schema={"type": "object", "properties": {}, **known},
    )


def _not_understood() -> AgentError:
    return AgentError("The tool server's answer is not understood.", code="agent.protocol")
