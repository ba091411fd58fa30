"""A provider server with a scripted handler, and a client for it, on real sockets."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from node.core.clock import Clock, SystemClock
from node.core.ids import BidId, SessionId
from node.core.ports import SignedBlob
from node.wire.blobs import Approval, Report
from node.wire.client import WireClient
from node.wire.handler import chat_plaintexts
from node.wire.handshake import ReportQuery, SessionOffer
from node.wire.json_go import encode_value
from node.wire.limits import WireLimits
from node.wire.messages import (
    PromptRequest,
    SessionRequest,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartRequest,
)
from node.wire.prompts import UsageMeter
from node.wire.refusals import SESSION_NOT_FOUND, USER_NOT_FOUND, Refusal
from node.wire.server import ProviderServer
from node.wire.signing import PeerKey
from node.wire.transcripts import whole_transcript
from node.wire.uploads import Uploads
from tests.support.signers import KeySigner

CHAIN_ID = 31_337
BID = BidId(b"\x0b" * 32)
SESSION = SessionId(b"\x05" * 32)
CONSUMER = KeySigner.number(1)
PROVIDER = KeySigner.number(2)
STRANGER = KeySigner.number(3)

Chunks = Callable[[PromptRequest], AsyncIterator[dict[str, Any]]]


def delta(text: str, finish: str | None = None) -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
    }


async def greeting(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
    for chunk in (delta("Hel<lo>"), delta(" there"), delta("", "stop")):
        yield chunk


@dataclass
class ScriptedHandler:
    """Knows one session. `chunks` plays the model; `errors` raises instead of answering."""

    chunks: Chunks = greeting
    version: str = "v-test"
    keys: dict[SessionId, PeerKey] = field(default_factory=dict)
    error: Exception | None = None
    prompts: list[str] = field(default_factory=list)
    audio: list[bytes] = field(default_factory=list)
    uploads: Uploads | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def approve(self, request: SessionRequest, key: PeerKey) -> SignedBlob:
        if self.error is not None:
            raise self.error
        self.keys[SESSION] = key
        approval = Approval(
            bid_id=request.bid_id,
            chain_id=CHAIN_ID,
            user=request.user,
            timestamp=SystemClock().unix_millis(),
        )
        encoded = approval.encode()
        return SignedBlob(encoded=encoded, signature=PROVIDER.sign_blob(encoded))

    async def prompt_key(self, session_id: SessionId) -> PeerKey:
        if session_id not in self.keys:
            raise Refusal(USER_NOT_FOUND)
        return self.keys[session_id]

    async def report_key(self, session_id: SessionId) -> PeerKey:
        if session_id not in self.keys:
            raise Refusal(SESSION_NOT_FOUND)
        return self.keys[session_id]

    async def report(self, session_id: SessionId) -> SignedBlob:
        encoded = Report(
            session_id=session_id,
            chain_id=CHAIN_ID,
            timestamp=SystemClock().unix_millis(),
            tps_scaled_1000=1000,
            ttft_ms=5,
            input_tokens=1,
            output_tokens=2,
        ).encode()
        return SignedBlob(encoded=encoded, signature=PROVIDER.sign_blob(encoded))

    async def start_upload(self, request: StreamStartRequest) -> None:
        await self.required().start(request)

    async def take_chunk(self, request: StreamChunkRequest) -> None:
        await self.required().add(request)

    async def transcribe(self, request: StreamEndRequest) -> AsyncGenerator[bytes, None]:
        """Answers with the number of bytes it received, as the recorded provider's model did."""
        async with self.required().taken(request) as audio:
            self.prompts.append(request.parameters)
            self.audio.append(audio.path.read_bytes())
            text = f"transcribed {len(self.audio[-1])} bytes"
            yield encode_value(whole_transcript(f'{{"task":"x","text":"{text}"}}', "json"))

    def required(self) -> Uploads:
        assert self.uploads is not None
        return self.uploads

    async def prompt(self, request: PromptRequest) -> AsyncGenerator[bytes, None]:
        self.prompts.append(request.message)
        try:
            async for plaintext in chat_plaintexts(self.chunks(request), UsageMeter(lambda: 3)):
                yield plaintext
                if self.error is not None:
                    raise self.error
        finally:
            self.closed.set()


@dataclass
class Pair:
    server: ProviderServer
    handler: ScriptedHandler
    clock: Clock

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def client(self, signer: KeySigner = CONSUMER, limits: WireLimits | None = None) -> WireClient:
        return WireClient(signer=signer, clock=self.clock, limits=limits, allow_private=True)

    def offer(self, **changes: Any) -> SessionOffer:
        values: dict[str, Any] = {
            "bid_id": BID,
            "provider": PROVIDER.address,
            "chain_id": CHAIN_ID,
            "spend": 10**18,
        }
        return SessionOffer(**(values | changes))

    def query(self, **changes: Any) -> ReportQuery:
        values: dict[str, Any] = {
            "session_id": SESSION,
            "provider": PROVIDER.address,
            "provider_public_key": PROVIDER.public_key,
            "chain_id": CHAIN_ID,
        }
        return ReportQuery(**(values | changes))

    async def raw(self, sent: bytes, *, half_close: bool = False) -> bytes:
        """Everything the server answers to `sent` until it closes."""
        return await self.raw_in_pieces([sent], half_close=half_close)

    async def raw_in_pieces(self, pieces: Sequence[bytes], *, half_close: bool = False) -> bytes:
        """As `raw`, each piece in a segment of its own as far as the system goes along."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        if half_close:
            writer.write_eof()
        try:
            async with asyncio.timeout(10):
                return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.transport.abort()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until the condition holds; fails after 5 s."""
    async with asyncio.timeout(5):
        for _ in itertools.takewhile(lambda _: not condition(), itertools.count()):
            await asyncio.sleep(0)


@asynccontextmanager
async def running(
    handler: ScriptedHandler | None = None,
    *,
    limits: WireLimits | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Pair]:
    handler = handler or ScriptedHandler()
    clock = clock or SystemClock()
    audio = handler if handler.uploads is not None else None
    server = ProviderServer(
        handler=handler, audio=audio, signer=PROVIDER, clock=clock, limits=limits
    )
    await server.start("127.0.0.1", 0)
    try:
        yield Pair(server, handler, clock)
    finally:
        await server.aclose()


def knowing_consumer(chunks: Chunks = greeting, **changes: Any) -> ScriptedHandler:
    """A handler whose session is open already."""
    handler = ScriptedHandler(chunks=chunks, **changes)
    handler.keys[SESSION] = PeerKey(CONSUMER.public_key)
    return handler
