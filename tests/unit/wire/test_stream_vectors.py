"""vectors/stream-exchange.json: back-end lines to plaintexts to TCP bytes and back."""

import json
from typing import Any

import pytest

from node.core.errors import BadMessageError, BadSignatureError, IncompleteAnswerError
from node.core.units import UnixMillis
from node.wire.codec import canonical, encode, encode_result
from node.wire.envelope import decrypt
from node.wire.exchange import PromptExchange
from node.wire.json_go import sort_members
from node.wire.limits import WireLimits
from node.wire.messages import PromptReply
from node.wire.plaintexts import AnswerPart, PartKind
from node.wire.prompts import (
    DONE,
    USAGE_FROM_CONSUMER,
    UsageMeter,
    answer_text,
    is_last_chunk,
)
from node.wire.signing import digest, peer_key, sign
from tests.support.wire_vectors import load, signer, unhex

VECTORS = load("stream-exchange")
FRAMES = VECTORS["frames"]
STREAM = unhex(VECTORS["tcp_bytes_hex"])


def exchange() -> PromptExchange:
    key = peer_key(signer("provider").public_key)
    return PromptExchange(signer=signer("consumer"), provider_key=key, limits=WireLimits())


def test_backend_lines_become_the_recorded_plaintexts() -> None:
    meter = UsageMeter(lambda: VECTORS["prompt_tokens"])
    for frame in FRAMES[:-1]:
        line = frame["backend_in"].removeprefix("data: ")
        chunk = json.loads(line)
        meter.add(chunk)
        usage = meter.usage() if is_last_chunk(chunk) else None
        assert answer_text(chunk, usage=usage).decode() == frame["plaintext"]
        extra = {"usage_from_provider": json.dumps(usage.members()).encode()} if usage else {}
        assert sort_members(line.encode(), extra).replace(b": ", b":").replace(b", ", b",") == (
            frame["plaintext"].encode()
        )
    assert FRAMES[-1]["plaintext"].encode() == DONE


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame["plaintext"][:60])
def test_frames_are_signed_to_the_byte(frame: dict[str, Any]) -> None:
    recorded = json.loads(frame["signed_object"])
    reply = PromptReply(message=recorded["message"], timestamp=UnixMillis(recorded["timestamp"]))
    assert canonical(reply).decode() == frame["canonical"]
    assert digest(reply).hex() == frame["digest_keccak256"]
    signed = sign(reply, signer("provider"))
    assert "0x" + signed.signature.hex() == frame["signature"]
    assert encode(signed).decode() == frame["signed_object"]
    assert encode_result("deadbeef", signed).decode() == frame["wire"]
    assert decrypt(signer("consumer"), unhex(reply.message)).hex() == frame["plaintext_hex"]


@pytest.mark.parametrize("size", [1, 7, 100, 1460, len(STREAM)])
def test_stream_is_read_whatever_its_pieces(size: int) -> None:
    reader, parts = exchange(), list[AnswerPart]()
    for start in range(0, len(STREAM), size):
        parts += reader.feed(STREAM[start : start + size])
    assert [part.plaintext.decode() for part in parts] == [f["plaintext"] for f in FRAMES]
    assert [part.kind for part in parts] == [PartKind.CHUNK] * 3 + [PartKind.DONE]
    assert reader.ended
    assert reader.finish() is None


def test_consumer_re_emits_the_recorded_events() -> None:
    meter, text = UsageMeter(lambda: VECTORS["prompt_tokens"]), b""
    for part in exchange().feed(STREAM):
        if part.kind is PartKind.DONE:
            text += b"data: " + part.value.encode() + b"\n\n"
            continue
        meter.add(part.value)
        usage = meter.usage() if is_last_chunk(part.value) else None
        text += b"data: " + answer_text(part.value, usage=usage, member=USAGE_FROM_CONSUMER)
        text += b"\n\n"
    assert text.decode() == VECTORS["http_sse_reemitted"]


def test_white_space_and_foreign_members_are_tolerated() -> None:
    reader = exchange()
    wire = FRAMES[0]["wire"].replace('"result":{', ' "extra":[1], "result": { "new":true,')
    parts = reader.feed(b"\n " + wire.encode() + b"\n")
    assert [part.plaintext.decode() for part in parts] == [FRAMES[0]["plaintext"]]
    assert reader.failure is None


def test_foreign_id_is_logged_once_and_not_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "node.wire")
    key = peer_key(signer("provider").public_key)
    for request_id, lines in (("deadbeef", 0), ("other", 1)):
        caplog.clear()
        reader = PromptExchange(
            signer=signer("consumer"),
            provider_key=key,
            limits=WireLimits(),
            request_id=request_id,
        )
        assert len(reader.feed(STREAM)) == 4
        assert len(caplog.records) == lines


@pytest.mark.parametrize("spaces", ["", " "])
def test_altered_chunk_stops_the_answer_and_keeps_what_came_before(spaces: str) -> None:
    wire = FRAMES[1]["wire"].replace('"timestamp":1763716800', f'"timestamp":{spaces}1763716801')
    reader = exchange()
    parts = reader.feed(FRAMES[0]["wire"].encode() + wire.encode())
    assert len(parts) == 1
    assert isinstance(reader.failure, BadSignatureError)


def test_signed_odd_hex_is_refused() -> None:
    for message in ("0", "04ab1", "0x0", "xyz"):
        reply = sign(PromptReply(message=message, timestamp=UnixMillis(1)), signer("provider"))
        reader = exchange()
        assert reader.feed(encode_result("1", reply)) == []
        assert isinstance(reader.failure, BadMessageError)


def test_close_counts_as_end_only_after_a_finish_reason() -> None:
    finished, cut = exchange(), exchange()
    finished.feed(b"".join(frame["wire"].encode() for frame in FRAMES[:3]))
    assert finished.finish() is None
    cut.feed(FRAMES[0]["wire"].encode() + FRAMES[1]["wire"].encode()[:50])
    assert isinstance(cut.finish(), IncompleteAnswerError)
