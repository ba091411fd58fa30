"""Keeps web pages out: checks of `Host`, `Origin` and `Sec-Fetch-Site` (DNS rebinding, CSRF)."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from node.http_api.refusal import HttpRefusal

HINT = "Web pages may not call this API."
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?", re.ASCII)
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


def is_loopback(host: str) -> bool:
    """Whether a peer or bind address belongs to this computer alone."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRules:
    """Rules of one listener. `wide`: the user bound it to more than this computer on purpose."""

    port: int
    wide: bool = False

    def check(self, peer: str, headers: Mapping[str, str]) -> None:
        """Pass, or raise HttpRefusal: 403 peer, 421 host, 403 origin or site."""
        if not self.wide and not is_loopback(peer):
            raise HttpRefusal(
                403, "only programs on this computer may call", code="api.foreign_peer"
            )
        host = headers.get("host", "")
        if not self._is_own_host(host):
            raise HttpRefusal(421, "unknown host", code="api.wrong_host", hint=HINT)
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            raise HttpRefusal(403, "origin not allowed", code="api.foreign_origin", hint=HINT)
        if headers.get("sec-fetch-site", "").lower() in _FOREIGN_SITES:
            raise HttpRefusal(403, "cross-site request", code="api.foreign_site", hint=HINT)

    def _is_own_host(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        if self.wide:
            return True
        port = int(match[2]) if match[2] else 80
        return match[1].lower() in _OWN_NAMES and port == self.port
