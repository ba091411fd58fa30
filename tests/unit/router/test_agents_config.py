"""agents-config.json: what is read, and how faults are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.router.agents_config import load_agents_config, parse_agents_config

ID = "0x" + "07" * 32
AGENT: dict[str, Any] = {
    "agentId": ID,
    "agentName": "Weather",
    "command": "uvx",
    "args": ["weather-server"],
    "env": {"API_KEY": "secret"},
    "concurrentSlots": 2,
    "capacityPolicy": "simple",
}


def text(*agents: dict[str, Any]) -> str:
    return json.dumps({"agents": list(agents)}, indent=1)


def test_an_entry_is_read_and_its_environment_not_shown() -> None:
    (entry,) = parse_agents_config(text(AGENT))
    assert (entry.agent_id.hex, entry.name, entry.command) == (ID, "Weather", "uvx")
    assert (entry.args, entry.env, entry.slots) == (("weather-server",), {"API_KEY": "secret"}, 2)
    assert "secret" not in repr(entry)


def test_what_may_be_left_out() -> None:
    (entry,) = parse_agents_config(text({"agentId": ID[2:], "agentName": "A", "command": "a"}))
    assert (entry.args, entry.env, entry.slots) == ((), {}, 0)


@pytest.mark.parametrize(
    ("agents", "line", "field"),
    [
        ([{**AGENT, "agentId": "7"}], 4, "agents[0].agentId"),
        ([{**AGENT, "command": ""}], 6, "agents[0].command"),
        ([{**AGENT, "env": {"A": 1}}], 11, "agents[0].env.A"),
        ([{**AGENT, "concurrentSlots": -1}], 13, "agents[0].concurrentSlots"),
        ([AGENT, AGENT], 17, "agents[1].agentId"),
    ],
)
def test_faults_name_line_and_field(agents: list[dict[str, Any]], line: int, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_agents_config(text(*agents))
    assert caught.value.details == {"file": "agents-config.json", "line": line, "field": field}
    assert "secret" not in caught.value.message + caught.value.hint


def test_a_file_without_agents_is_a_fault_and_no_file_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="agents"):
        parse_agents_config("{}")
    assert load_agents_config(tmp_path / "none.json") == ()


def test_the_content_variable_stands_for_the_file(tmp_path: Path) -> None:
    file = tmp_path / "agents-config.json"
    file.write_text(text(AGENT), "utf-8")
    assert len(load_agents_config(file)) == 1
    other = text({**AGENT, "agentName": "Other"})
    assert load_agents_config(file, other)[0].name == "Other"
    with pytest.raises(ConfigError, match="AGENT_CONFIG_CONTENT"):
        load_agents_config(file, "{")
