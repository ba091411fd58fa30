"""vectors/tcp-recorded.json: connections between two Go nodes, read, verified and written again."""

from typing import Any

import pytest

from node.core.errors import ProviderModelError, ProviderRefusedError
from node.wire import messages as m
from node.wire.codec import (
    decode_request,
    decode_result,
    encode_error,
    encode_request,
    encode_result,
    parse_request,
    parse_response,
)
from node.wire.exchange import PromptExchange, new_scanner, open_message
from node.wire.limits import WireLimits
from node.wire.prompts import read_prompt
from node.wire.signing import PeerKey, digest, recover_key, verify
from tests.support.signers import KeySigner
from tests.support.wire_vectors import load, unhex

VECTORS = load("tcp-recorded")
RECORDED_CHARACTERS = 4000
KEYS = VECTORS["meta"]["keys"]
CONSUMER = KeySigner(unhex(KEYS["consumer"]["privateKey"]))
PROVIDER = KeySigner(unhex(KEYS["provider"]["privateKey"]))
CONSUMER_KEY, PROVIDER_KEY = PeerKey(CONSUMER.public_key), PeerKey(PROVIDER.public_key)

REQUESTS: dict[str, tuple[type[m.Message], type[m.Message]]] = {
    "network.ping": (m.PingRequest, m.PingReply),
    "session.request": (m.SessionRequest, m.SessionReply),
    "session.prompt": (m.PromptRequest, m.PromptReply),
    "session.report": (m.ReportRequest, m.ReportReply),
    "agent.get_tools": (m.GetToolsRequest, m.AgentReply),
    "agent.call_tool": (m.CallToolRequest, m.AgentReply),
    "session.prompt.stream.start": (m.StreamStartRequest, m.StreamStartReply),
    "session.prompt.stream.chunk": (m.StreamChunkRequest, m.StreamChunkReply),
    "session.prompt.stream.end": (m.StreamEndRequest, m.PromptReply),
}


def frames(text: str) -> list[bytes]:
    raw, scanner, found, position = text.encode(), new_scanner(WireLimits()), [], 0
    while position < len(raw):
        frame, position = scanner.feed(raw, position)
        if frame is not None:
            found.append(frame)
    return found


@pytest.mark.parametrize("connection", VECTORS["connections"], ids=lambda c: str(c["n"]))
def test_connection(connection: dict[str, Any]) -> None:
    (sent,) = frames(connection["consumer_to_provider"])
    envelope = parse_request(sent)
    request_type, reply_type = REQUESTS[envelope.method]
    request = decode_request(request_type, envelope.params)
    assert encode_request(envelope.id, envelope.method, request) == sent
    signer = recover_key(digest(request), request.signature)
    assert signer in (CONSUMER_KEY, PROVIDER_KEY)
    entries = [item for item in connection["decoded"] if item["dir"] == "p2c"]
    replies = frames(connection["provider_to_consumer"])
    assert len(replies) == len(entries)
    for raw, entry in zip(replies, entries, strict=True):
        check_reply(raw, entry, reply_type)


def check_reply(raw: bytes, entry: dict[str, Any], reply_type: type[m.Message]) -> None:
    response = parse_response(raw)
    if response.error is not None:
        assert encode_error(response.id, response.error) == raw
        assert response.error.is_signed is (entry["signature_ok"] != "unsigned")
        message: m.Message = response.error
    else:
        message = decode_result(reply_type, response.result)
        assert encode_result(response.id, message) == raw
    if not isinstance(message, m.ErrorReply) or message.is_signed:
        assert verify(message, PROVIDER_KEY)
    if "message_decrypted" in entry:
        assert isinstance(message, m.PromptReply | m.AgentReply | m.ErrorReply)
        opened, recorded = open_message(CONSUMER, message.message), entry["message_decrypted"]
        assert opened.decode()[:RECORDED_CHARACTERS] == recorded


PROMPTS = [
    connection
    for connection in VECTORS["connections"]
    if connection["decoded"][0].get("method") == "session.prompt"
]


@pytest.mark.parametrize("connection", PROMPTS, ids=lambda c: str(c["n"]))
def test_answers_of_the_peer_are_read_to_their_end(connection: dict[str, Any]) -> None:
    params = parse_request(connection["consumer_to_provider"].encode()).params or {}
    reader = PromptExchange(
        signer=CONSUMER,
        provider_key=PROVIDER_KEY,
        limits=WireLimits(),
        kind=read_prompt(params["message"]).kind,
    )
    parts = reader.feed(connection["provider_to_consumer"].encode())
    replies = connection["decoded"][1:]
    last = replies[-1]
    if last["signature_ok"] == "unsigned":
        assert isinstance(reader.finish(), ProviderRefusedError)
    elif "error" in last:
        assert isinstance(reader.finish(), ProviderModelError)
    else:
        assert reader.finish() is None
    assert len(parts) == len([reply for reply in replies if "error" not in reply])
