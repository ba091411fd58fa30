"""Tag Agents: tool servers (MCP) of this node, and those of providers behind open sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from node.http_api.access import needs
from node.http_api.agent_shapes import AgentTool, CallToolInput, LocalAgent
from node.http_api.inference_request import id_header
from node.http_api.permissions import Permission
from node.service.api import NodeService

IdHeader = Annotated[str, Header(convert_underscores=False, description="32 bytes of hex.")]


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Agents"])

    @routes.get(
        "/v1/agents",
        response_model=list[LocalAgent],
        openapi_extra=needs(Permission.GET_LOCAL_AGENTS),
    )
    async def agents() -> list[LocalAgent]:
        """Agents of this node's configuration; their environment is not shown."""
        return [
            LocalAgent(
                Id=item.id,
                Name=item.name,
                Command=item.command,
                Args=item.args,
                ConcurrentSlots=item.slots,
                CapacityPolicy=item.capacity_policy,
            )
            for item in await node.agents.list()
        ]

    @routes.get(
        "/v1/agents/tools",
        response_model=list[AgentTool],
        openapi_extra=needs(Permission.GET_AGENT_TOOLS),
    )
    async def tools(
        request: Request, session_id: IdHeader = "", agent_id: IdHeader = ""
    ) -> list[AgentTool]:
        """What an agent can do: one of this node, or the one of a session's provider."""
        return [
            AgentTool(name=item.name, description=item.description, inputSchema=item.input_schema)
            for item in await node.agents.tools(**_whose(request))
        ]

    @routes.post(
        "/v1/agents/tools",
        response_model=dict[str, Any],
        openapi_extra=needs(Permission.CALL_AGENT_TOOL),
    )
    async def call(
        request: Request,
        body: CallToolInput,
        session_id: IdHeader = "",
        agent_id: IdHeader = "",
    ) -> dict[str, Any]:
        """Call a tool; the answer is the call's result as MCP has it."""
        return await node.agents.call(body.toolName, body.input, **_whose(request))

    return routes


def _whose(request: Request) -> dict[str, str]:
    """The session where both are named, as the public node does."""
    session_id = id_header(request.headers, "session")
    agent_id = "" if session_id else id_header(request.headers, "agent")
    return {"agent_id": agent_id, "session_id": session_id}
