"""Networks of the user's own in `settings.toml`."""

from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.core.settings import NodeSettings, OwnNetwork, load_settings, save_settings

MARKET = "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
TOKEN = "0x7431aDa8a591C955a994a21710752EF9b882b8e3"
SERVER = "https://rpc.example/v2/geheim"
TABLE = f"""
[[own_networks]]
name = "my-net"
title = "My net"
chain_id = 5
marketplace = "{MARKET}"
token = "{TOKEN}"
rpc_urls = ["{SERVER}"]
"""


def table(**values: Any) -> dict[str, Any]:
    return {
        "name": "my-net",
        "title": "My net",
        "chain_id": 5,
        "marketplace": MARKET,
        "token": TOKEN,
        "rpc_urls": [SERVER],
        **values,
    }


def test_a_table_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(TABLE.replace(MARKET, MARKET.lower()))
    (found,) = load_settings(file=file, environment={}).own_networks
    assert (found.name, found.title, found.chain_id) == ("my-net", "My net", 5)
    assert (found.marketplace, found.token) == (MARKET, TOKEN)
    assert found.rpc_urls == (SERVER,)
    assert (found.explorer, found.multicall) == ("", "")
    assert not found.is_test, "guards hold where nothing is said"


def test_addresses_of_servers_are_not_shown() -> None:
    settings = NodeSettings(own_networks=(OwnNetwork.model_validate(table()),))
    assert "geheim" not in repr(settings) + str(settings.own_networks)
    assert "my-net" in repr(settings)


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        ('name = "my-net"', 'name = "base"', "network 1, name: This could be mistaken"),
        ('name = "my-net"', 'name = "My Net!"', "network 1, name: "),
        ('name = "my-net"', "name = 7", "network 1 (7), name: it is a text in quotes"),
        ('title = "My net"', "", "network 1 (my-net), title: it is missing"),
        ("chain_id = 5", 'chain_id = "5"', "chain_id: it is a whole number without quotes"),
        ("chain_id = 5", "chain_id = true", "chain_id: it is a whole number without quotes"),
        ("chain_id = 5", "chain_id = 0", "(my-net), chain_id: "),
        (f'token = "{TOKEN}"', 'token = "0x12"', "network 1 (my-net), token: "),
        (f'token = "{TOKEN}"', f'token = "{MARKET}"', "are two contracts"),
        (f'["{SERVER}"]', f'"{SERVER}"', "rpc_urls: it is a list of texts"),
        (f'["{SERVER}"]', "[]", "rpc_urls: A network needs the address"),
        (f'["{SERVER}"]', '["http://rpc.example/geheim"]', "rpc_urls: RPC addresses start with"),
        ("chain_id = 5", "chain_id = 5\nis_test = 1", "is_test: it is true or false"),
        ("chain_id = 5", "chain_id = 5\nchain = 5", "chain: there is no such field"),
        ("chain_id = 5", 'chain_id = 5\nmulticall = "0x1"', "network 1 (my-net), multicall: "),
        ("chain_id = 5", 'chain_id = 5\nexplorer = "ftp://x"', "network 1 (my-net), explorer: "),
    ],
)
def test_a_bad_table_is_named_with_its_field(
    tmp_path: Path, line: str, wrong: str, words: str
) -> None:
    file = tmp_path / "settings.toml"
    text = f'log_level = "error"\n{TABLE}'.replace(line, wrong)
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file=file, environment={})
    said = f"{caught.value.message} {caught.value.hint}"
    assert "Networks of your own" in said
    assert "settings.toml" in said
    assert words.lower() in said.lower()
    assert "geheim" not in f"{said} {caught.value.details} {caught.value.__cause__}"
    with pytest.raises(ConfigError):
        save_settings(file, {"log_level": "info"})
    assert file.read_text() == text, "nothing of the file is lost"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('own_networks = "https://rpc.example/geheim"', "tables of the file"),
        ("own_networks = 7", "tables of the file"),
        (f"{TABLE}".replace("[[own_networks]]", "[own_networks]"), "tables of the file"),
        ('own_networks = ["my-net"]', "Network 1: it is a table"),
        (TABLE + TABLE, "the same name"),
        (TABLE + TABLE.replace('"my-net"', '"rny-net"'), "the same name, or nearly"),
        (TABLE + TABLE.replace('"my-net"', '"other"'), "the same title"),
    ],
)
def test_what_is_no_list_of_networks(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file=file, environment={})
    assert words in caught.value.hint
    assert "geheim" not in caught.value.hint


def test_thirty_two_are_the_most() -> None:
    many = [table(name=f"net-{n:02}x", title=f"Net {n:02} x") for n in range(33)]
    assert len(NodeSettings.model_validate({"own_networks": many[:32]}).own_networks) == 32
    with pytest.raises(ValueError, match="32 networks"):
        NodeSettings.model_validate({"own_networks": many})


def test_saving_one_keeps_the_words_beside_the_others(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        f'# mine\nlog_level = "error"\n{TABLE}# ask Ann about it\nexplorer = "https://scan.example"'
        "\n\n[elsewhere]\nkept = true\n"
    )
    other = table(name="lab", title="Lab", rpc_urls=["https://lab.example"])
    save_settings(file, {"own_networks": [table(chain_id=6), other]})
    text = file.read_text()
    for kept in ("# mine", "# ask Ann about it", "[elsewhere]\nkept = true"):
        assert kept in text
    assert "scan.example" not in text
    save_settings(file, {"network": "lab"})
    found = load_settings(file=file, environment={})
    assert [(item.name, item.chain_id) for item in found.own_networks] == [
        ("my-net", 6),
        ("lab", 5),
    ]
    assert (found.network, found.log_level) == ("lab", "error")


def test_the_last_one_removed_leaves_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'log_level = "error"\n{TABLE}')
    save_settings(file, {"own_networks": [], "network": ""})
    found = load_settings(file=file, environment={})
    assert (found.own_networks, found.log_level) == ((), "error")
    save_settings(file, {"own_networks": [table()]})
    assert load_settings(file=file, environment={}).own_networks[0].name == "my-net"
