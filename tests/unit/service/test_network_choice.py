"""Which servers reach which network."""

from node.chain.networks import PRESETS
from node.core.settings import NodeSettings
from node.service.network_choice import configured_network, network_view

OWN = ("https://rpc.example/v2/key",)


def test_own_servers_count_for_the_network_they_were_entered_for() -> None:
    settings = NodeSettings(rpc_urls=OWN, rpc_network="base")
    assert configured_network("base", settings).rpc_urls == OWN
    sepolia = configured_network("base-sepolia", settings)
    assert sepolia.rpc_urls == PRESETS["base-sepolia"].rpc_urls


def test_servers_without_a_network_count_for_all() -> None:
    settings = NodeSettings(rpc_urls=OWN)
    assert configured_network("base-sepolia", settings).rpc_urls == OWN


def test_a_view_tells_contracts_and_hosts_without_keys() -> None:
    view = network_view(configured_network("base", NodeSettings(rpc_urls=OWN)))
    assert view.hosts == ("rpc.example",)
    assert view.marketplace == "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
    assert view.token == "0x7431aDa8a591C955a994a21710752EF9b882b8e3"
