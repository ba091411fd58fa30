"""vectors/messages.json: every message type to the byte, identical signatures, and back."""

from typing import Any

import pytest

from node.core.ids import Address, BidId, SessionId
from node.wire import messages as m
from node.wire.codec import (
    canonical,
    decode_request,
    decode_result,
    encode,
    encode_request,
    encode_result,
    parse_request,
    parse_response,
)
from node.wire.signing import digest, peer_key, sign, verify
from tests.support.wire_vectors import load, signer, unhex

CASES = load("messages")["messages"]

TYPES: dict[str, type[m.Message]] = {
    "network.ping request": m.PingRequest,
    "network.ping response": m.PingReply,
    "session.request request": m.SessionRequest,
    "session.request response": m.SessionReply,
    "session.prompt request": m.PromptRequest,
    "session.report request": m.ReportRequest,
    "session.report response": m.ReportReply,
    "agent.call_tool request": m.CallToolRequest,
    "agent.get_tools request": m.GetToolsRequest,
    "agent.call_tool response": m.AgentReply,
    "agent.get_tools response": m.AgentReply,
    "session.prompt.stream.start request": m.StreamStartRequest,
    "session.prompt.stream.start response": m.StreamStartReply,
    "session.prompt.stream.chunk request": m.StreamChunkRequest,
    "session.prompt.stream.chunk response": m.StreamChunkReply,
    "session.prompt.stream.end request": m.StreamEndRequest,
}

NAMES = {
    "approvalSig": "approval_signature",
    "audiorequestparam": "parameters",
    "bidid": "bid_id",
    "chunkdata": "chunk_data",
    "chunkindex": "chunk_index",
    "contenttype": "content_type",
    "filesize": "file_size",
    "islastchunk": "is_last_chunk",
    "sessionid": "session_id",
    "signedReport": "signed_report",
    "streamid": "stream_id",
    "toolname": "tool_name",
    "totalchunks": "total_chunks",
}
HEX = {"nonce", "key", "approval", "approval_signature", "signed_report"}


def message_type(name: str) -> type[m.Message]:
    return next(kind for prefix, kind in TYPES.items() if name.startswith(prefix))


def build(case: dict[str, Any]) -> m.Message:
    """The message from the vector's plain fields."""
    kind = message_type(case["name"])
    values: dict[str, Any] = {}
    for name, value in case["fields"].items():
        if name in ("id", "method", "plaintext", "chunk_bytes_hex"):
            continue
        attribute = NAMES.get(name.removesuffix("_utf8_hex"), name.removesuffix("_utf8_hex"))
        values[attribute] = _value(kind, name, attribute, value)
    return kind(**values)


def _value(kind: type[m.Message], name: str, attribute: str, value: Any) -> Any:
    if name.endswith("_utf8_hex"):
        return unhex(value).decode()
    if attribute in HEX or (attribute == "message" and kind in (m.SessionReply, m.ReportReply)):
        return unhex(value)
    if attribute == "user":
        return Address.parse(value)
    if attribute == "bid_id":
        return BidId.parse(value)
    if attribute == "session_id":
        return SessionId.parse(value)
    return int(value) if attribute == "spend" else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_message_is_encoded_and_signed_as_recorded(case: dict[str, Any]) -> None:
    message = build(case)
    assert canonical(message).hex() == case["canonical_hex"]
    assert digest(message).hex() == case["digest_keccak256"]
    signed = sign(message, signer(case["signer"]))
    assert "0x" + signed.signature.hex() == case["signature"]
    assert encode(signed).decode() == case["signed_object"]
    request_id, method = case["fields"]["id"], case["fields"].get("method")
    wire = (
        encode_request(request_id, method, signed) if method else encode_result(request_id, signed)
    )
    assert wire.hex() == case["wire_hex"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_recorded_bytes_are_decoded_and_verified(case: dict[str, Any]) -> None:
    kind, raw = message_type(case["name"]), unhex(case["wire_hex"])
    if "method" in case["fields"]:
        request = parse_request(raw)
        assert (request.id, request.method) == (case["fields"]["id"], case["fields"]["method"])
        message: m.Message = decode_request(kind, request.params)
    else:
        response = parse_response(raw)
        assert response.error is None
        message = decode_result(kind, response.result)
    assert encode(message).decode() == case["signed_object"]
    assert verify(message, peer_key(signer(case["signer"]).public_key))
    other = "provider" if case["signer"] == "consumer" else "consumer"
    assert not verify(message, peer_key(signer(other).public_key))
