"""Whom we connect to: spellings of endpoints, private ranges, resolvers that lie."""

import pytest

from node.core.clock import SystemClock
from node.core.errors import (
    EndpointRefusedError,
    ProviderTimeoutError,
    ProviderUnreachableError,
)
from node.wire.client import WireClient
from node.wire.endpoints import Endpoint, parse_endpoint, resolve
from tests.support.wire_pair import CONSUMER, PROVIDER


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("provider.example.com:3333", "provider.example.com", 3333),
        ("Provider.Example.com:443", "provider.example.com", 443),
        ("xn--bcher-kva.example:80", "xn--bcher-kva.example", 80),
        ("93.184.216.34:65535", "93.184.216.34", 65535),
        ("[2606:2800:220:1:0:0:0:1]:1024", "2606:2800:220:1::1", 1024),
        ("proxy_router:3333", "proxy_router", 3333),
    ],
)
def test_endpoints_that_are_read(text: str, host: str, port: int) -> None:
    assert parse_endpoint(text) == Endpoint(host, port)


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "host", "host:", ":3333", "host:0", "host:22", "host:1023", "host:65536"),
        *("host:03333", "host:+3333", "host:3333 ", " host:3333", "ho st:3333", "host:\uff13333"),
        *("http://host:3333", "tcp://host:3333", "host/path:3333", "user@host:3333", "host:3333/"),
        *("host.:3333", ".host:3333", "a..b:3333", "-host:3333", "host-:3333", "host%00:3333"),
        *("bücher.example:3333", "host\n:3333", "a" * 64 + ".b:3333", "a." * 130 + "b:3333"),
        *("127.1:3333", "2130706433:3333", "0x7f000001:3333", "0177.0.0.1:3333", "0x7f.1:3333"),
        *("127.0.0.1.:3333", "1.2.3.4.5:3333", "256.1.1.1:3333", "1.2.3:3333", "\u2460.0.0.1:3333"),
        *("::1:3333", "[::1:3333", "::1]:3333", "[fe80::1%eth0]:3333", "[127.0.0.1]:3333"),
        *("host.0x1:3333", "host.123:3333", "[]:3333", "[::g]:3333", "host#x:3333", "host?x:3333"),
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(EndpointRefusedError):
        parse_endpoint(text)


PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "198.18.0.1", "192.0.2.1"),
    "2001:0:7f00:1::80ff:fffe",
]
NEVER = [
    *("0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "fe80::1"),
    *(
        "240.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::",
        "64:ff9b::a9fe:a9fe",
        "::ffff:0.0.0.0",
    ),
]


async def addresses(name: str, found: list[str], *, allow_private: bool = False) -> list[str]:
    async def resolver(host: str, port: int) -> list[str]:
        return found

    return await resolve(
        Endpoint(name, 3333), resolver=resolver, allow_private=allow_private, timeout_s=1
    )


@pytest.mark.parametrize("address", PRIVATE + NEVER)
async def test_no_dial_to_addresses_that_are_not_public(address: str) -> None:
    for name, found in ((address, []), ("host.example", [address])):
        with pytest.raises(EndpointRefusedError):
            await addresses(name, found)


@pytest.mark.parametrize("address", NEVER)
async def test_some_ranges_are_never_dialled(address: str) -> None:
    with pytest.raises(EndpointRefusedError):
        await addresses(address, [], allow_private=True)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "::1", "fc00::1"],
)
async def test_private_ranges_by_setting(address: str) -> None:
    assert await addresses(address, [], allow_private=True) == [address]


async def test_one_private_result_refuses_the_name() -> None:
    with pytest.raises(EndpointRefusedError):
        await addresses("host.example", ["93.184.216.34", "10.0.0.1"])
    both = await addresses("host.example", ["93.184.216.34", "93.184.216.34", "2606:2800::1"])
    assert both == ["93.184.216.34", "2606:2800::1"]


async def test_client_resolves_once_and_dials_nothing_private() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if asked else ["93.184.216.34"]

    client = WireClient(signer=CONSUMER, clock=SystemClock(), resolver=rebinding)
    with pytest.raises(EndpointRefusedError):
        await client.ping("rebind.example:3333", PROVIDER.address)
    assert asked == ["rebind.example"]


async def test_names_that_do_not_resolve() -> None:
    async def failing(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def slow(host: str, port: int) -> list[str]:
        raise TimeoutError

    async def empty(host: str, port: int) -> list[str]:
        return []

    for resolver, error in (
        (failing, ProviderUnreachableError),
        (slow, ProviderTimeoutError),
        (empty, ProviderUnreachableError),
    ):
        with pytest.raises(error):
            await resolve(
                Endpoint("h.example", 3333), resolver=resolver, allow_private=False, timeout_s=1
            )
