"""Which permission a route asks for. Kept beside each route, checked before its body is read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from node.http_api.permissions import Permission

KEY = "x-permission"
UPLOAD_KEY = "x-upload"
OPEN = "open"


def needs(permission: Permission, **operation: Any) -> dict[str, Any]:
    """`openapi_extra` of a route: its permission, shown in the document too."""
    return {KEY: permission.value, **operation}


def takes_upload(permission: Permission, **operation: Any) -> dict[str, Any]:
    """`openapi_extra` of a route that reads a multipart form itself, bounded, while it arrives."""
    return {KEY: permission.value, UPLOAD_KEY: True, **operation}


def open_to_all(**operation: Any) -> dict[str, Any]:
    """`openapi_extra` of a route without authentication."""
    return {KEY: OPEN, "security": [], **operation}


class RouteLike(Protocol):
    """The parts of a framework's route that are read here."""

    path_regex: re.Pattern[str]
    methods: set[str] | None
    openapi_extra: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`permission` None with `known` True: open to all. `upload`: multipart forms are taken."""

    known: bool
    permission: Permission | None = None
    upload: bool = False


class AccessTable:
    """Finds the permission of a request by method and path."""

    def __init__(self, routes: Iterable[RouteLike]) -> None:
        self._patterns: list[tuple[re.Pattern[str], frozenset[str], Access]] = []
        for route in routes:
            mark = (route.openapi_extra or {}).get(KEY)
            if mark is None:
                raise ValueError(f"a route without a permission: {route.path_regex.pattern}")
            access = Access(
                known=True,
                permission=None if mark == OPEN else Permission(mark),
                upload=bool((route.openapi_extra or {}).get(UPLOAD_KEY)),
            )
            self._patterns.append((route.path_regex, frozenset(route.methods or ()), access))

    def find(self, method: str, path: str) -> Access:
        for pattern, methods, access in self._patterns:
            if method in methods and pattern.match(path):
                return access
        return Access(known=False)
