"""Commands beside a running node use it, and never another network than the one that was named."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

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
    assert told.exit_code == 1
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
    opened = json.loads(cli(home, "session", "open", "Guide", "--yes", "--duration=10m").stdout)
    told = cli(home, "session", "extend", opened["id"])
    assert told.exit_code == 1
    assert "--yes" in json.loads(told.stdout)["hint"]
    following = json.loads(cli(home, "session", "extend", opened["id"], "--yes").stdout)
    assert following["bid_id"] == opened["bid_id"]
    assert following["follows"] == opened["id"]
    assert abs((following["ends_at"] - following["opened_at"]) - 600) <= 5
    marked = json.loads(cli(home, "session", "extend", following["id"], "--auto").stdout)
    assert marked["auto_extend"]
    listed = json.loads(cli(home, "session", "list").stdout)
    assert {item["id"]: item["auto_extend"] for item in listed} == {
        opened["id"]: False,
        following["id"]: True,
    }
    cleared = json.loads(cli(home, "session", "extend", following["id"], "--no-auto").stdout)
    assert not cleared["auto_extend"]
