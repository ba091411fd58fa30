"""Addresses of an OpenAI-compatible server: what the user typed turned into full URLs."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from node.core.errors import ConfigError

_CHAT = "/chat/completions"
_EMBEDDINGS = "/embeddings"
_SPEECH = "/audio/speech"
_TRANSCRIPTIONS = "/audio/transcriptions"
_MODELS = "/models"
_MESSAGES = "/messages"
_VERSION_AT_END = re.compile(r"/v\d+(beta\d*)?$")
# Cloud metadata services; reachable from virtual machines and full of credentials.
_METADATA_NETWORKS = tuple(
    ipaddress.ip_network(network) for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUrls:
    chat: str
    embeddings: str
    speech: str
    transcriptions: str
    models: str


def server_urls(url: str) -> ServerUrls:
    """Work out the addresses from a base URL or from a full one.

    `http://host:8080`, `http://host:8080/v1` and `http://host:8080/v1/chat/completions` mean the
    same server. Any other path is taken as it stands, whatever the model is asked for: it serves
    the one kind of request that its owner chose.

    Raises:
        ConfigError: no http(s) URL, credentials inside it, or a cloud metadata address.
    """
    parts = _checked(url.strip())
    path = parts.path.rstrip("/")
    for ending in (_CHAT, _EMBEDDINGS, _SPEECH, _TRANSCRIPTIONS, _MODELS):
        if path.endswith(ending):
            return _from_base(parts, path.removesuffix(ending))
    if not path:
        return _from_base(parts, "/v1")
    if _VERSION_AT_END.search(path):
        return _from_base(parts, path)
    whole = _with_path(parts, parts.path)
    return ServerUrls(
        chat=whole,
        embeddings=whole,
        speech=whole,
        transcriptions=whole,
        models=_with_path(parts, path + _MODELS),
    )


def messages_url(url: str) -> str:
    """Address of Anthropic's Messages API from a base URL or from the full one.

    Raises ConfigError as `server_urls`.
    """
    parts = _checked(url.strip())
    path = parts.path.rstrip("/")
    if not path:
        return _with_path(parts, "/v1" + _MESSAGES)
    if _VERSION_AT_END.search(path):
        return _with_path(parts, path + _MESSAGES)
    return _with_path(parts, parts.path)


def _from_base(parts: SplitResult, base: str) -> ServerUrls:
    return ServerUrls(
        chat=_with_path(parts, base + _CHAT),
        embeddings=_with_path(parts, base + _EMBEDDINGS),
        speech=_with_path(parts, base + _SPEECH),
        transcriptions=_with_path(parts, base + _TRANSCRIPTIONS),
        models=_with_path(parts, base + _MODELS),
    )


def _with_path(parts: SplitResult, path: str) -> str:
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _bad_url("it cannot be read") from error
    if parts.scheme not in ("http", "https") or not host:
        raise _bad_url("it must start with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise _bad_url("keys do not belong into it; use the key field")
    if any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise _bad_url("it holds blanks or control characters")
    if not url.isascii():
        raise _bad_url("write it in plain ASCII")
    if is_metadata_address(host):
        raise _bad_url("this address belongs to the machine's own infrastructure")
    return parts


def is_metadata_address(host: str) -> bool:
    """Whether `host` is an address (not a name) of link-local or metadata services."""
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in _METADATA_NETWORKS)


def _bad_url(reason: str) -> ConfigError:
    return ConfigError(
        f"This address of a model server cannot be used: {reason}.",
        hint="Example: http://127.0.0.1:8080/v1",
        code="config.backend_url",
    )
