"""`serve` in a folder of the Go node, and with its options."""

import os
from pathlib import Path

import pytest
import typer

from node.cli.peer_flags import environment_of_flags
from node.cli.peer_folder import look_into
from node.core.errors import UserInputError


def write(folder: Path, text: str) -> None:
    (folder / ".env").write_text(text)
    (folder / ".env").chmod(0o600)


def test_the_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    write(tmp_path, "WEB_ADDRESS=127.0.0.1:1\nPROXY_ADDRESS=127.0.0.1:2\nFOREIGN=3\n")
    found = look_into(tmp_path, {"WEB_ADDRESS": "127.0.0.1:9", "PATH": "x"})
    assert found.environment == {
        "PATH": "x",
        "WEB_ADDRESS": "127.0.0.1:9",
        "PROXY_ADDRESS": "127.0.0.1:2",
    }
    assert "PROXY_ADDRESS" in found.notes[0]
    assert "WEB_ADDRESS" not in found.notes[0]


def test_files_with_the_go_nodes_names_are_found(tmp_path: Path) -> None:
    (tmp_path / "models-config.json").write_text("{}")
    (tmp_path / ".cookie").write_text("admin:x")
    found = look_into(tmp_path, {"COOKIE_FILE_PATH": "/elsewhere"})
    assert found.environment["MODELS_CONFIG_PATH"] == str(tmp_path / "models-config.json")
    assert found.environment["COOKIE_FILE_PATH"] == "/elsewhere"
    assert "models-config.json" in found.notes[-1]


def test_what_settings_toml_names_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "models-config.json").write_text("{}")
    assert look_into(tmp_path, {}, ["models_config"]).environment == {}


def test_unused_names_are_told_once_with_their_reason(tmp_path: Path) -> None:
    write(tmp_path, "SYS_ENABLE=true\nSYS_SOMAXCONN=1\nDOCKER_HOST=x\nENVIRONMENT=\n")
    notes = "\n".join(look_into(tmp_path, {"SYS_ENABLE": "true"}).notes)
    assert "SYS_ENABLE, SYS_SOMAXCONN are not used here, because" in notes
    assert notes.count("SYS_ENABLE") == 1
    assert "DOCKER_HOST is not used here" in notes
    assert "ENVIRONMENT is" not in notes


def test_a_mistyped_name_is_asked_about(tmp_path: Path) -> None:
    write(tmp_path, "ETH_NODE_ADRESS=x\nUNRELATED_NAME=y\n")
    (note,) = look_into(tmp_path, {}).notes
    assert "ETH_NODE_ADDRESS" in note


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_secret_that_others_can_read_is_told_without_its_value(tmp_path: Path) -> None:
    write(tmp_path, "WALLET_PRIVATE_KEY=0xabcdef\n")
    (tmp_path / ".env").chmod(0o644)
    notes = "\n".join(look_into(tmp_path, {}).notes)
    assert "chmod 600" in notes
    assert "abcdef" not in notes


def test_the_go_nodes_options() -> None:
    words = ["--eth-node-chain-id", "8453", "-web-address=127.0.0.1:1", "--eth-node-legacy-tx"]
    assert environment_of_flags(words) == {
        "ETH_NODE_CHAIN_ID": "8453",
        "WEB_ADDRESS": "127.0.0.1:1",
        "ETH_NODE_LEGACY_TX": "true",
    }


def test_an_unknown_option_is_a_usage_error() -> None:
    with pytest.raises(typer.BadParameter, match="--nonsense"):
        environment_of_flags(["--nonsense", "1"])


def test_a_mistyped_option_is_asked_about() -> None:
    with pytest.raises(typer.BadParameter, match="is --web-address meant"):
        environment_of_flags(["--web-adress=127.0.0.1:1"])


@pytest.mark.parametrize("word", ["--wallet-private-key=0xabcdef", "--cookie-content"])
def test_a_secret_is_refused_as_an_option(word: str) -> None:
    with pytest.raises(UserInputError) as caught:
        environment_of_flags([word, "0xabcdef"])
    assert "abcdef" not in f"{caught.value.message}{caught.value.hint}"
