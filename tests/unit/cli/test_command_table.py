"""The tree of commands: quick to show, whole, and the same for every command."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from node.cli import (
    agents,
    chat,
    completion,
    config,
    demo,
    devnet,
    doctor,
    local,
    logs,
    market,
    provider,
    serve,
    session,
    status,
    wallet,
)
from node.cli.command_table import COMMANDS
from node.cli.main import app

HEAVY = ("pydantic", "structlog", "rich", "node.service", "node.core.settings", "httpx", "eth_abi")
LONG_RUNNING_TEXT = ("completion",)


def _leaves(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands"):
        return [(path, command)]
    context = typer.Context(command)
    return [
        leaf
        for name in command.list_commands(context)
        for leaf in _leaves(command.get_command(context, name), (*path, name))
    ]


LEAVES = _leaves(typer.main.get_command(app))


MODULES = (
    agents,
    chat,
    completion,
    config,
    demo,
    devnet,
    doctor,
    local,
    logs,
    market,
    provider,
    serve,
    session,
    status,
    wallet,
)


def test_each_place_names_something_that_is_there() -> None:
    for entry in COMMANDS.values():
        module, _, attribute = entry.place.partition(":")
        assert hasattr(importlib.import_module(module), attribute), entry.place
    places = {entry.place.partition(":")[0] for entry in COMMANDS.values()}
    assert {module.__name__ for module in MODULES} <= places


def test_the_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom node.cli.main import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert "Usage:" in told.output


def test_the_list_of_commands_says_what_each_is_for() -> None:
    text = CliRunner().invoke(app, ["--help"]).output
    for name, entry in COMMANDS.items():
        assert name in text
        assert entry.help.split(" ")[0] in text


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_each_command_can_print_json_and_has_a_help(path: tuple[str, ...], command: Any) -> None:
    options = {name for item in command.params for name in item.opts}
    assert "--json" in options or path[0] in LONG_RUNNING_TEXT
    assert command.help
    assert all(item.help for item in command.params if item.name != "as_json")


def test_no_command_takes_a_secret_as_an_argument() -> None:
    values = {item.name for _, command in LEAVES for item in command.params if not is_flag(item)}
    assert not values & {"password", "phrase", "mnemonic", "key", "secret", "cookie_content"}
    for path, command in LEAVES:
        for item in command.params:
            # `--private-key` only says what is read from the terminal.
            assert item.name != "private_key" or is_flag(item), path


def is_flag(item: Any) -> bool:
    return bool(getattr(item, "is_flag", False))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_shell_learns_the_commands(shell: str) -> None:
    told = CliRunner().invoke(app, ["completion", shell])
    assert told.exit_code == 0
    assert "_MOR_CLI_COMPLETE" in told.stdout


def test_words_are_completed(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['mor-cli']; from node.cli.main import main; main()"
    asked = {
        "_MOR_CLI_COMPLETE": "complete_bash",
        "COMP_WORDS": "mor-cli wallet ba",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3]), **asked},
    )
    assert done.stdout.split() == ["backup", "balance"]


def test_a_group_alone_shows_its_help() -> None:
    told = CliRunner().invoke(app, ["wallet"])
    assert "balance" in told.output


def test_an_unknown_command_is_a_usage_error() -> None:
    told = CliRunner().invoke(app, ["nonsense", "--json"])
    assert told.exit_code == 2
    assert "nonsense" in told.output
    assert not told.stdout.startswith("{") or json.loads(told.stdout)
