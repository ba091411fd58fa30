"""Carries an expected failure to another process of this program and raises it there unchanged."""

from typing import Any

from node.core import errors
from node.core.errors import InternalError, NodeError

_BASE = frozenset({"message", "hint", "code", "retryable", "details"})
_PLAIN = (str, int, float, bool, type(None))


def error_to_json(error: NodeError) -> dict[str, Any]:
    """Class, text and code; members of single classes (`tried`, `body`, …) too. `details` stay."""
    return {
        "class": _known_class(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "code": error.code,
        "retryable": error.retryable,
        "members": {
            name: value
            for name, value in vars(error).items()
            if name not in _BASE and _is_json(value)
        },
    }


def error_from_json(value: Any) -> NodeError:
    """The failure again, of the class it had. Anything malformed is an InternalError."""
    kind = getattr(errors, str(value.get("class")), None) if isinstance(value, dict) else None
    if not isinstance(kind, type) or not issubclass(kind, NodeError):
        return InternalError("The running node answered something unknown.")
    error = kind.__new__(kind)
    NodeError.__init__(
        error,
        str(value.get("message", "")),
        hint=str(value.get("hint", "")),
        code=str(value.get("code", "")),
        retryable=bool(value.get("retryable")),
    )
    members = value.get("members")
    for name, member in members.items() if isinstance(members, dict) else ():
        setattr(error, name, member)
    return error


def _known_class(error: NodeError) -> type[NodeError]:
    """The nearest class of the error tree that both sides have."""
    for kind in type(error).__mro__:
        known: type[NodeError] | None = getattr(errors, kind.__name__, None)
        if known is kind:
            return known
    return NodeError


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_is_json(item) for item in value)
    return isinstance(value, _PLAIN)
