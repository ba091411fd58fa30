"""Agents with real server processes: slots, unknown ids."""

import asyncio
import sys
from pathlib import Path

import pytest

from node.core.errors import AgentError
from node.core.ids import ModelId
from node.core.tasks import TaskScope
from node.llm.mcp.child import ToolLimits
from node.router.agents import Agents
from node.router.agents_config import AgentEntry

SERVER = Path(__file__).resolve().parents[2] / "support" / "mcp_server.py"
ID = ModelId(b"\x07" * 32)


def agents(slots: int = 0) -> Agents:
    entry = AgentEntry.model_validate(
        {
            "agentId": ID.hex,
            "agentName": "Test",
            "command": sys.executable,
            "args": [str(SERVER), "echo"],
            "concurrentSlots": slots,
        }
    )
    return Agents([entry], ToolLimits(call_s=30))


async def test_tools_are_listed_and_called() -> None:
    found = await agents().tools(ID)
    assert found[0].name == "add"
    result = await agents().call(ID, "add", {"a": 1, "b": 2})
    assert result["content"][0]["text"] == "3"


async def test_an_unknown_agent_is_named() -> None:
    other = ModelId(b"\x08" * 32)
    with pytest.raises(AgentError, match=f"agent not found: {other.hex}") as caught:
        await agents().tools(other)
    assert caught.value.code == "agent.not_found"


async def test_slots_are_kept_and_given_back(tmp_path: Path) -> None:
    desk = agents(slots=1)
    file = tmp_path / "pids"
    async with TaskScope("test") as tasks:
        task = tasks.spawn(desk.call(ID, "child", {"file": str(file)}), name="call")
        await asyncio.sleep(0)
        with pytest.raises(AgentError) as caught:
            await desk.call(ID, "add", {"a": 1, "b": 2})
        assert (caught.value.code, caught.value.retryable) == ("agent.busy", True)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await desk.call(ID, "add", {"a": 1, "b": 2}))["isError"] is False
