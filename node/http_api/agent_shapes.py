"""Bodies of the agents' routes, as the public node writes and reads them."""

from typing import Any

from pydantic import Field

from node.http_api.shapes import Input, Shape


class LocalAgent(Shape):
    Id: str
    Name: str
    Command: str
    Args: tuple[str, ...]
    ConcurrentSlots: int
    CapacityPolicy: str


class AgentTool(Shape):
    name: str
    description: str
    inputSchema: dict[str, Any]


class CallToolInput(Input):
    toolName: str = Field(min_length=1, max_length=128)
    input: dict[str, Any] = Field(default_factory=dict)
