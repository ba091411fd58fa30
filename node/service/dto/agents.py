"""Agents and their tools."""

from typing import Any

from node.service.dto.base import Dto


class AgentView(Dto):
    """An agent of this node. Its environment is never shown. `slots` 0: no limit of its own."""

    id: str
    name: str
    command: str
    args: tuple[str, ...]
    slots: int
    capacity_policy: str


class ToolView(Dto):
    """`input_schema` is a JSON schema, as the tool server gave it."""

    name: str
    description: str
    input_schema: dict[str, Any]
