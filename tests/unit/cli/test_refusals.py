"""What people mistype: one or two clear lines or a JSON object, an exit code, nothing changed."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli.command_table import globals_first
from node.cli.exit_codes import USAGE
from node.cli.main import app
from tests.support.tiny_gguf import write_tiny_gguf


def cli(*words: str, text: str = "", **environment: str) -> Result:
    return CliRunner().invoke(app, words, input=text, env=environment)


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (["models", "--network", "demo"], ["--network", "demo", "models"]),
        (["models", "--home=x", "--json"], ["--home=x", "--json", "models"]),
        (["chat", "--", "--json"], ["chat", "--", "--json"]),
        (["models", "--home"], ["models", "--home"]),
    ],
)
def test_options_of_all_commands_may_stand_anywhere(words: list[str], ordered: list[str]) -> None:
    assert globals_first(words) == ordered


def test_a_home_behind_the_command_is_used(tmp_path: Path) -> None:
    found = cli("wallet", "status", "--home", str(tmp_path / "here"), "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["kind"] == "none"
    assert (tmp_path / "here" / "data").is_dir()


@pytest.mark.parametrize("duration", ["-5m", "0s", "soon", "99999999999999h"])
def test_a_wrong_duration_is_refused_in_words(tmp_path: Path, duration: str) -> None:
    words = ("--home", str(tmp_path), "session", "open", "Guide", f"--duration={duration}", "--yes")
    told = cli(*words)
    assert told.exit_code == USAGE
    assert len(told.stderr.strip().splitlines()) == 2
    assert "1h30m" in told.stderr
    assert json.loads(cli(*words, "--json").stdout)["code"] == "input.duration"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stake", ["lots", "-1", "1,5"])
def test_a_wrong_stake_is_refused_in_words(tmp_path: Path, stake: str) -> None:
    words = ("provider", "register", "h:1", f"--stake={stake}", "--home", str(tmp_path), "--json")
    told = cli(*words)
    assert told.exit_code == USAGE
    assert json.loads(told.stdout)["code"].startswith("input.amount")


@pytest.mark.parametrize("port", ["-3", "65536", "80x"])
def test_a_port_that_does_not_exist_is_a_usage_error(port: str) -> None:
    told = cli("devnet", f"--port={port}")
    assert told.exit_code == 2
    assert "--port" in told.stderr


@pytest.mark.parametrize("words", [("--once", ""), ("--once", " "), ()])
def test_the_demo_as_json_needs_a_question(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = cli("demo", *words, "--json", "--home", str(tmp_path))
    assert told.exit_code == USAGE
    assert "--once" in json.loads(told.stdout)["hint"]
    assert list(tmp_path.iterdir()) == []


def test_local_models_answer_and_leave_as_json(tmp_path: Path) -> None:
    file = write_tiny_gguf(tmp_path / "tiny.gguf")
    home = ("--home", str(tmp_path / "home"), "--json")
    added = json.loads(cli("local", "add", str(file), *home).stdout)
    # One question: the untrained model may fill its context with the first answer.
    said = cli("chat", "--local", added["id"], *home, text="hi\n\n")
    assert said.exit_code == 0, said.output
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [set(line) >= {"answer", "tokens"} for line in lines] == [True]
    gone = cli("local", "remove", added["id"], *home)
    assert json.loads(gone.stdout) == {"removed": added["id"]}


@pytest.mark.skipif(sys.platform == "win32", reason="folders in the place of files differ there")
@pytest.mark.parametrize("name", ["logs/node.log", "state/lock"])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    told = cli("wallet", "status", "--home", str(tmp_path), "--json")
    assert told.exit_code == 1
    body = json.loads(told.stdout)
    assert body["code"] == "storage.not_writable"
    assert Path(name).name in body["error"]


def test_serve_names_a_port_that_is_none_before_it_starts(tmp_path: Path) -> None:
    told = cli("serve", "--proxy-address", "abc", "--home", str(tmp_path), "--json")
    assert told.exit_code == 1
    assert "abc" in json.loads(told.stdout)["error"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "warned"), [("0.0.0.0:0", True), ("127.0.0.1:0", False), ("[::1]:0", False)]
)
def test_serve_warns_of_an_api_that_others_can_reach(
    tmp_path: Path, address: str, warned: bool
) -> None:
    (tmp_path / "logs" / "node.log").mkdir(parents=True)  # ends the start
    told = cli("serve", "--web-address", address, "--home", str(tmp_path))
    assert told.exit_code == 1
    assert ("other computers" in told.stderr) is warned


def test_serve_warns_of_a_models_file_that_is_not_there(tmp_path: Path) -> None:
    words = ("serve", "--models-config", str(tmp_path / "none.json"), "--web-address", "nonsense")
    told = cli(*words, "--home", str(tmp_path / "home"))
    assert told.exit_code == 1
    assert "none.json" in told.stderr


@pytest.mark.parametrize("level", ["loud", "5"])
def test_a_wrong_log_level_names_its_place(tmp_path: Path, level: str) -> None:
    told = cli("wallet", "status", "--home", str(tmp_path), LOG_LEVEL_APP=level)
    assert told.exit_code == 1
    assert "LOG_LEVEL_APP" in told.stderr


def test_the_peers_log_levels_are_known(tmp_path: Path) -> None:
    told = cli("wallet", "status", "--home", str(tmp_path), LOG_LEVEL_APP="dpanic")
    assert told.exit_code == 0
