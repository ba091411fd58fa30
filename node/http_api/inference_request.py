"""Reads the requests of `/v1/*`: target headers in all their spellings, and a JSON object."""

from collections.abc import Mapping
from typing import Any

import orjson

from node.core.errors import InvalidIdError
from node.core.ids import Hash32
from node.http_api.refusal import HttpRefusal
from node.service.dto import CompletionRequest

_DIGITS = 64


def completion_request(
    headers: Mapping[str, str], body: bytes, request_id: str
) -> CompletionRequest:
    """What the facade needs to answer.

    Raises:
        HttpRefusal: 400, an id of a wrong length or a body that is no JSON object.
    """
    return CompletionRequest(
        body=json_object(body),
        session_id=id_header(headers, "session"),
        model_id=id_header(headers, "model"),
        chat_id=id_header(headers, "chat"),
        request_id=request_id,
    )


def json_object(body: bytes) -> dict[str, Any]:
    """Raises HttpRefusal (400) for anything but a JSON object."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        is_cut = not body or "unexpected end" in str(error)
        text = "unexpected EOF" if is_cut else "the body is not JSON"
        raise HttpRefusal(400, text, code="input.json") from error
    if not isinstance(value, dict):
        raise HttpRefusal(400, "the body is not a JSON object", code="input.json")
    return value


def id_header(headers: Mapping[str, str], name: str) -> str:
    """`session_id`, `session-id` or `x-session-id`: some proxies drop names with underscores.

    Empty when none is there. Raises HttpRefusal (400): not 32 bytes of hex.
    """
    for spelling in (f"{name}_id", f"{name}-id", f"x-{name}-id"):
        if headers.get(spelling):
            return hash_text(headers[spelling])
    return ""


def hash_text(text: str) -> str:
    """32 bytes of hex, `0x` optional, as lower-case text with `0x`. Raises HttpRefusal (400)."""
    try:
        return Hash32.parse(text.strip()).hex
    except InvalidIdError as error:
        raise HttpRefusal(400, "invalid hash length", code="input.id", hint=error.hint) from error
