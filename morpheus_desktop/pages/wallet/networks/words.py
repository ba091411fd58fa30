"""How networks and servers are written."""

import re

from morpheus_desktop import formats
from morpheus_desktop.widgets.chips import DotState
from node.service.dto import ChainEndpoint, NetworkView, RpcServers

LAG_SHOWN = 15
"""So many blocks behind the others are too many; a few are the way of the network."""
_USABLE = ("ready", "untried")
_HIDDEN = re.compile(r"(?P<host>[^/?#\r\n]*).*", re.DOTALL)


def masked_host(name: str) -> str:
    """Host and port only, whatever was handed over: paths and users may hold access keys."""
    text = name.partition("://")[2] or name
    host = _HIDDEN.fullmatch(text)
    return host["host"].rpartition("@")[2] if host is not None else ""


def state_words(endpoint: ChainEndpoint, title: str) -> tuple[str, DotState, str]:
    """State of a server, as (words, dot, colour role of the words)."""
    if endpoint.state == "ready":
        return ("In use" if endpoint.in_use else "Ready", "ok", "text3")
    if endpoint.state == "untried":
        return "Not asked yet", "off", "text3"
    if endpoint.state == "wrong_chain":
        return f"This server is not {title}. It is not used.", "fail", "danger"
    again = f", again in {endpoint.rest_s:.0f}{formats.NBSP}s" if endpoint.rest_s >= 1 else ""
    if endpoint.state == "rate_limited":
        return f"Asks for a pause{again}", "part", "warning"
    if endpoint.state == "behind":
        return f"Behind the chain{again}", "part", "warning"
    if endpoint.state == "disagrees":
        return f"Tells something else than the others{again}", "fail", "danger"
    reason = endpoint.reason.rstrip(".") or "Does not answer"
    return f"{reason}{again}", "fail", "danger"


def height_words(height: int) -> str:
    """`38 211 904`, with thin gaps."""
    return f"{height:,}".replace(",", formats.THIN)


def lag_words(endpoint: ChainEndpoint) -> tuple[str, str]:
    """How far behind, as (words, colour role)."""
    if endpoint.lag is None:
        return "", "text3"
    if not endpoint.lag:
        return "newest", "text3"
    return f"{endpoint.lag} behind", "warning" if endpoint.lag > LAG_SHOWN else "text3"


def chain_words(endpoint: ChainEndpoint, network: NetworkView) -> tuple[str, str, str]:
    """Whether it is the right chain, as (words, icon, colour role)."""
    if endpoint.chain_id is None:
        return "not checked", "", "text3"
    if endpoint.chain_id == network.chain_id:
        return str(endpoint.chain_id), "check", "text2"
    return str(endpoint.chain_id), "x-circle", "danger"


def operators_of(servers: RpcServers, endpoints: tuple[ChainEndpoint, ...]) -> tuple[int, int]:
    """How many operators there are, and how many of them can be asked now."""
    pairs = list(zip(servers.servers, endpoints, strict=False))
    usable = {server.operator for server, item in pairs if item.state in _USABLE}
    return len({server.operator for server in servers.servers}), len(usable)


def trust_words(servers: RpcServers, endpoints: tuple[ChainEndpoint, ...]) -> tuple[str, str]:
    """What amounts rest on, as (words, colour role)."""
    operators, usable = operators_of(servers, endpoints)
    if operators < servers.quorum_from:
        known = "One operator" if operators == 1 else f"{operators} operators"
        return (
            f"{known}: amounts are believed as one server tells them. With"
            f" {servers.quorum_from} they are compared.",
            "warning",
        )
    if usable < 2:
        return (
            f"Only {usable} of {operators} operators is in order now. Amounts need two that say the"
            " same; until then nothing is signed.",
            "danger",
        )
    return (
        f"{usable} of {operators} operators can be asked. An amount counts when two of them say"
        " the same.",
        "text2",
    )


def age_words(seconds: int) -> str:
    if seconds < 3:
        return "Figures of just now"
    if seconds < 60:
        return f"Figures of {seconds}{formats.NBSP}s ago"
    return f"Figures of {seconds // 60}{formats.NBSP}min ago"
