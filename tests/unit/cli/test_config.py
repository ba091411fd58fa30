"""`mor-cli config`: settings shown, changed, checked, taken over and handed on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import FAILED, USAGE, WARNINGS
from node.cli.main import app
from tests.support.own_networks import ACCESS_KEY, TABLE

ID = "0x" + "ab" * 32
SECRET = "sk-very-secret"
MODELS = {
    "models": [
        {
            "modelId": ID,
            "modelName": "m",
            "apiType": "openai",
            "apiUrl": "http://127.0.0.1:8080/v1",
            "apiKey": SECRET,
            "concurrentSlots": 3,
        }
    ]
}
ENV = """ETH_NODE_CHAIN_ID=8453
ETH_NODE_ADDRESS=https://rpc.example.org/v2/KEY-IN-URL
DIAMOND_CONTRACT_ADDRESS=0x6aBE1d282f72B474E54527D93b979A4f64d3030a
MOR_TOKEN_ADDRESS=0x7431aDa8a591C955a994a21710752EF9b882b8e3
PROXY_ADDRESS=0.0.0.0:3333
CNODE_PNODE_TIMEOUT=45s
WALLET_PRIVATE_KEY=0x{key}
SYS_ENABLE=false
SOMETHING_ELSE=1
""".replace("{key}", "cd" * 32)


def cli(home: Path, *words: str, text: str = "", **environment: str) -> Result:
    return CliRunner().invoke(
        app, ["--home", str(home), "config", *words], input=text, env=environment
    )


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])


@pytest.fixture
def peer(tmp_path: Path) -> Path:
    folder = tmp_path / "peer"
    folder.mkdir()
    (folder / ".env").write_text(ENV)
    (folder / "models-config.json").write_text(json.dumps(MODELS))
    (folder / "rating-config.json").write_text(
        '{"algorithm": "default", "params": {"weights": {"stake": 1}}}'
    )
    (folder / ".cookie").write_text("admin:cookie-password")
    return folder


def test_a_setting_is_stored_shown_with_its_source_and_forgotten(tmp_path: Path) -> None:
    assert cli(tmp_path, "show").stdout.strip() == "All have their defaults."
    stored = answer(cli(tmp_path, "set", "LLM_TIMEOUT", "2m", "--json"))
    assert (stored["name"], stored["value"], stored["source"]) == (
        "llm_timeout_s",
        120,
        "settings.toml",
    )
    assert "llm_timeout_s = 120" in cli(tmp_path, "show").stdout
    assert (tmp_path / "config" / "settings.toml").read_text().strip() == "llm_timeout_s = 120.0"
    assert answer(cli(tmp_path, "unset", "llm-timeout-s", "--json"))["value"] == 240
    assert (tmp_path / "config" / "settings.toml").read_text().strip() == ""


def test_a_stronger_source_is_told(tmp_path: Path) -> None:
    told = cli(tmp_path, "set", "log_level", "error", LOG_LEVEL_APP="debug")
    assert "LOG_LEVEL_APP is stronger" in told.stdout
    assert cli(tmp_path, "get", "log_level").stdout.strip() == "error"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("set", "log_level", "loud"), FAILED, "debug"),
        (("set", "nonsense", "1"), USAGE, "config show"),
        (("get", "nonsense"), USAGE, "config show"),
        (("set", "WALLET_PRIVATE_KEY", "0xabc"), USAGE, "WALLET_PRIVATE_KEY"),
    ],
)
def test_what_cannot_be_stored_is_refused(
    tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    result = cli(tmp_path, *words)
    assert result.exit_code == code
    assert told in result.stderr
    assert not (tmp_path / "config").exists() or not list((tmp_path / "config").iterdir())


def test_networks_of_ones_own_are_neither_shown_whole_nor_changed_here(tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(TABLE)
    for words in (("show",), ("show", "--all"), ("show", "--all", "--json")):
        shown = cli(tmp_path, *words)
        assert shown.exit_code == 0
        assert ACCESS_KEY not in shown.output
    assert cli(tmp_path, "get", "own_networks").stdout.strip() == "my-net (chain 5)"
    for words in (("unset", "own_networks"), ("set", "own_networks", "x")):
        told = cli(tmp_path, *words)
        assert told.exit_code != 0
        assert "mor-cli network" in told.stderr
        assert ACCESS_KEY not in told.output
    assert cli(tmp_path, "set", "log_level", "error").exit_code == 0
    assert file.read_text().startswith('log_level = "error"')
    assert TABLE.strip() in file.read_text()


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = cli(
        tmp_path,
        "show",
        "--json",
        COOKIE_CONTENT=f"admin:{SECRET}",
        ETH_NODE_ADDRESS=f"https://user:{SECRET}@rpc.example.org/v2/{SECRET}",
    ).stdout
    assert SECRET not in shown
    assert "rpc.example.org" in shown


def test_a_check_names_file_line_and_field(tmp_path: Path) -> None:
    assert cli(tmp_path, "check").exit_code == 0
    file = tmp_path / "models.json"
    file.write_text('{"models": [\n{"modelId": "0x12"}]}')
    file.chmod(0o600)
    told = cli(tmp_path, "check", "--json", MODELS_CONFIG_PATH=str(file))
    assert told.exit_code == FAILED
    (finding,) = [item for item in json.loads(told.stdout) if not item["ok"]]
    assert "models.json, line 2: models[0].modelId" in finding["message"]
    text = cli(tmp_path, "check", MODELS_CONFIG_PATH=str(file)).stdout
    assert "FAIL models file" in text


def test_a_go_nodes_folder_is_checked_where_it_lies(tmp_path: Path, peer: Path) -> None:
    home = tmp_path / "home"
    told = cli(home, "check", "--folder", str(peer), "--json")
    assert told.exit_code == WARNINGS  # SYS_ENABLE is unused, and others can read the keys
    (peer / "rating-config.json").write_text('{"algorithm": "best"}')
    told = cli(home, "check", "--folder", str(peer))
    assert told.exit_code == FAILED
    assert "FAIL rating file: rating-config.json, line 1: algorithm" in told.stdout
    doctor = CliRunner().invoke(app, ["--home", str(home), "doctor", "--folder", str(peer)])
    assert doctor.exit_code == FAILED
    assert "rating-config.json, line 1" in doctor.stdout


def test_a_check_says_why_a_name_does_nothing(tmp_path: Path) -> None:
    told = cli(tmp_path, "check", SYS_ENABLE="true")
    assert "SYS_ENABLE is not used here" in told.stdout


def test_an_import_shows_what_it_takes_and_asks(tmp_path: Path, peer: Path) -> None:
    home = tmp_path / "home"
    told = cli(home, "import", str(peer))
    assert told.exit_code == USAGE
    assert "--yes" in told.stderr
    assert "proxy_address = 0.0.0.0:3333" in told.stdout
    assert "models-config.json as " in told.stdout
    assert "not taken: WALLET_PRIVATE_KEY" in told.stdout
    assert "not taken: SYS_ENABLE" in told.stdout
    assert "not taken: SOMETHING_ELSE" in told.stdout
    for secret in (SECRET, "cdcdcd", "cookie-password", "KEY-IN-URL"):
        assert secret not in told.output
    assert not (home / "config").exists()


def test_an_import_is_written_with_backups(tmp_path: Path, peer: Path) -> None:
    home = tmp_path / "home"
    cli(home, "set", "log_level", "error")
    done = answer(cli(home, "import", str(peer), "--yes", "--json"))
    assert len(done["backups"]) == 1
    assert "error" in Path(done["backups"][0]).read_text()
    shown = {row["name"]: row["value"] for row in answer(cli(home, "show", "--json"))}
    assert shown["chain_id"] == 8453
    assert shown["first_answer_timeout_s"] == 45
    assert shown["log_level"] == "error"
    assert shown["rating_config"].endswith("rating-config.json")
    assert "cdcd" not in (home / "config" / "settings.toml").read_text()
    assert json.loads((home / "data" / "models-config.json").read_text()) == MODELS
    assert (home / "state" / "cookie").read_text() == "admin:cookie-password"
    if os.name == "posix":
        assert (home / "data" / "models-config.json").stat().st_mode & 0o777 == 0o600
    again = answer(cli(home, "import", str(peer), "--yes", "--json"))
    assert len(again["backups"]) == 4


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("models-config.json", '{"models": [{}]}', "models-config.json, line 1"),
        ("rating-config.json", '{"algorithm": "best"}', "rating-config.json, line 1"),
        (".env", "LLM_TIMEOUT=soon", "LLM_TIMEOUT"),
        (".env", "what is this", ".env, line 1"),
    ],
)
def test_a_fault_in_the_peers_files_stops_the_import(
    tmp_path: Path, peer: Path, name: str, content: str, told: str
) -> None:
    (peer / name).write_text(content)
    home = tmp_path / "home"
    result = cli(home, "import", str(peer), "--yes")
    assert result.exit_code == FAILED
    assert told in result.stderr
    assert not (home / "config").exists()


def test_a_folder_without_a_configuration_is_told(tmp_path: Path) -> None:
    result = cli(tmp_path / "home", "import", str(tmp_path), "--yes", "--json")
    assert ".env" in json.loads(result.stdout)["hint"]


def test_an_export_is_read_back_as_it_was(tmp_path: Path, peer: Path) -> None:
    home, out, other = tmp_path / "home", tmp_path / "out", tmp_path / "other"
    answer(cli(home, "import", str(peer), "--yes", "--json"))
    done = answer(cli(home, "export", str(out), "--json"))
    assert {Path(name).name for name in done["files"]} == {
        ".env",
        ".cookie",
        "models-config.json",
        "rating-config.json",
    }
    text = (out / ".env").read_text()
    assert "DIAMOND_CONTRACT_ADDRESS=0x6aBE1d282f72B474E54527D93b979A4f64d3030a" in text
    assert "CNODE_PNODE_TIMEOUT=45s" in text
    assert "# WALLET_PRIVATE_KEY=" in text
    (model,) = json.loads((out / "models-config.json").read_text())["models"]
    assert model["apiUrl"] == "http://127.0.0.1:8080/v1/chat/completions"
    assert (model["modelId"], model["apiKey"], model["concurrentSlots"]) == (ID, SECRET, 3)
    if os.name == "posix":
        assert all(Path(name).stat().st_mode & 0o077 == 0 for name in done["files"])
    answer(cli(other, "import", str(out), "--yes", "--json"))
    first, second = (
        {row["name"]: row["value"] for row in answer(cli(place, "show", "--json"))}
        for place in (home, other)
    )
    assert {k: v for k, v in first.items() if v != second[k]}.keys() <= {
        "rating_config",
        "web_address",
    }


def test_an_export_replaces_nothing_by_accident(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("mine")
    told = cli(tmp_path / "home", "export", str(tmp_path))
    assert told.exit_code == FAILED
    assert ".env" in told.stderr
    assert (tmp_path / ".env").read_text() == "mine"
    assert cli(tmp_path / "home", "export", str(tmp_path), "--replace").exit_code == 0
    assert "mine" not in (tmp_path / ".env").read_text()


def test_models_of_this_program_alone_are_left_out_of_an_export(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    entry = {"modelId": ID, "modelName": "tiny", "apiType": "llama", "path": "/x.gguf"}
    (home / "data" / "models-config.json").write_text(json.dumps({"models": [entry]}))
    done = answer(cli(home, "export", str(tmp_path / "out"), "--json"))
    assert any("tiny" in note for note in done["notes"])
    assert json.loads((tmp_path / "out" / "models-config.json").read_text()) == {"models": []}
