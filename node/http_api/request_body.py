"""Reads a request's body within its limits, before any handler sees the request."""

import asyncio
from collections.abc import Mapping

from node.http_api.asgi import Message, Receive
from node.http_api.limits import BODY_TIME_S, MAX_BODY, MAX_NESTING
from node.http_api.refusal import HttpRefusal
from node.wire.strict_json import nesting

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json"


def check_content_type(method: str, headers: Mapping[str, str]) -> None:
    """Writes with a body must say that it is JSON, which no HTML form can.

    Raises:
        HttpRefusal: 415.
    """
    if method not in WRITES or not has_body(headers):
        return
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise HttpRefusal(
            415,
            "the body must be JSON",
            code="api.content_type",
            hint="Send the header Content-Type: application/json.",
        )


def has_body(headers: Mapping[str, str]) -> bool:
    return headers.get("content-length", "0").strip() != "0" or "transfer-encoding" in headers


def check_length(headers: Mapping[str, str], limit: int = MAX_BODY) -> None:
    """Refuse by the announced length alone (413), so that nothing of it is read."""
    length = headers.get("content-length", "0").strip()
    if not length.isdigit() or int(length) > limit:
        raise _too_large(limit)


async def read_body(
    receive: Receive, *, limit: int = MAX_BODY, time_s: float = BODY_TIME_S
) -> bytes:
    """The whole body.

    Raises:
        HttpRefusal: 413 when it is larger than announced or allowed, 408 when it comes too slowly,
        400 when the client went away in the middle.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(time_s):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise HttpRefusal(400, "the request ended early", code="api.cut_off")
                body += message.get("body", b"")
                if len(body) > limit:
                    raise _too_large(limit)
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError as error:
        raise HttpRefusal(
            408, "the request took too long", code="api.slow_body", headers={"connection": "close"}
        ) from error


def check_nesting(body: bytes) -> None:
    """Refuse deep JSON before any parser sees it.

    Libraries of the demo chain raise the interpreter's recursion limit so far that the standard
    parser would exhaust the thread's stack and take the process with it.

    Raises:
        HttpRefusal: 400.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_NESTING:
        return
    if nesting(body, MAX_NESTING) > MAX_NESTING:
        raise HttpRefusal(400, "the body is nested too deeply or is not JSON", code="input.json")


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands out the read body once, then the connection's own messages."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(
        413,
        "the request is too large",
        code="api.too_large",
        hint=f"At most {limit // 1024} KiB are taken.",
        headers={"connection": "close"},
    )
