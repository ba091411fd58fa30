"""`mor-cli doctor` and `mor-cli status`, as an operator in trouble runs them."""

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import FAILED, UNREACHABLE, WARNINGS
from node.cli.main import app
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.service.local_checks import local_findings
from tests.support.own_networks import ACCESS_KEY, MARKET, TABLE

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
ID = "0x" + "ab" * 32


def cli(home: Path, *words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *words], env=environment)


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in json.loads(result.stdout.splitlines()[-1])}


def models_file(home: Path, **entry: Any) -> None:
    (home / "data").mkdir(parents=True, exist_ok=True)
    row = {"modelId": ID, "modelName": "m", "apiType": "openai", **entry}
    file = home / "data" / "models-config.json"
    file.write_text(json.dumps({"models": [row]}))
    file.chmod(0o600)


def test_a_fresh_folder_is_well(tmp_path: Path) -> None:
    told = cli(tmp_path, "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == 0, told.stdout
    assert {"program", "folders", "disk", "databases", "keychain", "API port"} <= set(
        findings(told)
    )


def test_a_broken_models_file_is_told_though_no_node_starts(tmp_path: Path) -> None:
    models_file(tmp_path, apiUrl="no address")
    told = cli(tmp_path, "doctor", "--json")
    assert told.exit_code == FAILED
    found = findings(told)
    assert "line 1: models[0].apiUrl" in found["node"]["message"]
    assert found["disk"]["ok"]


def test_a_wrong_setting_is_told(tmp_path: Path) -> None:
    told = cli(tmp_path, "doctor", LLM_TIMEOUT="soon")
    assert told.exit_code == FAILED
    assert "LLM_TIMEOUT" in told.stdout
    assert "90s" in told.stdout


def settings_file(home: Path, text: str) -> None:
    file = AppDirs.under(home).settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    ("table", "code", "name", "words"),
    [
        (
            TABLE.replace("chain_id = 5", 'chain_id = "5"'),
            FAILED,
            "node",
            "Network 1 (my-net), chain_id",
        ),
        (
            TABLE.replace("chain_id = 5", "chain_id = 8453\nis_test = true"),
            WARNINGS,
            "networks",
            "My net: Chain 8453 is no test network",
        ),
        (
            TABLE.replace("chain_id = 5", "chain_id = 8453").replace(
                MARKET, "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
            ),
            WARNINGS,
            "networks",
            "the marketplace of Base",
        ),
    ],
)
def test_a_network_of_ones_own_that_cannot_be_is_told(
    tmp_path: Path, table: str, code: int, name: str, words: str
) -> None:
    settings_file(tmp_path, table)
    told = cli(tmp_path, "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == code
    found = findings(told)[name]
    assert words in f"{found['message']} {found['hint']}"
    assert ACCESS_KEY not in told.output


def test_a_network_of_ones_own_that_can_be_is_well(tmp_path: Path) -> None:
    settings_file(tmp_path, TABLE)
    told = cli(tmp_path, "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == 0
    assert "networks" not in findings(told)


def test_a_model_server_that_is_away_is_a_warning(tmp_path: Path) -> None:
    models_file(tmp_path, apiUrl="http://127.0.0.1:9/v1")
    told = cli(tmp_path, "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == WARNINGS
    assert findings(told)["model m"]["warning"]
    assert findings(told)["model m"]["hint"]


def test_a_model_file_that_is_gone_is_told(tmp_path: Path) -> None:
    models_file(tmp_path, apiType="llama", path=str(tmp_path / "gone.gguf"))
    told = cli(tmp_path, "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == FAILED
    assert "gone.gguf" in findings(told)["model m"]["message"]


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    assert cli(tmp_path, "wallet", "status").exit_code == 0
    (tmp_path / "data" / "journal.db").write_bytes(b"SQLite format 3\0" + bytes(8192))
    dirs, settings = AppDirs.under(tmp_path), NodeSettings()
    found = asyncio.run(local_findings(dirs, settings, look_at_ports=False))
    (databases,) = [item for item in found if item.name == "databases"]
    assert not databases.ok
    assert "journal.db" in databases.message


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        told = cli(tmp_path, "doctor", "--json", PROXY_ADDRESS=address, WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == WARNINGS
    assert address in findings(told)["provider port"]["message"]
    assert "PROXY_ADDRESS" in findings(told)["provider port"]["hint"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_files_that_others_can_read_are_a_warning(tmp_path: Path) -> None:
    models_file(tmp_path, apiType="llama", path=str(tmp_path / "x.gguf"))
    (tmp_path / "data" / "models-config.json").chmod(0o644)
    told = cli(tmp_path, "config", "check", "--json")
    assert told.exit_code == WARNINGS
    assert "chmod 600" in findings(told)["secrets"]["hint"]


def test_the_demo_network_is_well(tmp_path: Path) -> None:
    told = cli(tmp_path, "--network", "demo", "doctor", "--json", WEB_ADDRESS="127.0.0.1:0")
    assert told.exit_code == 0, told.stdout
    assert {"chain", "contracts", "clock", "wallet", "provider"} <= set(findings(told))


def test_servers_that_do_not_answer_are_told_with_the_way_out(tmp_path: Path) -> None:
    told = cli(
        tmp_path,
        "doctor",
        "--json",
        ETH_NODE_ADDRESS="http://127.0.0.1:9",
        ETH_NODE_CHAIN_ID="31337",
        DIAMOND_CONTRACT_ADDRESS=ADDRESS,
        MOR_TOKEN_ADDRESS=ADDRESS,
    )
    assert told.exit_code == FAILED
    found = findings(told)
    assert not found["chain servers"]["ok"]
    assert "rpc_urls" in found["chain servers"]["hint"]
    assert "contracts" not in found


def test_status_without_a_node_says_how_to_start_one(tmp_path: Path) -> None:
    told = cli(tmp_path, "status")
    assert told.exit_code == UNREACHABLE
    assert "mor-cli serve" in told.stderr
