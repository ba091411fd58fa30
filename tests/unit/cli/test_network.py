"""`mor-cli network`: the networks of the program and those of the user, over a real chain."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import FAILED, USAGE
from node.cli.main import app
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer

pytestmark = pytest.mark.chain
NOBODY = "0x0000000000000000000000000000000000000099"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain served from a thread of its own: commands run loops of theirs."""

    url: str
    marketplace: str
    token: str

    def words(self, name: str = "my-net", **other: str) -> list[str]:
        options = {
            "chain-id": "31337",
            "marketplace": self.marketplace,
            "token": self.token,
            "rpc": f"{self.url}/v2/geheim",
            **other,
        }
        return ["add", name, *(f"--{key}={value}" for key, value in options.items())]


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    found: list[Chain] = []
    ready, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with await Devnet.start() as devnet, DevnetServer(devnet) as server:
            contracts = devnet.marketplace_address.checksum, devnet.token_address.checksum
            found.append(Chain(url=server.url, marketplace=contracts[0], token=contracts[1]))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    assert ready.wait(30)
    yield found[0]
    loop.call_soon_threadsafe(done.set)
    thread.join(30)
    loop.close()


def cli(home: Path, *words: str, **environment: str) -> Result:
    told = CliRunner().invoke(app, ["network", *words, "--home", str(home)], env=environment)
    assert "geheim" not in told.output, "what may be an access key is never shown"
    return told


def listed(home: Path, **environment: str) -> dict[str, Any]:
    told = cli(home, "--json", **environment)
    assert told.exit_code == 0, told.output
    return {item["name"]: item for item in json.loads(told.stdout)}


def kept(home: Path) -> list[str]:
    file = AppDirs.under(home).settings_file
    return [item.name for item in load_settings(file=file, environment={}).own_networks]


def test_the_programs_networks_are_listed(tmp_path: Path) -> None:
    lines = cli(tmp_path).stdout.splitlines()
    assert lines[0] == "demo  Demo  chain 31337  play money"
    assert lines[1].startswith("base  Base  chain 8453  real money  ")
    assert lines[2].startswith("base-sepolia  Base Sepolia  chain 84532  test money  ")
    assert list(listed(tmp_path)) == ["demo", "base", "base-sepolia", "arbitrum"]


def test_one_is_tried_added_listed_used_and_removed(chain: Chain, tmp_path: Path) -> None:
    words = chain.words(title="My net", explorer="https://scan.example")
    tried = cli(tmp_path, *words, "--check")
    assert tried.exit_code == 0, tried.output
    assert "chain 31337, block " in tried.stdout
    assert "so has the demo" in tried.stdout
    assert tried.stdout.endswith("Nothing was kept.\n")
    assert kept(tmp_path) == []
    as_json = json.loads(cli(tmp_path, *words, "--check", "--json").stdout)
    assert as_json["servers"][0]["chain_id"] == 31337

    added = cli(tmp_path, *words)
    assert added.exit_code == 0, added.output
    host = chain.url.partition("://")[2]
    line = f"my-net  My net  chain 31337  real money, your own  {host}"
    assert added.stdout.splitlines() == [
        line,
        "Use it: --network my-net, or choose it in the window.",
    ]
    assert line in cli(tmp_path).stdout
    own = listed(tmp_path)["my-net"]
    assert (own["is_custom"], own["is_removable"], own["is_test"]) == (True, True, False)

    for name, code in (("my-net", 0), ("their-net", FAILED)):
        named = ["models", "--network", name, "--home", str(tmp_path), "--json"]
        used = CliRunner().invoke(app, named)
        assert used.exit_code == code, used.output
    assert "my-net" in json.loads(used.stdout)["hint"]

    gone = cli(tmp_path, "remove", "my-net")
    assert (gone.exit_code, gone.stdout) == (0, "my-net is removed.\n")
    assert kept(tmp_path) == []


def test_json_of_adding_and_removing(chain: Chain, tmp_path: Path) -> None:
    words = chain.words("lab")
    added = json.loads(cli(tmp_path, *words, "--test-money", "--json").stdout)
    assert (added["name"], added["title"], added["is_test"]) == ("lab", "lab", True)
    assert json.loads(cli(tmp_path, "remove", "lab", "--json").stdout) == {"removed": "lab"}


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        ("base", {}, "mistaken for a network of the program"),
        ("My Net", {}, "small letters"),
        ("my-net", {"title": "Base"}, "mistaken for a network of the program"),
        ("my-net", {"chain-id": "0"}, "above 0"),
        ("my-net", {"chain-id": "5"}, "belongs to network 31337, not to 5"),
        ("my-net", {"marketplace": "0x12"}, "address"),
        ("my-net", {"marketplace": NOBODY}, "no contract"),
        ("my-net", {"token": NOBODY}, "no token"),
        ("my-net", {"rpc": "http://127.0.0.1:9/geheim"}, "does not answer"),
        ("my-net", {"rpc": "http://rpc.example/geheim"}, "start with https"),
        ("my-net", {"explorer": "ftp://scan"}, "explorer"),
        ("my-net", {"token": "0x" + "ab" * 32}, "private key"),
        ("my-net", {"title": "0x" + "ab" * 32}, "private key"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_kept(
    chain: Chain, tmp_path: Path, name: str, other: dict[str, str], words: str
) -> None:
    told = cli(tmp_path, *chain.words(name, **other))
    assert told.exit_code == USAGE
    assert words in told.stderr
    assert "abab" not in told.output
    assert kept(tmp_path) == []
    body = json.loads(cli(tmp_path, *chain.words(name, **other), "--json").stdout)
    assert body["error"] in told.stderr
    assert body["code"].startswith("input.")


@pytest.mark.parametrize("left_out", ["chain-id", "marketplace", "token", "rpc"])
def test_an_option_that_is_left_out(chain: Chain, tmp_path: Path, left_out: str) -> None:
    words = [word for word in chain.words() if not word.startswith(f"--{left_out}=")]
    told = cli(tmp_path, *words)
    assert told.exit_code == USAGE
    assert left_out in told.output


def test_a_test_where_money_is_real(chain: Chain, tmp_path: Path) -> None:
    told = cli(tmp_path, *chain.words(**{"chain-id": "8453"}), "--test-money")
    assert told.exit_code == FAILED
    assert "no test network" in told.stderr


@pytest.mark.parametrize("name", ["base", "demo", "other"])
def test_only_ones_own_are_removed(tmp_path: Path, name: str) -> None:
    told = cli(tmp_path, "remove", name)
    assert told.exit_code == USAGE
    assert "no network that you added" in told.stderr


def test_the_one_that_is_named_is_not_removed(chain: Chain, tmp_path: Path) -> None:
    assert cli(tmp_path, *chain.words()).exit_code == 0
    for told in (
        cli(tmp_path, "remove", "my-net", "--network", "my-net"),
        cli(tmp_path, "remove", "my-net", MORPHEUS_NETWORK="my-net"),
    ):
        assert told.exit_code == USAGE
        assert "while it is used" in told.stderr
    assert kept(tmp_path) == ["my-net"]


def test_the_one_of_the_next_start_can_be_removed_even_when_it_is_away(
    chain: Chain, tmp_path: Path
) -> None:
    assert cli(tmp_path, *chain.words()).exit_code == 0
    file = AppDirs.under(tmp_path).settings_file
    away = file.read_text().replace(chain.url, "http://127.0.0.1:9")
    file.write_text(f'network = "my-net"\n{away}')
    assert "my-net" in listed(tmp_path)
    assert cli(tmp_path, "remove", "my-net").exit_code == 0
    assert load_settings(file=file, environment={}).network == ""
