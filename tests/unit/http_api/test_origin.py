"""Host, origin and site: what a browser of a foreign page sends never passes."""

import pytest

from node.http_api.origin import OriginRules, is_loopback
from node.http_api.refusal import HttpRefusal

RULES = OriginRules(port=8082)


def status(rules: OriginRules = RULES, peer: str = "127.0.0.1", **headers: str) -> int:
    given = {"host": "127.0.0.1:8082"} | {name.replace("_", "-"): headers[name] for name in headers}
    try:
        rules.check(peer, given)
    except HttpRefusal as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8082", "localhost:8082", "LocalHost:8082", "[::1]:8082"]
)
def test_own_hosts_pass(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example:8082",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost:8083",
        "127.0.0.1.evil.example:8082",
        "localhost.evil.example:8082",
        "127.0.0.2:8082",
        "2130706433:8082",
        "0x7f.1:8082",
        "0.0.0.0:8082",
        "[::ffff:127.0.0.1]:8082",
        "user@127.0.0.1:8082",
        "127.0.0.1:8082, evil.example",
        "127.0.0.1:8082/x",
        "localhost.:8082",
        "127.0.0.1:08082x",
    ],
)
def test_foreign_hosts_are_misdirected(host: str) -> None:
    assert status(host=host) == 421


def test_the_default_port_may_be_left_out() -> None:
    assert status(OriginRules(port=80), host="localhost") == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://evil.example:8082",
        "https://127.0.0.1:8082",
        "http://127.0.0.1:8083",
        "http://localhost:8082",
        "http://127.0.0.1:8082.evil.example",
        "chrome-extension://abc",
        "file://",
    ],
)
def test_foreign_origins_are_forbidden(origin: str) -> None:
    assert status(origin=origin) == 403


def test_our_own_page_passes() -> None:
    assert status(origin="http://127.0.0.1:8082", sec_fetch_site="same-origin") == 200
    assert status(sec_fetch_site="none") == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site"])
def test_foreign_sites_are_forbidden(site: str) -> None:
    assert status(sec_fetch_site=site) == 403


@pytest.mark.parametrize("peer", ["192.168.1.5", "10.0.0.1", "8.8.8.8", "fe80::1", "", "x"])
def test_other_computers_are_refused_unless_the_user_bound_wide(peer: str) -> None:
    assert status(peer=peer) == 403
    assert status(OriginRules(port=8082, wide=True), peer=peer, host="node.example:9000") == 200


def test_a_wide_node_still_refuses_foreign_origins() -> None:
    wide = OriginRules(port=8082, wide=True)
    assert status(wide, host="node.example:9000", origin="https://evil.example") == 403
    assert status(wide, host="node.example:9000", origin="http://node.example:9000") == 200
    assert status(wide, host="no host") == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)
