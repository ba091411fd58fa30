import pytest

from node.chain.networks import (
    BASE,
    DEMO_CHAIN_ID,
    PRESETS,
    by_chain_id,
    custom_network,
    demo_network,
)
from node.core.errors import ConfigError
from node.core.ids import Address, TxHash
from node.core.units import Eth

MARKET, TOKEN = Address(bytes(19) + b"\x01"), Address(bytes(19) + b"\x02")


def test_presets_are_whole():
    assert {item.chain_id for item in PRESETS.values()} == {8453, 84532, 42161}
    for key, network in PRESETS.items():
        assert network.key == key
        assert network.marketplace != network.token
        assert network.fee_cap == Eth(2 * 10**15)
        assert all(url.startswith("https://") for url in network.rpc_urls)
    assert len(BASE.rpc_urls) >= 3
    assert BASE.marketplace.checksum == "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"


def test_the_page_of_a_transaction():
    page = BASE.transaction_page(TxHash(bytes([1]) * 32))
    assert page == "https://basescan.org/tx/0x" + "01" * 32
    assert demo_network(marketplace=MARKET, token=TOKEN).transaction_page(TxHash(bytes(32))) == ""


def test_a_custom_network_on_a_known_chain_borrows_its_endpoints():
    network = custom_network(chain_id=8453, marketplace=MARKET, token=TOKEN, rpc_urls=[])
    assert network.rpc_urls == BASE.rpc_urls
    assert network.marketplace == MARKET
    assert by_chain_id(8453) is BASE
    assert by_chain_id(5) is None


def test_a_local_chain_is_a_test_network_with_a_higher_fee_cap():
    network = custom_network(
        chain_id=DEMO_CHAIN_ID, marketplace=MARKET, token=TOKEN, rpc_urls=["http://127.0.0.1:8545"]
    )
    assert network.is_test
    assert network.fee_cap > BASE.fee_cap


@pytest.mark.parametrize(
    "bad",
    [
        {"chain_id": 5, "rpc_urls": []},
        {"chain_id": 0, "rpc_urls": ["https://a.example"]},
        {"chain_id": 5, "rpc_urls": ["http://a.example"]},
        {"chain_id": 5, "rpc_urls": ["http://127.0.0.1.a.example"]},
        {"chain_id": 5, "rpc_urls": ["file:///etc/passwd"]},
        {"chain_id": 5, "rpc_urls": ["https://a.example:99999"]},
        {"chain_id": 5, "rpc_urls": ["https://a example"]},
        {"chain_id": 5, "rpc_urls": ["https://a.example/\x00"]},
    ],
)
def test_networks_that_cannot_be(bad):
    with pytest.raises(ConfigError):
        custom_network(marketplace=MARKET, token=TOKEN, **bad)


def test_other_endpoints_are_checked():
    assert BASE.with_rpc_urls([" https://a.example "]).rpc_urls == ("https://a.example",)
    with pytest.raises(ConfigError):
        BASE.with_rpc_urls(["http://a.example"])
