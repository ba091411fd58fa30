"""Endpoint strings from the chain: one parser for check and use, and the rule whom we connect to.

An endpoint is outside text. It is resolved once, every result is checked, and the connection goes
to one of the very addresses that were checked.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from node.core.errors import EndpointRefusedError, ProviderTimeoutError, ProviderUnreachableError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]

_MAX_LENGTH = 253
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_LOW_PORTS = frozenset({80, 443})
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        *("::1/128", "fc00::/7", "::ffff:127.0.0.0/104", "::ffff:10.0.0.0/104"),
        *("::ffff:172.16.0.0/108", "::ffff:192.168.0.0/112"),
    )
)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`host` is an IP address without brackets or a DNS name in ASCII."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """Read `host:port`, nothing else: no scheme, path, user, odd spelling of numbers, trailing dot.

    Raises:
        EndpointRefusedError: the text is no such endpoint, or the port is not one we use.
    """
    host, separator, port_text = text.rpartition(":")
    if len(text) > _MAX_LENGTH or not separator or not _PORT.fullmatch(port_text):
        raise _malformed()
    port = int(port_text)
    if port > 65_535 or (port < 1024 and port not in _LOW_PORTS):
        raise EndpointRefusedError("The provider's port is not one we connect to.")
    if host.startswith("[") and host.endswith("]"):
        return Endpoint(str(_literal(host[1:-1], ipaddress.IPv6Address)), port)
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return Endpoint(str(_literal(host, ipaddress.IPv4Address)), port)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _malformed()
    return Endpoint(host.lower(), port)


def _literal(text: str, kind: Callable[[str], IpAddress]) -> IpAddress:
    if "%" in text:
        raise _malformed()
    try:
        return kind(text)
    except ValueError as error:
        raise _malformed() from error


def _malformed() -> EndpointRefusedError:
    return EndpointRefusedError(
        "The provider's address on chain is malformed.", hint="Choose another provider."
    )


def _embedded(address: IpAddress) -> IpAddress:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address


def _is_private(address: IpAddress) -> bool:
    return any(address in network for network in _PRIVATE if network.version == address.version)


def check_address(address: IpAddress, *, allow_private: bool) -> None:
    """Refuse what is not public; `allow_private` lets loopback, LAN and VPN ranges pass.

    Raises:
        EndpointRefusedError: the address is in a range we never or (without the setting) not dial.
    """
    for inner in (address, _embedded(address)):
        public = inner.is_global and not inner.is_multicast
        if not (public or (allow_private and _is_private(inner))):
            raise EndpointRefusedError(
                "The provider's address points to a private network.",
                hint="Choose another provider, or allow private providers in the settings.",
                code="provider.endpoint_private",
            )


async def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of `host` by the operating system. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


async def resolve(
    endpoint: Endpoint, *, resolver: Resolver, allow_private: bool, timeout_s: float
) -> list[str]:
    """Addresses to dial, in the resolver's order, without repeats.

    Raises:
        EndpointRefusedError: at least one address is in a range we do not dial.
        ProviderUnreachableError: the name does not resolve.
    """
    names = [endpoint.host]
    if _is_name(endpoint.host):
        try:
            async with asyncio.timeout(timeout_s):
                names = await resolver(endpoint.host, endpoint.port)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                "The provider's name could not be looked up in time."
            ) from error
        except OSError as error:
            raise ProviderUnreachableError("The provider's name does not exist.") from error
    unique = list(dict.fromkeys(names))
    for name in unique:
        check_address(ipaddress.ip_address(name), allow_private=allow_private)
    if not unique:
        raise ProviderUnreachableError("The provider's name does not exist.")
    return unique


def _is_name(host: str) -> bool:
    return ":" not in host and not _NUMERIC.fullmatch(host.rsplit(".", 1)[-1])
