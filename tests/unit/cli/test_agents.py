"""`mor-cli agents` with a real tool server."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.main import app
from tests.support.wire_vectors import unhex

SERVER = Path(__file__).resolve().parents[2] / "support" / "mcp_server.py"
ID = "0x" + "07" * 32
RUNNER = CliRunner()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    agent: dict[str, Any] = {
        "agentId": ID,
        "agentName": "Sums\x1b[31m",
        "command": sys.executable,
        "args": [str(SERVER), "echo"],
    }
    (tmp_path / "config").mkdir()
    file = tmp_path / "config" / "agents-config.json"
    file.write_text(json.dumps({"agents": [agent]}), "utf-8")
    return tmp_path


def cli(home: Path, *words: str) -> Result:
    return RUNNER.invoke(app, ["--home", str(home), "agents", *words])


def test_agents_are_listed_without_what_terminals_obey(home: Path) -> None:
    shown = cli(home, "list")
    assert shown.exit_code == 0
    assert ID in shown.stdout
    assert "\x1b" not in shown.stdout
    (agent,) = json.loads(cli(home, "list", "--json").stdout)
    assert len(unhex(agent["id"])) == 32


def test_tools_are_listed_and_called(home: Path) -> None:
    assert "add(a, b)  Adds two integers." in cli(home, "tools", "--agent", ID).stdout
    assert cli(home, "call", "add", '{"a": 2, "b": 3}', "--agent", ID).stdout.strip() == "5"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("tools", "--json"), "input.agent"),
        (("call", "add", "[1]", "--agent", ID, "--json"), "input.invalid"),
        (("call", "nothing", "--agent", ID, "--json"), "agent.refused"),
        (("tools", "--agent", "0x" + "08" * 32, "--json"), "agent.not_found"),
    ],
)
def test_mistakes_are_said(home: Path, words: tuple[str, ...], code: str) -> None:
    failed = cli(home, *words)
    assert failed.exit_code != 0
    assert json.loads(failed.stdout or failed.stderr)["code"] == code


def test_a_broken_file_is_named_with_its_line(home: Path) -> None:
    (home / "config" / "agents-config.json").write_text('{"agents": [{}]}', "utf-8")
    failed = cli(home, "list", "--json")
    assert failed.exit_code != 0
    assert "agents-config.json, line 1" in json.loads(failed.stdout or failed.stderr)["error"]
