"""Refusals that exist in HTTP only: who calls, from where, and how the request is built."""

from collections.abc import Mapping

from node.core.errors import NodeError


class HttpRefusal(NodeError):
    """An answer with a status of its own; `headers` go with it."""

    default_code = "api.refused"

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.status = status
        self.headers = dict(headers or {})
