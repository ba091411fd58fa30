"""Chain servers of the fake node."""

from collections.abc import Sequence

from pydantic import SecretStr

from node.core.web_address import host_only
from node.service.dto import ChainEndpoint, DoctorFinding, RpcServer, RpcServers

PUBLIC = (
    "https://mainnet.base.org",
    "https://base-rpc.publicnode.com",
    "https://1rpc.io/base",
)


def server(url: str) -> RpcServer:
    host = host_only(url).partition("://")[2]
    operator = ".".join(host.split(".")[-2:])
    return RpcServer(url=SecretStr(url), host=host, operator=operator)


def servers(urls: Sequence[str] = ()) -> RpcServers:
    """With the public ones when none are given."""
    public = tuple(server(url) for url in PUBLIC)
    used = tuple(server(url) for url in urls) or public
    return RpcServers(servers=used, public=public, own=tuple(urls) not in ((), PUBLIC))


def endpoints_of(chosen: RpcServers) -> tuple[ChainEndpoint, ...]:
    """Just opened: the first was asked, the others not yet."""
    return tuple(
        endpoint(item.host, asked=not number) for number, item in enumerate(chosen.servers)
    )


def endpoint(name: str, *, asked: bool = True) -> ChainEndpoint:
    return ChainEndpoint(
        name=name,
        state="ready" if asked else "untried",
        in_use=asked,
        latency_ms=61 if asked else None,
        error_permille=0,
        height=38_211_905 if asked else None,
        lag=0 if asked else None,
        chain_id=8453 if asked else None,
        reason="",
        rest_s=0.0,
    )


def in_process() -> tuple[ChainEndpoint, ...]:
    """The demo's chain."""
    return (endpoint("this program").model_copy(update={"chain_id": None, "latency_ms": None}),)


def good_clock() -> DoctorFinding:
    return DoctorFinding(name="clock", ok=True, message="2 s apart from the newest block.")
