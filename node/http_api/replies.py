"""Bodies of answers: JSON with exact integers, and the two shapes of errors."""

import json
from dataclasses import dataclass
from typing import Any

import orjson

from node.core.errors import (
    BackendRefusedError,
    InternalError,
    NodeError,
    NoProviderError,
    ProviderModelError,
)
from node.http_api.refusal import HttpRefusal
from node.http_api.statuses import openai_type, status_of

JSON_TYPE = "application/json; charset=utf-8"
MODEL_JSON_TYPE = "application/json"
_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
)


def json_bytes(value: Any) -> bytes:
    """JSON text; integers of any size stay bare numbers."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def model_json(value: dict[str, Any]) -> bytes:
    """A model's object as the public node writes it: top-level keys sorted, nested ones as they
    came, and `< > & U+2028 U+2029` escaped.
    """
    raw = orjson.dumps(dict(sorted(value.items())))
    for plain, escaped in _ESCAPES:
        if plain in raw:
            raw = raw.replace(plain, escaped)
    return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReply:
    status: int
    body: bytes
    headers: dict[str, str]


def wants_openai_errors(path: str, authorization: str) -> bool:
    """Bearer clients of `/v1/*` get OpenAI's error object, all others the public node's."""
    return path.startswith("/v1/") and authorization.startswith("Bearer ")


def error_reply(error: NodeError, *, openai: bool) -> ErrorReply:
    """The answer for an expected failure. No path, no stack and no address of ours is in it."""
    status = status_of(error)
    headers = {"content-type": JSON_TYPE}
    if isinstance(error, HttpRefusal):
        headers.update(error.headers)
    if status == 429:
        headers.setdefault("retry-after", "5")
    body = error_body(error, openai=openai)
    if "providerModelError" in body:
        headers["content-type"] = MODEL_JSON_TYPE
    return ErrorReply(status=status, body=json_bytes(body), headers=headers)


def error_body(error: NodeError, *, openai: bool) -> dict[str, Any]:
    """The JSON object for an expected failure."""
    if isinstance(error, ProviderModelError | BackendRefusedError):
        return _model_error(error, openai=openai)
    if openai:
        return {"error": _openai_error(error)}
    return {"error": _text(error), "hint": error.hint, "code": error.code}


def internal_error(error: BaseException) -> NodeError:
    """What is said about a fault of ours; the log has the rest."""
    wrapped = InternalError("The node could not answer this request.")
    wrapped.__cause__ = error
    return wrapped


def _model_error(
    error: ProviderModelError | BackendRefusedError, *, openai: bool
) -> dict[str, Any]:
    if not openai:
        return {"providerModelError": error.body}
    inner = error.body.get("error") if isinstance(error.body, dict) else None
    if isinstance(inner, dict):
        return {"error": inner}
    return {"error": _openai_error(error)}


def _openai_error(error: NodeError) -> dict[str, Any]:
    message = f"{_text(error)} {error.hint}".strip()
    kind = openai_type(status_of(error))
    return {"message": message, "type": kind, "param": None, "code": error.code}


def _text(error: NodeError) -> str:
    if isinstance(error, NoProviderError):
        tried = [{"provider": provider, "reason": reason} for provider, reason in error.tried]
        return f"no provider accepting session: {json.dumps(tried, ensure_ascii=False)}"
    return error.message
