"""Opening a node: folders, locks, networks, settings, wallets."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from node.core.errors import (
    AlreadyRunningError,
    ConfigError,
    NoTargetError,
    NotSupportedError,
    WalletExistsError,
    WrongPasswordError,
)
from node.core.settings import load_settings
from node.service.dto import CreateWallet, ImportWallet
from node.service.local import LocalNode, open_node
from node.service.network_choice import configured_network, start_network
from tests.unit.service.conftest import node_options

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PASSWORD = "correct horse battery staple"


async def test_a_node_runs_without_a_network(bare_node: LocalNode) -> None:
    status = await bare_node.system.status()
    assert status.network is None
    assert (await bare_node.wallet.status()).kind == "none"
    assert await bare_node.local.models() == ()
    assert (await bare_node.local.hardware()).memory_total > 0
    with pytest.raises(NoTargetError) as caught:
        await bare_node.market.models()
    assert caught.value.code == "node.no_network"


async def test_one_node_per_folder(tmp_path: Path) -> None:
    async with open_node(node_options(tmp_path)):
        with pytest.raises(AlreadyRunningError):
            async with open_node(node_options(tmp_path)):
                raise AssertionError("two nodes in one folder")
    async with open_node(node_options(tmp_path)) as node:
        assert await node.chat.chats() == ()


async def test_networks_are_switched_and_a_wrong_name_keeps_the_present_one(
    tmp_path: Path,
) -> None:
    async with open_node(node_options(tmp_path)) as node:
        assert {item.name for item in await node.system.networks()} >= {"demo", "base"}
        first = await node.system.select_network("demo")
        assert first.network is not None
        assert first.network.is_demo
        with pytest.raises(ConfigError):
            await node.system.select_network("atlantis")
        status = await node.system.status()
        assert status.network is not None
        assert status.demo is not None
        assert (await node.wallet.status()).kind == "memory"


async def test_time_stands_on_a_real_network(tmp_path: Path) -> None:
    environment = {
        "ETH_NODE_ADDRESS": "http://127.0.0.1:9",
        "ETH_NODE_CHAIN_ID": "31337",
        "DIAMOND_CONTRACT_ADDRESS": ADDRESS,
        "MOR_TOKEN_ADDRESS": ADDRESS,
    }
    async with open_node(node_options(tmp_path, **environment)) as node:
        with pytest.raises(NotSupportedError):
            await node.system.skip_to_midnight()


BASE_ADDRESSES = {
    "DIAMOND_CONTRACT_ADDRESS": "0x6aBE1d282f72B474E54527D93b979A4f64d3030a",
    "MOR_TOKEN_ADDRESS": "0x7431aDa8a591C955a994a21710752EF9b882b8e3",
}


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, ""),
        ({"MORPHEUS_NETWORK": "base"}, "base"),
        ({"ETH_NODE_CHAIN_ID": "84532"}, "base-sepolia"),
        ({"DIAMOND_CONTRACT_ADDRESS": ADDRESS}, "custom"),
        ({"ETH_NODE_CHAIN_ID": "8453", "DIAMOND_CONTRACT_ADDRESS": ADDRESS}, "custom"),
        ({"ETH_NODE_CHAIN_ID": "8453", **BASE_ADDRESSES}, "base"),
    ],
)
def test_the_network_at_start(environment: dict[str, str], name: str) -> None:
    assert start_network(load_settings(file=None, environment=environment)) == name


def test_a_chain_id_that_contradicts_the_network_is_refused() -> None:
    settings = load_settings(file=None, environment={"ETH_NODE_CHAIN_ID": "1"})
    with pytest.raises(ConfigError):
        configured_network("base", settings)


@pytest.mark.parametrize(
    "name", ["DIAMOND_CONTRACT_ADDRESS", "MOR_TOKEN_ADDRESS", "MULTICALL3_ADDR"]
)
def test_an_address_that_is_none_is_named(name: str) -> None:
    environment = {
        "ETH_NODE_CHAIN_ID": "31337",
        "ETH_NODE_ADDRESS": "http://127.0.0.1:9",
        **BASE_ADDRESSES,
        name: "0x12",
    }
    with pytest.raises(ConfigError, match=name):
        configured_network("custom", load_settings(file=None, environment=environment))


def test_a_custom_network_needs_its_addresses() -> None:
    with pytest.raises(ConfigError) as caught:
        configured_network("custom", load_settings(file=None, environment={}))
    assert "DIAMOND_CONTRACT_ADDRESS" in caught.value.hint


async def test_a_wallet_is_made_locked_and_unlocked(tmp_path: Path) -> None:
    async with open_node(node_options(tmp_path)) as node:
        made = await node.wallet.create(CreateWallet(words=24, password=SecretStr(PASSWORD)))
        assert len(made.phrase.get_secret_value().split()) == 24
        assert not (await node.wallet.status()).locked
        assert (await node.wallet.lock()).locked
        with pytest.raises(WrongPasswordError):
            await node.wallet.unlock("wrong")
        assert (await node.wallet.status()).locked
        with pytest.raises(WalletExistsError):
            await node.wallet.import_(
                ImportWallet(private_key=SecretStr(KEY), password=SecretStr(PASSWORD))
            )


async def test_the_key_of_this_run_is_never_written_down(tmp_path: Path) -> None:
    async with open_node(node_options(tmp_path, WALLET_PRIVATE_KEY=KEY)) as node:
        status = await node.wallet.status()
        assert (status.kind, status.address) == ("memory", ADDRESS)
    assert _files_with(tmp_path, KEY[2:].encode()) == []


def _files_with(folder: Path, secret: bytes) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in files if secret in path.read_bytes()]


async def test_settings_are_saved_used_and_survive(tmp_path: Path) -> None:
    async with open_node(node_options(tmp_path)) as node:
        fields = {field.name: field for field in await node.system.settings()}
        assert fields["store_chats"].value is True
        saved = await node.system.set_settings({"store_chats": False, "idle_timeout_s": 30})
        assert {field.name: field.value for field in saved}["store_chats"] is False
        with pytest.raises(ConfigError):
            await node.system.set_settings({"idle_timeout_s": -1})
        with pytest.raises(ConfigError):
            await node.system.set_settings({"nonsense": 1})
        assert node.settings.current.idle_timeout_s == 30
    again = load_settings(file=tmp_path / "config" / "settings.toml", environment={})
    assert (again.store_chats, again.idle_timeout_s) == (False, 30)


async def test_hosting_opens_the_port_only_for_models_of_the_chain(tmp_path: Path) -> None:

    config = tmp_path / "models-config.json"
    local_only = [
        {"modelId": "0x" + "0" * 64, "modelName": "g", "apiType": "guide"},
    ]
    config.write_text(json.dumps({"models": local_only}))
    options = node_options(tmp_path, MORPHEUS_NETWORK="demo", MODELS_CONFIG_PATH=str(config))
    async with open_node(replace(options, hosting=True)) as node:
        assert (await node.provider.status()).listening == ""


async def test_a_broken_models_file_stops_the_start_with_its_name(tmp_path: Path) -> None:
    config = tmp_path / "models-config.json"
    config.write_text("{")
    with pytest.raises(ConfigError) as caught:
        async with open_node(node_options(tmp_path, MODELS_CONFIG_PATH=str(config))):
            raise AssertionError("a broken file was accepted")
    assert "models-config.json" in caught.value.message
