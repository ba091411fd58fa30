"""Addresses of servers: those we connect to, and how they may be shown."""

import re
from urllib.parse import urlsplit

from node.core.errors import ConfigError

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def host_only(url: str) -> str:
    """Scheme, host and port of a URL; keys hide in user names, paths and queries."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def checked_rpc_url(url: str) -> str:
    """Return `url` when it is https, or http to this computer.

    Raises:
        ConfigError: another scheme, no host, or plain http over a network.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError("This RPC address cannot be read.", hint="Copy it again.") from error
    if not (text.isascii() and text.isprintable() and _HOST.fullmatch(host)) or " " in text:
        host = ""
    if parts.scheme == "https" and host:
        return text
    if parts.scheme == "http" and host in _LOOPBACK:
        return text
    raise ConfigError(
        "RPC addresses start with https:// (or http:// for this computer).",
        hint="For example https://mainnet.base.org.",
        code="config.rpc_url",
    )
