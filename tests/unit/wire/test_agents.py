"""agent.get_tools and agent.call_tool between a real consumer and a real provider."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import BadSignatureError, ProviderError, ProviderRefusedError
from node.wire.client import WireClient
from node.wire.messages import CallToolRequest, GetToolsRequest
from node.wire.refusals import Refusal
from node.wire.server import ProviderServer
from tests.support.scripted_provider import ScriptedProvider
from tests.support.wire_pair import CONSUMER, PROVIDER, SESSION, STRANGER, knowing_consumer

TOOLS = [{"name": "add", "description": "", "inputSchema": {"type": "object", "properties": {}}}]


@dataclass
class ScriptedAgent:
    inputs: list[str] = field(default_factory=list)

    async def tools(self, request: GetToolsRequest) -> bytes:
        assert request.session_id == SESSION
        return json.dumps(TOOLS).encode()

    async def call_tool(self, request: CallToolRequest) -> bytes:
        if request.tool_name == "broken":
            raise Refusal("failed to call agent tool: it broke")
        self.inputs.append(request.message)
        return b'{"content":[{"type":"text","text":"5"}]}'


@asynccontextmanager
async def provider(agent: ScriptedAgent | None) -> AsyncIterator[str]:
    server = ProviderServer(
        handler=knowing_consumer(), agents=agent, signer=PROVIDER, clock=SystemClock()
    )
    await server.start("127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        await server.aclose()


def client(signer: Any = CONSUMER) -> WireClient:
    return WireClient(signer=signer, clock=SystemClock(), allow_private=True)


@pytest.mark.parametrize("sealed", [True, False])
async def test_tools_are_listed_and_called_in_both_forms(sealed: bool) -> None:
    agent = ScriptedAgent()
    async with provider(agent) as endpoint:
        assert await client().agent_tools(endpoint, SESSION, PROVIDER.public_key) == TOOLS
        result = await client().call_tool(
            endpoint, SESSION, "add", '{"a":2}', PROVIDER.public_key, sealed=sealed
        )
    assert result == {"content": [{"type": "text", "text": "5"}]}
    assert agent.inputs == ['{"a":2}']


@pytest.mark.parametrize("sealed", [True, False])
async def test_what_crosses_the_network(sealed: bool) -> None:
    async with ScriptedProvider([b"{}"]).running() as listening:
        with pytest.raises(ProviderError):
            await client().call_tool(
                listening.endpoint, SESSION, "add", '{"a":"secret"}', PROVIDER.public_key,
                sealed=sealed,
            )  # fmt: skip
        (request,) = [json.loads(raw) for raw in listening.received]
    names = ["sessionid", "toolname", "message", "signature", "timestamp"]
    assert list(request["params"]) == names
    assert ("secret" in request["params"]["message"]) is not sealed


async def test_a_stranger_gets_nothing() -> None:
    agent = ScriptedAgent()
    async with provider(agent) as endpoint:
        with pytest.raises(ProviderRefusedError, match="invalid signature"):
            await client(STRANGER).call_tool(endpoint, SESSION, "add", "{}", PROVIDER.public_key)
    assert agent.inputs == []


async def test_an_answer_of_another_key_is_refused() -> None:
    async with provider(ScriptedAgent()) as endpoint:
        with pytest.raises(BadSignatureError):
            await client().agent_tools(endpoint, SESSION, STRANGER.public_key)


async def test_a_failing_tool_is_told() -> None:
    async with provider(ScriptedAgent()) as endpoint:
        with pytest.raises(ProviderRefusedError, match="failed to call agent tool: it broke"):
            await client().call_tool(endpoint, SESSION, "broken", "{}", PROVIDER.public_key)


async def test_a_node_without_agents_says_so() -> None:
    async with provider(None) as endpoint:
        with pytest.raises(ProviderRefusedError, match="unknown method"):
            await client().agent_tools(endpoint, SESSION, PROVIDER.public_key)
