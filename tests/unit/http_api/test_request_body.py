"""Limits of a request's body: announced and real length, kind, time."""

import asyncio

import pytest

from node.http_api.asgi import Message
from node.http_api.refusal import HttpRefusal
from node.http_api.request_body import (
    check_content_type,
    check_length,
    check_nesting,
    read_body,
    replayed,
)


def receiver(*pieces: bytes, last_more: bool = False, disconnect: bool = False) -> object:
    messages: list[Message] = [
        {
            "type": "http.request",
            "body": piece,
            "more_body": last_more or index < len(pieces) - 1,
        }
        for index, piece in enumerate(pieces)
    ]
    if disconnect:
        messages.append({"type": "http.disconnect"})

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    return receive


async def status_of(receive: object, **limits: float) -> int:
    with pytest.raises(HttpRefusal) as caught:
        await read_body(receive, **limits)  # type: ignore[arg-type]
    return caught.value.status


async def test_pieces_are_joined() -> None:
    assert await read_body(receiver(b"ab", b"", b"c"), limit=3) == b"abc"  # type: ignore[arg-type]


async def test_one_byte_too_many_is_refused_without_an_announced_length() -> None:
    assert await status_of(receiver(b"ab", b"cd", last_more=True), limit=3) == 413


async def test_a_body_that_drips_is_cut_off() -> None:
    assert await status_of(receiver(b"a", last_more=True), time_s=0.01) == 408


async def test_a_client_that_leaves_half_way_is_no_request() -> None:
    assert await status_of(receiver(b"a", last_more=True, disconnect=True)) == 400


async def test_the_body_can_be_read_once_again_then_the_connection_speaks() -> None:
    receive = replayed(b"all", receiver(disconnect=True))  # type: ignore[arg-type]
    assert await receive() == {"type": "http.request", "body": b"all", "more_body": False}
    assert await receive() == {"type": "http.disconnect"}


@pytest.mark.parametrize("length", ["16777217", "1e3", "-1", "x", "99999999999999999999"])
def test_announced_lengths_out_of_bounds(length: str) -> None:
    with pytest.raises(HttpRefusal) as caught:
        check_length({"content-length": length})
    assert caught.value.status == 413


def test_announced_lengths_within_bounds() -> None:
    check_length({"content-length": "16777216"})
    check_length({})


@pytest.mark.parametrize(
    "media",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/jsonp",
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH"])
def test_what_a_form_can_send_is_no_write(method: str, media: str) -> None:
    with pytest.raises(HttpRefusal) as caught:
        check_content_type(method, {"content-type": media, "content-length": "2"})
    assert caught.value.status == 415


@pytest.mark.parametrize("media", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_taken(media: str) -> None:
    check_content_type("POST", {"content-type": media, "transfer-encoding": "chunked"})


def test_a_write_without_a_body_needs_no_type() -> None:
    check_content_type("POST", {"content-length": "0"})
    check_content_type("DELETE", {})


def nested(depth: int) -> list[bytes]:
    return [b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth]


@pytest.mark.parametrize("body", [*nested(64), b'"' + b"[" * 1000 + b'"', b"[],{}" * 500, b""])
def test_json_of_usual_depth_passes(body: bytes) -> None:
    check_nesting(body)


@pytest.mark.parametrize("body", [*nested(65), *nested(100_000), b"[" * 65, b"{" * 100_000])
def test_deep_json_is_refused_before_it_is_parsed(body: bytes) -> None:
    with pytest.raises(HttpRefusal) as caught:
        check_nesting(body)
    assert caught.value.status == 400
