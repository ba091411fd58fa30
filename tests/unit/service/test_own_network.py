"""From what was entered to what the node opens."""

from typing import Any

import pytest
from pydantic import SecretStr

from node.chain.networks import BASE, BASE_SEPOLIA, FEE_CAP, MULTICALL3
from node.core.errors import ConfigError, UserInputError
from node.core.ids import Address, TxHash
from node.core.settings import NodeSettings, OwnNetwork
from node.core.units import Eth
from node.service.dto import NetworkDraft
from node.service.network_choice import all_views, configured_network, network_view
from node.service.network_switch import claim_rule, fill_rule, with_fee_cap
from node.service.own_network import entry_of, network_of, notes_on

MARKET, TOKEN = Address(bytes([1]) * 20).checksum, Address(bytes([2]) * 20).checksum
SERVER = "https://rpc.example/v2/geheim"


def draft(**changes: Any) -> NetworkDraft:
    values: dict[str, Any] = {
        "name": "my-net",
        "title": "My net",
        "chain_id": 5,
        "marketplace": MARKET,
        "token": TOKEN,
        "rpc_urls": (SecretStr(SERVER),),
        **changes,
    }
    return NetworkDraft(**values)


def settings(*entries: OwnNetwork, **others: Any) -> NodeSettings:
    return NodeSettings(own_networks=entries, **others)


def test_what_was_entered_becomes_a_network() -> None:
    entry = entry_of(draft(title=" My  net ", marketplace=MARKET.lower(), explorer="https://s.ex/"))
    network = network_of(entry)
    assert (network.key, network.title, network.chain_id) == ("my-net", "My net", 5)
    assert (network.marketplace.checksum, network.token.checksum) == (MARKET, TOKEN)
    assert network.rpc_urls == (SERVER,)
    assert network.multicall is None
    page = network.transaction_page(TxHash(bytes([1]) * 32))
    assert page == "https://s.ex/tx/0x" + "01" * 32
    assert "geheim" not in repr(entry)


@pytest.mark.parametrize(
    ("explorer", "page"),
    [
        ("", ""),
        ("https://s.ex/tx/", "https://s.ex/tx/{hash}"),
        ("https://s.ex/t/{hash}/view", "https://s.ex/t/{hash}/view"),
    ],
)
def test_the_page_of_a_transaction(explorer: str, page: str) -> None:
    assert network_of(entry_of(draft(explorer=explorer))).explorer_tx == page


def test_without_a_short_name_the_title_makes_one() -> None:
    assert entry_of(draft(name="", title="Büro (Ost)")).name == "buro-ost"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "base"}, "name"),
        ({"title": "Base"}, "title"),
        ({"title": ""}, "title"),
        ({"chain_id": 0}, "chain_id"),
        ({"marketplace": "0x12"}, "marketplace"),
        ({"token": "0x12"}, "token"),
        ({"token": MARKET}, "token"),
        ({"rpc_urls": ()}, "rpc_urls"),
        ({"rpc_urls": (SecretStr("http://rpc.example/geheim"),)}, "rpc_urls"),
        ({"explorer": "scan"}, "explorer"),
    ],
)
def test_the_field_that_breaks_a_rule_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(UserInputError) as caught:
        entry_of(draft(**changes))
    assert caught.value.details["field"] == field
    assert "geheim" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("known", [BASE, BASE_SEPOLIA])
def test_the_marketplace_of_the_program_is_not_added_again(known: Any) -> None:
    with pytest.raises(ConfigError, match=f"the marketplace of {known.title}") as caught:
        entry_of(draft(chain_id=known.chain_id, marketplace=known.marketplace.checksum))
    assert caught.value.details["field"] == "marketplace"


@pytest.mark.parametrize("chain_id", [1, 10, 137, 8453, 42161])
def test_where_money_is_real_nobody_calls_it_a_test(chain_id: int) -> None:
    with pytest.raises(ConfigError, match="no test network") as caught:
        entry_of(draft(chain_id=chain_id, is_test=True))
    assert caught.value.details["field"] == "is_test"
    assert not network_of(entry_of(draft(chain_id=chain_id))).is_test


def test_what_should_be_known_before() -> None:
    """A contract of a stranger that takes real MOR above all."""
    strange = entry_of(draft(chain_id=8453, token=BASE.token.checksum), multicall=MULTICALL3)
    chain, mor = notes_on(strange)
    assert "the chain of Base" in chain
    assert "takes the MOR of Base" in mor
    assert len(notes_on(entry_of(draft(chain_id=8453), multicall=MULTICALL3))) == 1
    assert "so has the demo" in notes_on(entry_of(draft(chain_id=31337), multicall=MULTICALL3))[0]
    assert notes_on(entry_of(draft(), multicall=MULTICALL3)) == ()
    assert "one by one" in notes_on(entry_of(draft()))[0]


def test_guards_hold_as_on_the_programs_networks() -> None:
    """For a network whose money is real, the local test chain's id included."""
    for chain_id in (5, 8453, 31337):
        network = network_of(entry_of(draft(chain_id=chain_id)))
        kept = settings(max_fee_eth="0.001", auto_claim_fee_percent=7, free_nonce_max_fee="0.00003")
        assert with_fee_cap(network, kept).fee_cap == Eth(10**15)
        assert claim_rule(network, kept).fee_percent == 7
        assert fill_rule(network, kept).most == Eth(3 * 10**13)
    play = network_of(entry_of(draft(is_test=True)))
    assert with_fee_cap(play, settings(max_fee_eth="0.001")).fee_cap == FEE_CAP


def test_it_is_found_by_name_with_its_own_servers_only() -> None:
    entry = entry_of(draft())
    others = {"rpc_urls": ("https://other.example",)}
    assert configured_network("my-net", settings(entry, **others)).rpc_urls == (SERVER,)
    assert configured_network("base", settings(entry)).key == "base"
    with pytest.raises(ConfigError) as caught:
        configured_network("their-net", settings(entry))
    assert "my-net" in caught.value.hint
    with pytest.raises(ConfigError, match="chain 6"):
        configured_network("my-net", settings(entry, chain_id=6))


def test_views_tell_whose_it_is() -> None:
    views = {item.name: item for item in all_views(settings(entry_of(draft())), start="")}
    assert list(views) == ["demo", "base", "base-sepolia", "arbitrum", "my-net"]
    own = views["my-net"]
    assert (own.is_custom, own.is_removable, own.is_test) == (True, True, False)
    assert own.hosts == ("rpc.example",)
    assert "geheim" not in str(own)
    assert not any(
        views[name].is_custom or views[name].is_removable for name in views if name != "my-net"
    )


def test_one_that_cannot_be_is_shown_but_cannot_be_chosen() -> None:
    """A table written by hand that claims the marketplace of Base."""
    values = draft(chain_id=8453, marketplace=BASE.marketplace.checksum).model_dump()
    entry = OwnNetwork(**{**values, "rpc_urls": (SERVER,)})
    (view,) = [item for item in all_views(settings(entry), start="") if item.name == "my-net"]
    assert (view.hosts, view.is_removable, view.is_custom) == ((), True, True)
    with pytest.raises(ConfigError, match="the marketplace of Base"):
        configured_network("my-net", settings(entry))
    assert network_view(BASE).is_custom is False
