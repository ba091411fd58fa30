"""What is said of servers: no key of an address is ever shown."""

import pytest

from morpheus_desktop.pages.wallet.networks.words import (
    age_words,
    chain_words,
    lag_words,
    masked_host,
    state_words,
    trust_words,
)
from node.service.dto import ChainEndpoint, RpcServers
from tests.fakes import sample_data, sample_servers

BASE = sample_data.networks()[0]


def endpoint(**changes: object) -> ChainEndpoint:
    return sample_servers.endpoint("rpc.example").model_copy(update=changes)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("rpc.example", "rpc.example"),
        ("https://ada:key@rpc.example:8545/v2/abcdef?key=1", "rpc.example:8545"),
        ("rpc.example/v2/abcdef", "rpc.example"),
        ("https://rpc.example#abcdef\nX", "rpc.example"),
        ("this program", "this program"),
    ],
)
def test_only_hosts_are_shown(given: str, shown: str) -> None:
    assert masked_host(given) == shown


@pytest.mark.parametrize(
    ("changes", "words", "dot"),
    [
        ({}, "In use", "ok"),
        ({"in_use": False}, "Ready", "ok"),
        ({"state": "untried"}, "Not asked yet", "off"),
        ({"state": "wrong_chain"}, "This server is not Base. It is not used.", "fail"),
        ({"state": "rate_limited", "rest_s": 12.5}, "Asks for a pause, again in 12", "part"),
        ({"state": "behind"}, "Behind the chain", "part"),
        ({"state": "disagrees"}, "Tells something else", "fail"),
        ({"state": "failing", "reason": "It is silent."}, "It is silent", "fail"),
        ({"state": "failing", "reason": ""}, "Does not answer", "fail"),
    ],
)
def test_every_state_has_words_and_a_shape(
    changes: dict[str, object], words: str, dot: str
) -> None:
    said, shape, _role = state_words(endpoint(**changes), "Base")
    assert said.startswith(words)
    assert shape == dot


def test_a_server_that_lags_is_marked() -> None:
    assert lag_words(endpoint(lag=0)) == ("newest", "text3")
    assert lag_words(endpoint(lag=2)) == ("2 behind", "text3")
    assert lag_words(endpoint(lag=240)) == ("240 behind", "warning")
    assert lag_words(endpoint(lag=None)) == ("", "text3")


def test_another_chain_is_marked() -> None:
    assert chain_words(endpoint(), BASE) == ("8453", "check", "text2")
    assert chain_words(endpoint(chain_id=1), BASE) == ("1", "x-circle", "danger")
    assert chain_words(endpoint(chain_id=None), BASE)[0] == "not checked"


def test_what_amounts_rest_on() -> None:
    three = sample_servers.servers()
    asked = tuple(endpoint() for _ in three.servers)
    assert trust_words(three, asked)[0].startswith("3 of 3 operators can be asked.")
    silent = (asked[0], *(endpoint(state="failing") for _ in range(2)))
    words, role = trust_words(three, silent)
    assert words.startswith("Only 1 of 3 operators")
    assert role == "danger"
    own = sample_servers.servers(("https://rpc.example/key", "https://two.rpc.example"))
    words, role = trust_words(own, asked[:2])
    assert "as one server tells them" in words
    assert role == "warning"
    assert trust_words(RpcServers(), ())[1] == "warning"


def test_ages() -> None:
    assert age_words(1) == "Figures of just now"
    assert age_words(12) == "Figures of 12\u00a0s ago"
    assert age_words(130) == "Figures of 2\u00a0min ago"
