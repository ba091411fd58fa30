"""The facade's agents group."""

from collections.abc import Callable, Mapping
from typing import Any

from node.core.errors import SessionNotFoundError, UserInputError
from node.core.ids import ModelId, SessionId
from node.llm.mcp.client import Tool
from node.router.agents import Agents
from node.router.display import clean_name, clean_text
from node.service.dto import AgentView, ToolView
from node.service.stack import NetworkStack, StackHolder
from node.store.journal_records import SessionEntry

MAX_TOOL_NAME = 128
MAX_DESCRIPTION = 4096


class AgentsService:
    """Agents of this node and of sessions on the network in use."""

    def __init__(self, *, stacks: StackHolder, agents: Agents, touch: Callable[[], None]) -> None:
        self._stacks = stacks
        self._agents = agents
        self._touch = touch

    async def list(self) -> tuple[AgentView, ...]:
        return tuple(
            AgentView(
                id=entry.agent_id.hex,
                name=clean_name(entry.name),
                command=entry.command,
                args=entry.args,
                slots=entry.slots,
                capacity_policy=entry.capacity_policy.value,
            )
            for entry in self._agents.entries()
        )

    async def tools(self, agent_id: str = "", session_id: str = "") -> tuple[ToolView, ...]:
        self._touch()
        _one_of(agent_id, session_id)
        if agent_id:
            found = await self._agents.tools(ModelId.parse(agent_id))
        else:
            stack, entry = await self._session(session_id)
            found = await stack.agents.tools(entry)
        return tuple(_view(tool) for tool in found)

    async def call(
        self, tool: str, inputs: Mapping[str, Any], agent_id: str = "", session_id: str = ""
    ) -> dict[str, Any]:
        self._touch()
        _one_of(agent_id, session_id)
        if not tool or len(tool) > MAX_TOOL_NAME:
            raise UserInputError("Name the tool.", code="input.tool")
        if agent_id:
            return await self._agents.call(ModelId.parse(agent_id), tool, inputs)
        stack, entry = await self._session(session_id)
        return await stack.agents.call(entry, tool, inputs)

    async def _session(self, session_id: str) -> tuple[NetworkStack, SessionEntry]:
        stack, wanted = self._stacks.require(), SessionId.parse(session_id)
        entry = await stack.session_entry(wanted)
        if entry is None:
            raise SessionNotFoundError("session not found", hint="Look at the list of sessions.")
        return stack, entry


def _one_of(agent_id: str, session_id: str) -> None:
    if bool(agent_id) == bool(session_id):
        raise UserInputError(
            "Name an agent or a session.", hint="Exactly one of both.", code="input.agent"
        )


def _view(tool: Tool) -> ToolView:
    return ToolView(
        name=clean_text(tool.name, MAX_TOOL_NAME),
        description="\n".join(
            clean_text(line, MAX_DESCRIPTION) for line in tool.description.splitlines()
        ),
        input_schema=dict(tool.input_schema),
    )
