"""Sends the recorded TCP requests, signed anew, to our provider and reads what it answers."""

import asyncio
import dataclasses
import time
from dataclasses import dataclass
from typing import Any

from node.core.ids import SessionId
from node.core.units import UnixMillis
from node.wire import messages as m
from node.wire.codec import (
    decode_request,
    decode_result,
    encode_request,
    parse_request,
    parse_response,
)
from node.wire.exchange import new_scanner, open_message
from node.wire.limits import WireLimits
from node.wire.signing import PeerKey, sign, verify
from tests.replay.player import Player
from tests.support.signers import KeySigner
from tests.support.vectors import load_vectors

VECTORS: dict[str, Any] = load_vectors("tcp-recorded")
KEYS = VECTORS["meta"]["keys"]
CONSUMER = KeySigner(bytes.fromhex(KEYS["consumer"]["privateKey"][2:]))
PROVIDER = KeySigner(bytes.fromhex(KEYS["provider"]["privateKey"][2:]))
PROVIDER_KEY = PeerKey(PROVIDER.public_key)
KINDS: dict[str, tuple[type[m.Message], type[m.Message]]] = {
    "network.ping": (m.PingRequest, m.PingReply),
    "session.request": (m.SessionRequest, m.SessionReply),
    "session.prompt": (m.PromptRequest, m.PromptReply),
    "session.report": (m.ReportRequest, m.ReportReply),
    "agent.get_tools": (m.GetToolsRequest, m.AgentReply),
    "session.prompt.stream.start": (m.StreamStartRequest, m.StreamStartReply),
    "session.prompt.stream.chunk": (m.StreamChunkRequest, m.StreamChunkReply),
    "session.prompt.stream.end": (m.StreamEndRequest, m.PromptReply),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One object of an answer. `text`: the plaintext, or the words of an unsigned error."""

    id: str
    kind: str
    members: tuple[str, ...]
    signed: bool
    text: str


class TcpPlayer:
    """Plays to one provider. Its times never repeat: a signature that was seen is refused."""

    def __init__(self, player: Player, port: int) -> None:
        self._player = player
        self._port = port
        self._latest = 0

    async def play(self, connection: dict[str, Any]) -> list[Reply]:
        """One recorded connection; the answer up to the provider's close."""
        envelope = parse_request(frames(connection["consumer_to_provider"].encode())[0])
        request_type, reply_type = KINDS[envelope.method]
        request = self._renewed(decode_request(request_type, envelope.params))
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(encode_request(envelope.id, envelope.method, request))
            async with asyncio.timeout(20):
                answer = await reader.read(-1)
        finally:
            writer.close()
        return [read_reply(frame, reply_type) for frame in frames(answer)]

    def _renewed(self, request: m.Message) -> m.Message:
        """The same request for our session, made now."""
        changes: dict[str, Any] = {}
        if hasattr(request, "timestamp"):
            self._latest = max(self._latest + 1, time.time_ns() // 1_000_000)
            changes["timestamp"] = UnixMillis(self._latest)
        if hasattr(request, "session_id"):
            ours = self._player.standing_for(request.session_id.hex)
            changes["session_id"] = SessionId.parse(ours)
        if isinstance(request, m.ReportRequest):
            changes["message"] = self._player.standing_for(request.message)
        return sign(dataclasses.replace(request, **changes), CONSUMER)


def recorded_replies(connection: dict[str, Any]) -> list[Reply]:
    method = connection["decoded"][0]["method"]
    answer = connection["provider_to_consumer"].encode()
    return [read_reply(frame, KINDS[method][1]) for frame in frames(answer)]


def frames(raw: bytes) -> list[bytes]:
    scanner, found, position = new_scanner(WireLimits()), [], 0
    while position < len(raw):
        frame, position = scanner.feed(raw, position)
        if frame is not None:
            found.append(frame)
    return found


def read_reply(raw: bytes, reply_type: type[m.Message]) -> Reply:
    """Verified and decrypted."""
    response = parse_response(raw)
    if response.error is not None:
        error = response.error
        signed = error.is_signed
        assert not signed or verify(error, PROVIDER_KEY)
        text = _plaintext(error.message) if signed else error.message
        return Reply(id=response.id, kind="error", members=(), signed=signed, text=text)
    result = decode_result(reply_type, response.result)
    assert verify(result, PROVIDER_KEY)
    text = ""
    if isinstance(result, m.PromptReply | m.AgentReply):
        text = _plaintext(result.message)
    members = tuple(response.result or ())
    return Reply(id=response.id, kind="result", members=members, signed=True, text=text)


def _plaintext(message: str) -> str:
    return open_message(CONSUMER, message).decode()
