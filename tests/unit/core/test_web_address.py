"""Addresses are shown without what may be a key."""

import pytest

from node.core.web_address import host_only


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://rpc.example/v2/secret", "https://rpc.example"),
        ("https://user:secret@rpc.example:8545/?key=secret", "https://rpc.example:8545"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("https://rpc.example#secret", "https://rpc.example"),
        ("http://a:notaport/secret", ""),
        ("http://[secret", ""),
    ],
)
def test_only_scheme_host_and_port_are_left(url: str, shown: str) -> None:
    assert host_only(url) == shown
