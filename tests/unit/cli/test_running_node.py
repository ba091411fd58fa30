"""Commands beside a running node use it, and never another network than the one that was named."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import USAGE
from node.cli.main import app
from tests.support.programs import Program


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("running")
    arguments = ("serve", "--network", "demo", "--web-address", "127.0.0.1:0")
    with Program(folder, *arguments):
        yield folder


def cli(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home), "--json"])


@pytest.mark.parametrize("network", ["base", "custom"])
@pytest.mark.parametrize(
    "words", [("models",), ("wallet", "balance"), ("session", "open", "Guide", "--yes")]
)
def test_another_network_is_refused(home: Path, network: str, words: tuple[str, ...]) -> None:
    told = cli(home, *words, "--network", network)
    assert told.exit_code == USAGE
    assert "demo" in json.loads(told.stdout)["error"]
    assert network in json.loads(told.stdout)["error"]
    assert json.loads(cli(home, "session", "list").stdout) == []


@pytest.mark.parametrize("words", [(), ("--network", "demo")])
def test_its_own_network_may_be_named(home: Path, words: tuple[str, ...]) -> None:
    found = cli(home, "models", *words)
    assert found.exit_code == 0, found.output
    assert "Guide" in {model["name"] for model in json.loads(found.stdout)}


def test_a_second_node_is_refused(home: Path) -> None:
    told = cli(home, "serve", "--web-address", "127.0.0.1:0")
    assert json.loads(told.stdout)["code"] == "node.already_running"


def test_a_demo_of_one_command_says_that_it_ended(tmp_path: Path) -> None:
    opened = cli(tmp_path, "session", "open", "Guide", "--yes", "--network", "demo")
    assert json.loads(opened.stdout)["state"] == "active"
    assert "serve" in opened.stderr


def test_a_session_is_extended_on_the_same_offer(home: Path) -> None:
    words = ("session", "open", "Guide", "--yes", "--duration=10m", "--failover")
    opened = json.loads(cli(home, *words).stdout)
    assert opened["failover"]
    assert not opened["auto_extend"]
    told = cli(home, "session", "extend", opened["id"])
    assert told.exit_code == USAGE
    assert "--yes" in json.loads(told.stdout)["hint"]
    following = json.loads(cli(home, "session", "extend", opened["id"], "--yes").stdout)
    assert following["bid_id"] == opened["bid_id"]
    assert following["follows"] == opened["id"]
    assert following["failover"]
    assert abs(following["ends_at"] - opened["ends_at"] - 600) <= 60
    marked = json.loads(cli(home, "session", "extend", following["id"], "--auto").stdout)
    assert marked["auto_extend"]
    listed = json.loads(cli(home, "session", "list").stdout)
    assert {item["id"]: item["auto_extend"] for item in listed} == {
        opened["id"]: False,
        following["id"]: True,
    }
    cleared = json.loads(cli(home, "session", "extend", following["id"], "--no-auto").stdout)
    assert not cleared["auto_extend"]


def test_the_running_node_tells_how_it_is(home: Path) -> None:
    told = cli(home, "status")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["network"]["name"] == "demo"
    text = CliRunner().invoke(app, ["status", "--home", str(home)]).stdout
    assert "Demo" in text
    assert "ok   storage" in text


def test_the_doctor_examines_the_running_node(home: Path) -> None:
    told = cli(home, "doctor")
    assert told.exit_code == 0, told.output
    names = {item["name"] for item in json.loads(told.stdout)}
    assert {"API", "chain", "contracts"} <= names
    assert "API port" not in names


def test_a_setting_reaches_the_running_node_at_once(home: Path) -> None:
    assert cli(home, "config", "set", "idle_timeout_s", "33").exit_code == 0
    fields = {row["name"]: row for row in json.loads(cli(home, "config", "show").stdout)}
    assert fields["idle_timeout_s"]["value"] == 33


def test_allowance_providers_and_bids_of_a_provider(home: Path) -> None:
    listed = json.loads(cli(home, "providers").stdout)
    assert len(listed) > 1
    offers = json.loads(cli(home, "bids", "--provider", listed[0]["address"]).stdout)
    assert {offer["provider"] for offer in offers} <= {listed[0]["address"]}
    assert cli(home, "wallet", "approve", "2.5").exit_code == USAGE
    assert cli(home, "wallet", "approve", "2.5", "--yes").exit_code == 0
    assert json.loads(cli(home, "wallet", "allowance").stdout)["allowance"] == 25 * 10**17
    assert json.loads(cli(home, "wallet", "transactions").stdout)[0]["hash"].startswith("0x")
    served = cli(home, "session", "list", "--provider", listed[0]["address"])
    assert {item["provider"] for item in json.loads(served.stdout)} <= {listed[0]["address"]}


def _close_all(home: Path) -> None:
    for item in json.loads(cli(home, "session", "list").stdout):
        if item["state"] == "active":
            assert cli(home, "session", "close", item["id"]).exit_code == 0


def _active(home: Path) -> list[str]:
    listed = json.loads(cli(home, "session", "list").stdout)
    return [item["id"] for item in listed if item["state"] == "active"]


def test_a_chat_opens_a_session_for_a_model_and_goes_on_in_it(home: Path) -> None:
    _close_all(home)
    asked = cli(home, "chat", "--model", "Guide", "What is a stake?")
    assert asked.exit_code == USAGE
    assert "--yes" in json.loads(asked.stdout)["hint"]
    first = cli(home, "chat", "--model", "Guide", "What is a stake?", "--yes")
    assert "stake" in json.loads(first.stdout)["answer"].lower()
    (session,) = _active(home)
    second = cli(home, "chat", "--model", "GUIDE", "And a session?")
    assert second.exit_code == 0, second.output
    assert _active(home) == [session]
    _close_all(home)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows delivers no such signals")
def test_ctrl_c_stops_the_answer_and_not_the_conversation(home: Path) -> None:
    told = cli(home, "session", "open", "Guide Patient", "--yes", "--duration=10m")
    session = json.loads(told.stdout)["id"]
    words = ("--home", str(home), "chat", "--session", session)
    with subprocess.Popen(
        [sys.executable, "-m", "node.cli.main", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write("What is a stake?\n")
            program.stdin.flush()
            assert program.stdout.read(12).startswith("> ")
            program.send_signal(signal.SIGINT)
            out, errors = program.communicate("/clear\n\n", timeout=30)
        finally:
            program.kill()
    assert program.returncode == 0, errors
    assert "(stopped)" in errors
    assert "Forgotten" in out
    _close_all(home)
