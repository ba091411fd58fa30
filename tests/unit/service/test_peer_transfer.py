"""Taking over and handing on a Go node's configuration, where the command line does not reach."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.core.errors import ConfigError, StorageError
from node.core.paths import AppDirs
from node.core.settings import NodeSettings, load_settings, read_settings_file
from node.core.settings.dotenv import parse_dotenv
from node.service.peer_export import plan_export, write_export
from node.service.peer_import import carry_out, plan_import
from tests.support.own_networks import ACCESS_KEY, MARKET, TABLE, TOKEN

NOW = datetime(2026, 5, 26, 12, tzinfo=UTC)
ID = "0x" + "ab" * 32


def folder(tmp_path: Path, **files: str) -> Path:
    place = tmp_path / "peer"
    place.mkdir()
    for name, text in files.items():
        (place / {"env": ".env", "models": "models-config.json"}[name]).write_text(text)
    return place


def test_content_of_the_environment_becomes_a_file(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path / "home")
    peer = folder(
        tmp_path, env="MODELS_CONFIG_CONTENT='{\"models\": []}'\nCOOKIE_CONTENT=admin:from-env\n"
    )
    carry_out(plan_import(peer, dirs), dirs, NOW)
    assert json.loads(dirs.models_config.read_text()) == {"models": []}
    assert dirs.cookie_file.read_text() == "admin:from-env"
    assert read_settings_file(dirs.settings_file) == {}


def test_a_file_named_in_the_environment_is_taken_from_there(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path / "home")
    other = tmp_path / "other.json"
    other.write_text('{"models": [], "more": 1}')
    peer = folder(tmp_path, env=f"MODELS_CONFIG_PATH={other}\n", models='{"models": [3]}')
    carry_out(plan_import(peer, dirs), dirs, NOW)
    assert "more" in dirs.models_config.read_text()


def test_a_failure_puts_back_what_was_there(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path / "home")
    dirs.ensure()
    dirs.models_config.write_text("before")
    peer = folder(tmp_path, env="WEB_ADDRESS=127.0.0.1:1\n", models='{"models": []}')
    plan = plan_import(peer, dirs)
    # A folder in the place of the temporary file stops the writing of the settings.
    dirs.settings_file.with_name(dirs.settings_file.name + ".tmp").mkdir()
    with pytest.raises((StorageError, ConfigError)):
        carry_out(plan, dirs, NOW)
    assert dirs.models_config.read_text() == "before"
    assert not dirs.settings_file.exists()


def test_every_exported_value_is_read_as_it_was(tmp_path: Path) -> None:
    given = {
        "ETH_NODE_CHAIN_ID": "84532",
        "LLM_TIMEOUT": "1m30s",
        "PROXY_STORE_CHAT_CONTEXT": "false",
        "LOG_LEVEL_APP": "warn",
        "ETH_NODE_LEGACY_TX": "true",
        "PROVIDER_ALLOW_LIST": "0x6aBE1d282f72B474E54527D93b979A4f64d3030a",
        "PROXY_ADDRESS": "0.0.0.0:3333",
    }
    settings = load_settings(file=None, environment=given)
    plan = plan_export(settings, AppDirs.under(tmp_path))
    exported = parse_dotenv(plan.files[".env"].decode())
    assert load_settings(file=None, environment=exported) == settings.model_copy(
        update={
            "marketplace_address": "0x6e4d0B775E3C3b02683A6F277Ac80240C4aFF930",
            "token_address": "0x5C80Ddd187054E1E4aBBfFCD750498e81d34FfA3",
        }
    )


def test_the_private_key_is_never_exported(tmp_path: Path) -> None:
    settings = load_settings(file=None, environment={"WALLET_PRIVATE_KEY": "0x" + "cd" * 32})
    plan = plan_export(settings, AppDirs.under(tmp_path))
    assert not any(b"cdcd" in content for content in plan.files.values())


def test_a_value_with_quotes_survives(tmp_path: Path) -> None:
    name = """/a "dir" with 'both' $HOME"""
    settings = NodeSettings(proxy_address=name)
    plan = plan_export(settings, AppDirs.under(tmp_path))
    assert parse_dotenv(plan.files[".env"].decode())["PROXY_ADDRESS"] == name
    with pytest.raises(StorageError):
        write_export(plan, Path("/dev/null/x"), replace=False)


def test_a_network_of_ones_own_is_exported_with_its_servers(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f'rpc_urls = ["https://other.example"]\n{TABLE}')
    for name, server in (("my-net", "rpc.example"), ("base", "https://other.example")):
        settings = load_settings(
            file=tmp_path / "settings.toml", environment={"MORPHEUS_NETWORK": name}
        )
        plan = plan_export(settings, AppDirs.under(tmp_path))
        exported = parse_dotenv(plan.files[".env"].decode())
        assert server in exported["ETH_NODE_ADDRESS"]
    plan = plan_export(settings.model_copy(update={"network": "my-net"}), AppDirs.under(tmp_path))
    exported = parse_dotenv(plan.files[".env"].decode())
    assert exported["ETH_NODE_CHAIN_ID"] == "5"
    assert exported["DIAMOND_CONTRACT_ADDRESS"].lower() == MARKET
    assert exported["MOR_TOKEN_ADDRESS"].lower() == TOKEN
    assert any("the first is written" in note for note in plan.notes)
    assert not any(ACCESS_KEY in note for note in plan.notes)


def test_servers_of_another_network_are_not_exported(tmp_path: Path) -> None:
    settings = NodeSettings(
        network="base-sepolia", rpc_urls=("https://base.example",), rpc_network="base"
    )
    plan = plan_export(settings, AppDirs.under(tmp_path))
    assert "ETH_NODE_ADDRESS" not in parse_dotenv(plan.files[".env"].decode())
