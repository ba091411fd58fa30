"""vectors/live-provider.json: what the recorded consumer sent, sent to our provider."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.core.ids import SessionId
from node.core.spool import Spool
from node.wire.codec import Response, decode_result, parse_response
from node.wire.exchange import open_message
from node.wire.messages import (
    Message,
    PingReply,
    PromptReply,
    SessionReply,
    StreamChunkReply,
    StreamStartReply,
)
from node.wire.signing import PeerKey, digest, peer_key, recover_key, verify
from node.wire.uploads import Uploads
from tests.support.wire_pair import PROVIDER, Pair, ScriptedHandler, running
from tests.support.wire_vectors import load, signer

CASES = {case["case"]: case for case in load("live-provider")["cases"]}
RECORDED_SECONDS = 1_795_253_226


def clock() -> FakeClock:
    return FakeClock(RECORDED_SECONDS)


async def answer(pair: Pair, name: str, *, half_close: bool = False) -> bytes:
    return await pair.raw(CASES[name]["sent_utf8"].encode(), half_close=half_close)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unknown method", "unknown method: unknown method: session.close"),
        ("session.request, bad signature", "received invalid signature from provider"),
        ("prompt before session.request: user unknown", "user not found"),
        ("session.report unknown session", "session not found"),
    ],
)
async def test_refusals_with_the_recorded_text(name: str, text: str) -> None:
    async with running(clock=clock()) as pair:
        ours = json.loads(await answer(pair, name))
    theirs = json.loads(CASES[name]["received_utf8"])
    assert ours["error"]["message"] == theirs["error"]["message"] == text
    ours["error"]["data"]["timestamp"] = theirs["error"]["data"]["timestamp"]
    assert ours == theirs


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("session.request, missing bidid", "request validation failed: "),
        ("session.request, bad hex", "failed to unmarshal request: "),
        ("missing params", "failed to unmarshal request: "),
    ],
)
async def test_malformed_params_get_the_recorded_prefix(name: str, prefix: str) -> None:
    async with running(clock=clock()) as pair:
        error = parse_response(await answer(pair, name)).error
    assert error is not None
    assert error.message.startswith(prefix)
    assert CASES[name]["decoded"][0].startswith("INFRA " + prefix)


@pytest.mark.parametrize(
    "name",
    [
        "ping",
        "ping with a garbage signature (not checked)",
        "half close then reply",
        "two requests on one connection: only the first is answered",
    ],
)
async def test_pings(name: str) -> None:
    async with running(clock=clock()) as pair:
        raw = await answer(pair, name, half_close="half" in name)
    response = parse_response(raw)
    recorded = parse_response(CASES[name]["received_utf8"].encode())
    reply, theirs = (decode_result(PingReply, item.result) for item in (response, recorded))
    assert (response.id, reply.nonce) == (recorded.id, theirs.nonce)
    assert recover_key(digest(reply), reply.signature).address == PROVIDER.address


@pytest.mark.parametrize(
    "name",
    [
        "session.request",
        "session.request, whitespace, split writes, extra unsigned field, reordered envelope",
    ],
)
async def test_session_requests_are_served(name: str) -> None:
    async with running(clock=clock()) as pair:
        response = parse_response(await answer(pair, name))
        assert list(pair.handler.keys.values()) == [peer_key(signer("consumer").public_key)]
    reply = decode_result(SessionReply, response.result)
    assert verify(reply, peer_key(PROVIDER.public_key))
    assert reply.user == signer("consumer").address


PROMPT_NAMES = [
    "prompt streaming",
    "prompt nasty text",
    "prompt, signature v byte altered (ignored)",
    "embeddings",
    "audio speech",
    "audio transcription by url",
    "audio transcription by url, stream",
]


@pytest.mark.parametrize("name", PROMPT_NAMES)
async def test_prompts_are_verified_and_reach_the_model(name: str) -> None:
    params: dict[str, Any] = json.loads(CASES[name]["sent_utf8"])["params"]
    handler = ScriptedHandler()
    session = SessionId.parse(params["sessionid"])
    handler.keys[session] = PeerKey(signer("consumer").public_key)
    async with running(handler, clock=clock()) as pair:
        raw = await answer(pair, name)
    assert raw.startswith(b'{"id":"live0001","result":{"message":"04')
    assert handler.prompts == [params["message"]]


UPLOAD_NAMES = [name for name in CASES if name.startswith("stream.")]


async def test_an_upload_is_answered_as_recorded(tmp_path: Path) -> None:
    """Start, a second start, a piece too early, an end too early, all pieces, the end, once more:
    each with the recorded text or the recorded plaintext.
    """
    spool = Spool(tmp_path)
    handler = ScriptedHandler(uploads=Uploads(spool, clock()))
    key = peer_key(signer("consumer").public_key)
    session = json.loads(CASES["stream.start"]["sent_utf8"])["params"]["sessionid"]
    handler.keys[SessionId.parse(session)] = key
    async with running(handler, clock=clock()) as pair:
        for name in UPLOAD_NAMES:
            ours = parse_response(await answer(pair, name))
            theirs = parse_response(CASES[name]["received_utf8"].encode())
            assert (ours.error is None) is (theirs.error is None), name
            if ours.error is not None and theirs.error is not None:
                assert ours.error.message == theirs.error.message
            elif name == "stream.end":
                reply = decode_result(PromptReply, ours.result)
                assert verify(reply, peer_key(PROVIDER.public_key))
                plaintext = open_message(signer("consumer"), reply.message).decode()
                assert [f"CHUNK {plaintext}"] == CASES[name]["decoded"]
            else:
                kind = StreamStartReply if name == "stream.start" else StreamChunkReply
                check_receipt(ours, theirs, kind)
    assert len(UPLOAD_NAMES) == 8
    assert handler.audio == [b"A" * 20]
    assert spool.files == 0, "the file is removed after its transcription"


def check_receipt(ours: Response, theirs: Response, kind: type[Message]) -> None:
    reply, recorded = decode_result(kind, ours.result), decode_result(kind, theirs.result)
    assert verify(reply, peer_key(PROVIDER.public_key))
    changes = {"timestamp": 0, "signature": b""}
    assert dataclasses.replace(reply, **changes) == dataclasses.replace(recorded, **changes)


@pytest.mark.parametrize("name", ["prompt, wrong key", "prompt, signature one byte"])
async def test_bad_signatures_are_refused(name: str) -> None:
    handler = ScriptedHandler()
    session = SessionId.parse(json.loads(CASES[name]["sent_utf8"])["params"]["sessionid"])
    handler.keys[session] = PeerKey(signer("consumer").public_key)
    async with running(handler, clock=clock()) as pair:
        assert b'"message":"invalid signature"' in await answer(pair, name)
    assert handler.prompts == []


@pytest.mark.parametrize(
    "sent",
    [
        *(CASES["not JSON"]["sent_utf8"].encode(), b"null", b"[]", b"0", b'""', b"true"),
        *(b'{"id":1}', b'{"id":"a","id":"b"}', b'{"method":NaN}', b'{"id":"\xff"}', b"{]"),
        *(b'{"id":"\\ud800"}', b'{"params":[]}', b'{"params":' + b"[" * 40 + b"]" * 40 + b"}"),
        b'{"id":"' + b"x" * 2000 + b'"}',
    ],
    ids=lambda sent: repr(sent[:30]),
)
async def test_what_is_no_request_is_closed_silently_and_the_server_lives(sent: bytes) -> None:
    async with running() as pair:
        assert await pair.raw(sent) == b""
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)


async def test_empty_object_is_an_unknown_method() -> None:
    async with running() as pair:
        assert b"unknown method: unknown method: " in await pair.raw(b"{}")


@pytest.mark.parametrize(
    ("method", "params", "text"),
    [
        ("network.ping", {"nonce": "0x" + "00" * 65, "signature": "0x"}, "failed to unmarshal"),
        ("network.ping", {"nonce": "0x" + "00" * 65, "signature": "0x01"}, "nonce is too long"),
        ("network.ping", {"nonce": "", "signature": ""}, None),
        ("session.report", {"signature": "", "message": "ab", "timestamp": 1}, "session not found"),
        ("session.report", {"signature": "", "message": "", "timestamp": 1}, "message is required"),
        ("session.report", {"signature": "", "message": "x", "timestamp": 0}, "timestamp is requ"),
        ("session.prompt.stream.start", {}, "unknown method: unknown method: session.prompt.str"),
        ("agent.get_tools", {}, "unknown method: unknown method: agent.get_tools"),
    ],
)
async def test_validation(method: str, params: dict[str, Any], text: str | None) -> None:
    async with running() as pair:
        sent = json.dumps({"id": "1", "method": method, "params": params})
        response = parse_response(await pair.raw(sent.encode()))
    assert (response.error is None) is (text is None)
    assert response.error is None or (text or "") in response.error.message


async def test_ping_in_single_bytes() -> None:
    async with running(clock=clock()) as pair:
        reader, writer = await asyncio.open_connection("127.0.0.1", pair.server.port)
        for byte in CASES["ping"]["sent_utf8"].encode():
            writer.write(bytes((byte,)))
            await writer.drain()
        async with asyncio.timeout(5):
            assert b'"nonce":"0x0102030405060708"' in await reader.read()
        writer.close()
