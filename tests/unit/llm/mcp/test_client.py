"""The client against a real server process, one that works and many that do not."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from node.core.errors import AgentError
from node.core.tasks import TaskScope
from node.llm.mcp.child import ToolCommand, ToolLimits, tool_environment
from node.llm.mcp.client import tool_session

SERVER = Path(__file__).resolve().parents[3] / "support" / "mcp_server.py"
QUICK = ToolLimits(start_s=10, list_s=10, call_s=10, stop_s=2)


def command(mode: str, **env: str) -> ToolCommand:
    return ToolCommand(command=sys.executable, args=(str(SERVER), mode), env=env)


def limits(**changes: Any) -> ToolLimits:
    values = {"start_s": 10.0, "list_s": 10.0, "call_s": 10.0, "stop_s": 2.0}
    return ToolLimits(**(values | changes))


async def tools_of(mode: str, bounds: ToolLimits = QUICK) -> list[str]:
    async with tool_session(command(mode), bounds) as session:
        return [tool.name for tool in await session.tools()]


@pytest.mark.parametrize("mode", ["echo", "paged", "chatty", "floods-stderr"])
async def test_all_tools_are_listed_in_order(mode: str) -> None:
    assert await tools_of(mode) == ["add", "environment", "slow", "big", "child"]


async def test_a_tool_is_described_and_called() -> None:
    async with tool_session(command("echo"), QUICK) as session:
        add, environment = (await session.tools())[:2]
        result = await session.call("add", {"a": 2, "b": 2**70})
    assert add.members()["inputSchema"]["required"] == ["a", "b"]
    assert environment.members()["inputSchema"] == {"type": "object", "properties": {}}
    assert result == {"content": [{"type": "text", "text": str(2 + 2**70)}], "isError": False}


async def test_the_server_gets_what_was_configured_and_no_secret_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WALLET_PRIVATE_KEY", "0x1234")
    monkeypatch.setenv("COOKIE_CONTENT", "admin:secret")
    async with tool_session(command("echo", API_KEY="theirs"), QUICK) as session:
        result = await session.call("environment", {})
    seen = json.loads(result["content"][0]["text"])
    assert seen["API_KEY"] == "theirs"
    assert {"WALLET_PRIVATE_KEY", "COOKIE_CONTENT"}.isdisjoint(seen)
    assert seen.get("PATH") == os.environ.get("PATH")


def test_configured_variables_win() -> None:
    assert tool_environment({"PATH": "/mine"}, {"PATH": "/theirs", "X": "y"}) == {"PATH": "/mine"}


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("dies-at-start", "agent.ended"),
        ("dies", "agent.ended"),
        ("floods", "agent.too_large"),
        ("endless-line", "agent.too_large"),
        ("garbage", "agent.protocol"),
    ],
)
async def test_a_bad_server_is_an_error_with_a_code(mode: str, code: str) -> None:
    with pytest.raises(AgentError) as caught:
        await tools_of(mode, limits(line=256 * 1024, output=1024 * 1024))
    assert caught.value.code == code


async def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(AgentError, match="cannot be started"):
        async with tool_session(ToolCommand(command="/no/such/program"), QUICK):
            pass


@pytest.mark.parametrize(
    ("mode", "bounds"),
    [("silent", limits(start_s=0.3)), ("echo", limits(call_s=0.3))],
    ids=["start", "call"],
)
async def test_waiting_has_an_end(mode: str, bounds: ToolLimits) -> None:
    with pytest.raises(AgentError) as caught:
        async with tool_session(command(mode), bounds) as session:
            await session.call("slow", {})
    assert (caught.value.code, caught.value.retryable) == ("agent.timeout", True)


async def test_too_big_a_result_is_refused() -> None:
    async with tool_session(command("echo"), QUICK) as session:
        assert len((await session.call("big", {}))["content"][0]["text"]) == 500_000
    with pytest.raises(AgentError) as caught:
        async with tool_session(command("echo"), limits(line=256 * 1024)) as session:
            await session.call("big", {})
    assert caught.value.code == "agent.too_large"


async def test_the_servers_words_of_a_refusal_are_for_local_callers_only() -> None:
    async with tool_session(command("echo"), QUICK) as session:
        with pytest.raises(AgentError) as caught:
            await session.call("unknown", {})
    assert caught.value.code == "agent.refused"
    assert "hunter2" not in caught.value.message
    assert caught.value.hint == "It says: Unknown tool: the key is hunter2"


async def gone(pids: list[int]) -> None:
    async with asyncio.timeout(10):
        while any(_runs(pid) for pid in pids):  # noqa: ASYNC110 - other processes tell nobody
            await asyncio.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _pids(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text("utf-8").split()] if file.exists() else []


async def pids_in(file: Path) -> list[int]:
    async with asyncio.timeout(10):
        while len(_pids(file)) < 2:  # noqa: ASYNC110 - other processes tell nobody
            await asyncio.sleep(0.02)
    return _pids(file)


@pytest.mark.parametrize("how", ["time", "cancel"])
async def test_nothing_of_a_server_is_left(tmp_path: Path, how: str) -> None:
    file = tmp_path / "pids"
    bounds = limits(call_s=1.0 if how == "time" else 60.0)

    async def use() -> None:
        async with tool_session(command("echo"), bounds) as session:
            await session.call("child", {"file": str(file)})

    async with TaskScope("test") as tasks:
        task = tasks.spawn(use(), name="use")
        pids = await pids_in(file)
        if how == "cancel":
            task.cancel()
        with pytest.raises((AgentError, asyncio.CancelledError)):
            await task
    await gone(pids)


async def test_a_server_that_stays_after_its_input_closed_is_ended() -> None:
    async with asyncio.timeout(10):
        assert await tools_of("stays", limits(stop_s=0.2))
