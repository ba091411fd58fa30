"""Provider side of agents: tools for users with a session on the agent's model."""

from collections.abc import Awaitable, Callable

import orjson

from node.core.errors import AgentError, BadMessageError
from node.core.ids import ModelId, SessionId
from node.router.agents import Agents
from node.wire.messages import CallToolRequest, GetToolsRequest
from node.wire.refusals import FAILED_TOOL, FAILED_TOOLS, Refusal
from node.wire.strict_json import parse_object

ModelOfSession = Callable[[SessionId], Awaitable[ModelId]]


class AgentSide:
    """Implements `node.wire.handler.AgentHandler`. The agent of a session is its model's id."""

    def __init__(self, agents: Agents, model_of: ModelOfSession) -> None:
        """`model_of` finds the model of a session that may be served, or refuses."""
        self._agents = agents
        self._model_of = model_of

    async def tools(self, request: GetToolsRequest) -> bytes:
        agent_id = await self._model_of(request.session_id)
        try:
            found = await self._agents.tools(agent_id)
        except AgentError as error:
            raise Refusal(f"{FAILED_TOOLS}: {error.message}") from error
        return orjson.dumps([tool.members() for tool in found])

    async def call_tool(self, request: CallToolRequest) -> bytes:
        agent_id = await self._model_of(request.session_id)
        try:
            inputs = parse_object(request.message.encode(), max_depth=64, exact=False)
            return orjson.dumps(await self._agents.call(agent_id, request.tool_name, inputs))
        except (BadMessageError, UnicodeEncodeError) as error:
            raise Refusal(f"{FAILED_TOOL}: the input is not a JSON object") from error
        except AgentError as error:
            raise Refusal(f"{FAILED_TOOL}: {error.message}") from error
