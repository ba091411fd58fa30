"""Where a setting comes from, and what a wrong one says."""

from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.core.settings import load_settings, read_settings_file, save_settings


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('log_level = "error"\nweb_address = "127.0.0.1:1"\nidle_timeout_s = 5\n')
    settings = load_settings(
        file=file,
        environment={"WEB_ADDRESS": "127.0.0.1:2", "LOG_LEVEL_APP": "debug"},
        flags={"web_address": "127.0.0.1:3", "proxy_address": None},
    )
    assert settings.web_address == "127.0.0.1:3"
    assert settings.log_level == "debug"
    assert settings.idle_timeout_s == 5
    assert settings.first_answer_retries == 3
    assert settings.audio_answer_retries == 20


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("1m30s", 90), ("2h", 7200), ("500ms", 0.5), ("7", 7)]
)
def test_durations_in_the_go_nodes_notation(text: str, seconds: float) -> None:
    settings = load_settings(file=None, environment={"LLM_TIMEOUT": text})
    assert settings.llm_timeout_s == seconds


def test_our_names_win_over_the_peers() -> None:
    environment = {"MORPHEUS_RPC_URLS": "https://a, https://b", "ETH_NODE_ADDRESS": "https://c"}
    settings = load_settings(file=None, environment=environment)
    assert settings.rpc_urls == ("https://a", "https://b")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"ETH_NODE_CHAIN_ID": "abc"}, ("Chain id", "ETH_NODE_CHAIN_ID")),
        ({"MORPHEUS_AUTO_SESSION_MAX_STAKE": "1,5"}, ("lock", "MORPHEUS_AUTO_SESSION_MAX_STAKE")),
        ({"CNODE_PNODE_MAX_RETRIES": "-1"}, ("waits", "CNODE_PNODE_MAX_RETRIES")),
    ],
)
def test_a_wrong_value_names_itself_and_its_origin(
    environment: dict[str, str], words: tuple[str, str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(file=None, environment=environment)
    assert words[0] in caught.value.message
    assert words[1] in caught.value.hint


def test_the_private_key_is_not_shown() -> None:
    settings = load_settings(file=None, environment={"WALLET_PRIVATE_KEY": "0x" + "ab" * 32})
    assert "abab" not in repr(settings)


def test_saving_keeps_comments_and_unknown_keys(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# mine\nfuture = "kept"\n\n[gui]\ntheme = "dark"\n')
    save_settings(file, {"idle_timeout_s": 42})
    text = file.read_text()
    assert "# mine" in text
    assert read_settings_file(file)["future"] == "kept"
    assert read_settings_file(file)["gui"] == {"theme": "dark"}
    assert load_settings(file=file, environment={}).idle_timeout_s == 42


@pytest.mark.parametrize("changes", [{"idle_timeout_s": 0}, {"nonsense": 1}, {"log_level": 3}])
def test_a_refused_change_writes_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("store_chats = false\n")
    with pytest.raises(ConfigError):
        save_settings(file, changes)
    assert file.read_text() == "store_chats = false\n"


@pytest.mark.parametrize("content", [b"= broken", b"\xff\xfe\x00", b"a = [1,", b"x" * 2_000_000])
def test_a_broken_file_is_reported_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        load_settings(file=file, environment={})
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("text", "seconds"), [("1.5h", 5400), ("1h30m0.5s", 5400.5), ("100us", 1e-4), (".5m", 30)]
)
def test_fractions_in_the_go_nodes_notation(text: str, seconds: float) -> None:
    settings = load_settings(file=None, environment={"LLM_TIMEOUT": text})
    assert settings.llm_timeout_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LLM_TIMEOUT", "fast", "a time above zero, such as 90s"),
        ("LLM_TIMEOUT", "0", "a time above zero"),
        ("CNODE_PNODE_MAX_RETRIES", "many", "a whole number from 0 to 100"),
        ("ETH_NODE_LEGACY_TX", "si", "true or false"),
        ("LOG_LEVEL_APP", "loud", "one of debug, info"),
        ("MORPHEUS_THEME", "blue", "'light'"),
    ],
)
def test_a_wrong_value_is_shown_with_what_is_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(file=None, environment={name: value})
    assert name in caught.value.hint
    assert f"“{value}”" in caught.value.hint
    assert expected in caught.value.hint


def test_an_address_with_a_key_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(file=None, environment={"ETH_NODE_CHAIN_ID": "https://rpc/v2/SECRET"})
    assert "SECRET" not in f"{caught.value.message} {caught.value.hint} {caught.value.details}"
