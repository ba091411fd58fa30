"""The agents of this node: their tools, run one server per use."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from node.core.errors import AgentError, AgentNotFoundError
from node.core.ids import ModelId
from node.llm.mcp.child import ToolCommand, ToolLimits
from node.llm.mcp.client import Tool, ToolSession, tool_session
from node.router.agents_config import AgentEntry

MAX_RUNNING = 8
"""Servers at the same time, whatever the agents' own slots say."""


class Agents:
    """Starts the server of an agent for each use, and ends it after."""

    def __init__(self, entries: Sequence[AgentEntry], limits: ToolLimits) -> None:
        self._entries = {entry.agent_id: entry for entry in entries}
        self._limits = limits
        self._running: dict[ModelId, int] = {}

    def entries(self) -> tuple[AgentEntry, ...]:
        """In the order of the file."""
        return tuple(self._entries.values())

    def replace(self, entries: Sequence[AgentEntry]) -> None:
        """Put other agents in force; those at work end by themselves."""
        self._entries = {entry.agent_id: entry for entry in entries}

    async def tools(self, agent_id: ModelId) -> tuple[Tool, ...]:
        """What the agent can do.

        Raises:
            AgentError: no such agent, too many at work, or its server failed.
        """
        async with self._session(agent_id) as session:
            return await session.tools()

    async def call(self, agent_id: ModelId, tool: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one call, as MCP has it. Raises as `tools`."""
        async with self._session(agent_id) as session:
            return await session.call(tool, inputs)

    @asynccontextmanager
    async def _session(self, agent_id: ModelId) -> AsyncGenerator[ToolSession, None]:
        entry = self._entries.get(agent_id)
        if entry is None:
            raise AgentNotFoundError(f"agent not found: {agent_id.hex}")
        own = self._running.get(agent_id, 0)
        if sum(self._running.values()) >= MAX_RUNNING or (entry.slots and own >= entry.slots):
            raise AgentError(
                "The agent is busy.", hint="Try again later.", code="agent.busy", retryable=True
            )
        self._running[agent_id] = own + 1
        try:
            command = ToolCommand(command=entry.command, args=entry.args, env=entry.env)
            async with tool_session(command, self._limits) as session:
                yield session
        finally:
            self._running[agent_id] -= 1
