"""Agents: tool servers of this node, and those of providers over a session."""

from collections.abc import Mapping
from typing import Any, Protocol

from node.service.dto import AgentView, ToolView


class AgentsApi(Protocol):
    """Name the agent, or the open session whose provider runs it; never both."""

    async def list(self) -> tuple[AgentView, ...]:
        """The agents of this node's agents-config.json."""
        ...

    async def tools(self, agent_id: str = "", session_id: str = "") -> tuple[ToolView, ...]:
        """What an agent can do. Its descriptions are outside text."""
        ...

    async def call(
        self, tool: str, inputs: Mapping[str, Any], agent_id: str = "", session_id: str = ""
    ) -> dict[str, Any]:
        """Call a tool; the result is the object of the Model Context Protocol, outside data."""
        ...
