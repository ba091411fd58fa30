"""Base of all expected failures."""

from collections.abc import Mapping
from typing import Any, ClassVar


class NodeError(Exception):
    """Base of all expected failures.

    `retryable` tells whether the same call may succeed later unchanged.
    """

    default_code: ClassVar[str] = "node.error"
    default_hint: ClassVar[str] = ""
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "",
        retryable: bool | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.code = code or self.default_code
        self.retryable = self.default_retryable if retryable is None else retryable
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return self.message
