"""Tools of this node and over a paid session, through the facade and the HTTP API."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import (
    AgentError,
    ProviderRefusedError,
    SessionNotFoundError,
    UserInputError,
)
from node.devnet.accounts import well_known_accounts
from node.http_api.app import build_app
from node.http_api.routes import agents as routes
from node.service.local import LocalNode, open_node
from tests.support.mortal_consumer import open_session, options
from tests.support.small_market import (
    CONSUMER,
    PROVIDER,
    SmallMarket,
    model_id_of,
    open_small_market,
)
from tests.unit.http_api.asgi_client import call

pytestmark = pytest.mark.chain
SERVER = Path(__file__).resolve().parents[2] / "support" / "mcp_server.py"
SUM = {"content": [{"type": "text", "text": "5"}], "isError": False}


def config(agent_id: str) -> str:
    agent = {
        "agentId": agent_id,
        "agentName": "Sums",
        "command": sys.executable,
        "args": [str(SERVER), "echo"],
        "env": {"API_KEY": "theirs"},
    }
    return json.dumps({"agents": [agent]})


async def test_tools_over_a_session_and_of_this_node(tmp_path: Path) -> None:
    model_id = model_id_of(well_known_accounts()[PROVIDER])
    async with open_small_market(tmp_path, AGENT_CONFIG_CONTENT=config(model_id)) as market:
        environment = market.environment(CONSUMER, AGENTS_CONFIG_PATH=str(tmp_path / "mine.json"))
        (tmp_path / "mine.json").write_text(config("0x" + "07" * 32), "utf-8")
        async with open_node(options(str(tmp_path / "consumer"), environment)) as node:
            session = (await open_session(node, market.model_id)).id
            await _over_session(node, session)
            await _of_this_node(node)
            await _over_http(node, session)
        await _without_agent(tmp_path, market)


async def _over_session(node: LocalNode, session: str) -> None:
    tools = await node.agents.tools(session_id=session)
    assert [tool.name for tool in tools][:2] == ["add", "environment"]
    assert tools[0].input_schema["required"] == ["a", "b"]
    assert await node.agents.call("add", {"a": 2, "b": 3}, session_id=session) == SUM
    shown = await node.agents.call("environment", {}, session_id=session)
    seen = json.loads(shown["content"][0]["text"])
    assert seen["API_KEY"] == "theirs"
    assert not [name for name in seen if "WALLET" in name or "CONFIG" in name]
    with pytest.raises(ProviderRefusedError, match="failed to call agent tool") as caught:
        await node.agents.call("unknown", {}, session_id=session)
    assert "hunter2" not in str(caught.value.details)
    with pytest.raises(SessionNotFoundError):
        await node.agents.tools(session_id="0x" + "01" * 32)


async def _of_this_node(node: LocalNode) -> None:
    (agent,) = await node.agents.list()
    assert (agent.name, agent.args[-1]) == ("Sums", "echo")
    assert "theirs" not in agent.model_dump_json()
    assert await node.agents.call("add", {"a": 2, "b": 3}, agent.id) == SUM
    with pytest.raises(AgentError, match="agent not found"):
        await node.agents.tools("0x" + "08" * 32)
    for named in ({}, {"agent_id": agent.id, "session_id": agent.id}):
        with pytest.raises(UserInputError):
            await node.agents.tools(**named)


async def _over_http(node: LocalNode, session: str) -> None:
    inner = build_app((routes.router(node),))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        # What the guard in front tells the routes.
        await inner({**scope, "state": {"openai": False, "request_id": "1"}}, receive, send)

    listed = (await call(app, path="/v1/agents")).json
    members = ["Id", "Name", "Command", "Args", "ConcurrentSlots", "CapacityPolicy"]
    assert list(listed[0]) == members
    tools = await call(app, path="/v1/agents/tools", headers={"agent_id": listed[0]["Id"]})
    assert tools.json[0]["inputSchema"]["type"] == "object"
    assert list(tools.json[0]) == ["name", "description", "inputSchema"]
    body = json.dumps({"toolName": "add", "input": {"a": 2, "b": 3}}).encode()
    for header in ({"session_id": session}, {"agent-id": listed[0]["Id"]}):
        headers = {**header, "content-type": "application/json"}
        assert (await call(app, "POST", "/v1/agents/tools", headers=headers, body=body)).json == SUM
    assert (await call(app, path="/v1/agents/tools")).status == 400
    unknown = await call(app, path="/v1/agents/tools", headers={"agent_id": "08" * 32})
    assert (unknown.status, unknown.json["code"]) == (404, "agent.not_found")


async def _without_agent(folder: Path, market: SmallMarket) -> None:
    """A provider refuses in words when no agent belongs to the session's model."""
    market.provider.agents._agents._entries.clear()
    environment = market.environment(CONSUMER)
    async with open_node(options(str(folder / "consumer"), environment)) as node:
        (session, *_) = await node.sessions.list()
        with pytest.raises(ProviderRefusedError, match="agent not found"):
            await node.agents.tools(session_id=session.id)
