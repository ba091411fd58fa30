"""Reads answers of model servers within limits, and puts their failures into our words."""

from typing import Any

import orjson

from node.core.errors import BackendError, BackendRefusedError, BackendUnavailableError
from node.llm.http_origin import HttpResponse
from node.llm.limits import MAX_ANSWER_BYTES, MAX_ERROR_BYTES


def content_type(response: HttpResponse) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_all(response: HttpResponse, limit: int, *, cut: bool = False) -> bytes:
    """The whole body; beyond `limit` it is an error, or with `cut` left out."""
    body = bytearray()
    while raw := await response.read():
        body += raw
        if len(body) > limit:
            if cut:
                break
            raise too_large()
    return bytes(body[:limit])


async def whole_object(response: HttpResponse) -> dict[str, Any]:
    raw = await read_all(response, MAX_ANSWER_BYTES)
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise bad_answer() from error
    if not isinstance(answer, dict):
        raise bad_answer()
    return answer


async def refusal(response: HttpResponse) -> BackendRefusedError:
    raw = await read_all(response, MAX_ERROR_BYTES, cut=True)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        text = raw.decode("utf-8", "replace").strip()
        body = {"error": {"message": text, "type": "upstream_error"}}
    return BackendRefusedError(
        f"The model server refused the request (error {response.status}).",
        status=response.status,
        body=body,
    )


def stream_error(chunk: dict[str, Any]) -> BackendRefusedError:
    error = chunk["error"]
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code <= 599 else 502
    return BackendRefusedError(
        "The model server reported an error in its answer.", status=status, body=chunk
    )


def bad_answer() -> BackendUnavailableError:
    return BackendUnavailableError(
        "The model server sent something that is no valid answer.",
        code="backend.bad_answer",
        retryable=False,
    )


def too_large() -> BackendError:
    return BackendError("The model server's answer is too large.", code="backend.too_large")
