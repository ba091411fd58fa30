"""Addresses of servers as they may be shown."""

from urllib.parse import urlsplit


def host_only(url: str) -> str:
    """Scheme, host and port of a URL; keys hide in user names, paths and queries."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
