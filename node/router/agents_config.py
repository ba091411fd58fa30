"""`agents-config.json` of the public node: which tool servers there are and how they start."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from node.core.ids import ModelId
from node.core.json_file import JsonFile, read_json_file
from node.router.models_config import CapacityPolicy, id_problem

MAX_AGENTS = 64
_MAX_ARGUMENTS = 200


def _agent_id(value: Any) -> Any:
    if isinstance(value, str):
        if (problem := id_problem(value)) is not None:
            raise ValueError(problem)
        return ModelId.parse(value)
    return value


def _plain(value: Any) -> Any:
    return {} if value is None else value


def _policy(value: Any) -> Any:
    return value or CapacityPolicy.SIMPLE


class AgentEntry(BaseModel):
    """One tool server. Over a session an agent answers for the model with the same id.

    `env` may hold keys of the agent's own services: it is never shown.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    agent_id: Annotated[ModelId, BeforeValidator(_agent_id)] = Field(alias="agentId")
    name: str = Field(alias="agentName", min_length=1, max_length=200)
    command: str = Field(min_length=1, max_length=4096)
    args: tuple[str, ...] = Field((), max_length=_MAX_ARGUMENTS)
    env: Annotated[dict[str, str], BeforeValidator(_plain)] = Field(
        default_factory=dict, repr=False
    )
    slots: int = Field(0, alias="concurrentSlots", ge=0, le=1000)
    capacity_policy: Annotated[CapacityPolicy, BeforeValidator(_policy)] = Field(
        CapacityPolicy.SIMPLE, alias="capacityPolicy"
    )


def parse_agents_config(text: str, source: str = "agents-config.json") -> tuple[AgentEntry, ...]:
    """Read the file's text.

    Raises:
        ConfigError: names the file, the line and the field that does not fit.
    """
    return _agents(JsonFile(text, source))


def load_agents_config(path: Path, content: str = "") -> tuple[AgentEntry, ...]:
    """Agents of a file, none when it is not there; `content` stands for the file when given.

    Raises:
        ConfigError: as `parse_agents_config`, or the file cannot be read.
    """
    if content.strip():
        return parse_agents_config(content, "AGENT_CONFIG_CONTENT")
    file = read_json_file(path)
    return _agents(file) if file is not None else ()


def _agents(file: JsonFile) -> tuple[AgentEntry, ...]:
    items = file.value.get("agents") if isinstance(file.value, dict) else None
    if not isinstance(items, list):
        file.refuse(("agents",), "A list of agents is expected.")
    if len(items) > MAX_AGENTS:
        file.refuse(("agents",), f"At most {MAX_AGENTS} agents are possible.")
    found: dict[ModelId, AgentEntry] = {}
    for index in range(len(items)):
        entry = file.checked(AgentEntry, ("agents", index))
        if entry.agent_id in found:
            file.refuse(("agents", index, "agentId"), "This id is used twice.")
        found[entry.agent_id] = entry
    return tuple(found.values())
