"""Consumer's calls to providers over TCP. A new connection per request, as the protocol demands."""

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from node.core.clock import Clock
from node.core.errors import (
    BadSignatureError,
    IncompleteAnswerError,
    InvalidPromptError,
    ProviderTimeoutError,
    ProviderUnreachableError,
)
from node.core.ids import Address, SessionId
from node.core.log import current_request_id
from node.core.ports import HandshakeReply, SignedBlob, Signer
from node.core.units import UnixMillis
from node.wire.audio_upload import AudioFile, AudioUpload, new_stream_id
from node.wire.codec import Response, decode_result, encode_request, parse_response
from node.wire.connection import ProviderConnection
from node.wire.endpoints import Resolver, system_resolver
from node.wire.exchange import PromptExchange, new_scanner, open_message, refused
from node.wire.handshake import (
    NONCE_LENGTH,
    Pong,
    ReportQuery,
    SessionOffer,
    check_pong,
    check_report,
    check_session_reply,
    ping_request,
    report_request,
    session_request,
)
from node.wire.limits import WireLimits
from node.wire.messages import (
    AgentReply,
    CallToolRequest,
    GetToolsRequest,
    Message,
    PingReply,
    PromptRequest,
    ReportReply,
    SessionReply,
    StreamChunkReply,
    StreamEndRequest,
    StreamStartReply,
)
from node.wire.plaintexts import AnswerPart, parse_plaintext
from node.wire.prompt_envelope import Binding, SealedField, seal
from node.wire.prompts import PromptKind
from node.wire.signing import PeerKey, peer_key, sign, verify

_log = logging.getLogger("node.wire")
R = TypeVar("R", bound=Message)
PING_ID = "0"
STREAM_START = "session.prompt.stream.start"
STREAM_CHUNK = "session.prompt.stream.chunk"
STREAM_END = "session.prompt.stream.end"


def new_request_id() -> str:
    """The id of the request this task works for; without one 8 random hex digits, as the peer."""
    return current_request_id() or secrets.token_hex(4)


def _seal(
    text: str, field: SealedField, session_id: SessionId, timestamp: UnixMillis, key: PeerKey
) -> str:
    return seal(text, key, Binding(field=field, session_id=session_id, timestamp=timestamp))


@contextlib.asynccontextmanager
async def _deadline(seconds: float) -> AsyncGenerator[None, None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise ProviderTimeoutError("The provider does not answer.") from error


class WireClient:
    """Speaks to providers as the consumer whose key `signer` holds.

    `allow_private` lets it connect to loopback and LAN addresses (demo network, tests, own
    servers). Endpoint strings are taken as hostile text. All calls may raise EndpointRefusedError,
    ProviderUnreachableError (or its ProviderTimeoutError), ProviderRefusedError with the
    provider's own unverified text in `details["text"]`, BadMessageError, BadSignatureError and
    WalletLockedError.
    """

    def __init__(
        self,
        *,
        signer: Signer,
        clock: Clock,
        limits: WireLimits | None = None,
        allow_private: bool = False,
        resolver: Resolver = system_resolver,
        nonce: Callable[[], bytes] = lambda: os.urandom(NONCE_LENGTH),
        stream_id: Callable[[], str] = new_stream_id,
    ) -> None:
        self._signer = signer
        self._clock = clock
        self._limits = limits or WireLimits()
        self._allow_private = allow_private
        self._resolver = resolver
        self._nonce = nonce
        self._stream_id = stream_id

    async def ping(self, endpoint: str, expected: Address) -> Pong:
        """Prove that `expected` answers at `endpoint` and learn its version and public key."""
        nonce = self._nonce()
        started = time.monotonic()
        request = ping_request(self._signer, nonce)
        async with _deadline(self._limits.ping_s):
            reply = await self._call(endpoint, PING_ID, "network.ping", request, PingReply)
        rtt_ms = round((time.monotonic() - started) * 1000)
        key = check_pong(reply, nonce=nonce, expected=expected)
        return Pong(version=reply.version, public_key=key.raw, rtt_ms=rtt_ms)

    async def request_session(
        self, endpoint: str, offer: SessionOffer, *, request_id: str | None = None
    ) -> HandshakeReply:
        """Ask for the provider's approval; everything about it is checked before this returns."""
        request = session_request(offer, self._signer, self._clock)
        async with _deadline(self._limits.session_request_s):
            reply = await self._call(
                endpoint, request_id or new_request_id(), "session.request", request, SessionReply
            )
        return check_session_reply(
            reply,
            offer,
            user=request.user,
            now=self._clock.unix_millis(),
            window_ms=self._limits.clock_window_ms,
        )

    async def request_report(
        self, endpoint: str, query: ReportQuery, *, request_id: str | None = None
    ) -> SignedBlob:
        """The provider's report, fit to close without a dispute. A failure means "no report"."""
        request = report_request(query.session_id, self._signer, self._clock)
        async with _deadline(self._limits.report_s):
            reply = await self._call(
                endpoint, request_id or new_request_id(), "session.report", request, ReportReply
            )
        now = self._clock.unix_millis()
        return check_report(reply, query, now=now, window_ms=self._limits.clock_window_ms)

    async def prompt(
        self,
        endpoint: str,
        session_id: SessionId,
        message_text: str,
        provider_public_key: bytes,
        *,
        kind: PromptKind = PromptKind.CHAT,
        sealed: bool = False,
        audio: AudioFile | None = None,
        request_id: str | None = None,
    ) -> AsyncGenerator[AnswerPart, None]:
        """Send a prompt and yield the verified parts of the answer, the end mark included.

        With `audio` the file is uploaded first, piece by piece, and `message_text` are the
        parameters of its transcription. The file itself is readable on the way in any case.

        `sealed`: the text goes as an envelope for the provider's key, which only providers open
        that announce it (`prompt_envelope.announces`); else it is readable on the way.

        Ends without an end mark only after a finish reason. Close the iterator to stop the
        provider.

        Raises (beside the common ones):
            InvalidPromptError: the request exceeds the size that providers take.
            ProviderModelError: the model answered an error.
            IncompleteAnswerError: the stream stopped after parts were yielded.
            MessageTooLargeError: the answer exceeds the limits.
        """
        provider_key = peer_key(provider_public_key)
        request_id = request_id or new_request_id()
        if audio is None:
            raw = self._prompt(session_id, message_text, provider_key, sealed, request_id)
        else:
            stream_id = await self._upload(endpoint, session_id, audio, provider_key, request_id)
            raw = self._stream_end(
                session_id, stream_id, message_text, provider_key, sealed, request_id
            )
        if len(raw) > self._limits.message_out:
            raise InvalidPromptError(
                "This request is too large to be sent.", hint="Send less text or smaller images."
            )
        exchange = PromptExchange(
            signer=self._signer,
            provider_key=provider_key,
            limits=self._limits,
            kind=kind,
            request_id=request_id,
        )
        _log.debug("%s to %s", "session.prompt", endpoint)
        async with await self._open(endpoint) as connection:
            await connection.send(raw, timeout_s=self._limits.write_stuck_s)
            async with aclosing(self._receive(connection, exchange, kind)) as parts:
                async for part in parts:
                    yield part

    def _prompt(
        self, session_id: SessionId, text: str, key: PeerKey, sealed: bool, request_id: str
    ) -> bytes:
        now = self._clock.unix_millis()
        if sealed:
            text = _seal(text, SealedField.PROMPT, session_id, now, key)
        message = PromptRequest(session_id=session_id, message=text, timestamp=now)
        return encode_request(request_id, "session.prompt", sign(message, self._signer))

    def _stream_end(
        self,
        session_id: SessionId,
        stream_id: str,
        text: str,
        key: PeerKey,
        sealed: bool,
        request_id: str,
    ) -> bytes:
        now = self._clock.unix_millis()
        if sealed:
            text = _seal(text, SealedField.AUDIO_PARAMETERS, session_id, now, key)
        message = StreamEndRequest(
            session_id=session_id, stream_id=stream_id, parameters=text, timestamp=now
        )
        return encode_request(request_id, STREAM_END, sign(message, self._signer))

    async def _upload(
        self,
        endpoint: str,
        session_id: SessionId,
        audio: AudioFile,
        provider_key: PeerKey,
        request_id: str,
    ) -> str:
        """Send a file; each message has a connection of its own and a receipt. Returns its id."""
        stream_id = self._stream_id()
        upload = AudioUpload(
            audio,
            session_id=session_id,
            signer=self._signer,
            clock=self._clock,
            provider_key=provider_key,
            stream_id=stream_id,
        )
        started = await self._call(
            endpoint, request_id, STREAM_START, upload.start(), StreamStartReply
        )
        upload.check_start(started)
        async for chunk in upload.chunks():
            receipt = await self._call(endpoint, request_id, STREAM_CHUNK, chunk, StreamChunkReply)
            upload.check_chunk(chunk, receipt)
        return stream_id

    async def _receive(
        self, connection: ProviderConnection, exchange: PromptExchange, kind: PromptKind
    ) -> AsyncGenerator[AnswerPart, None]:
        limits = self._limits
        audio = kind in (PromptKind.SPEECH, PromptKind.TRANSCRIPTION)
        waits = limits.audio_response_waits if audio else limits.first_response_waits
        deadline = time.monotonic() + limits.first_response_s * waits
        while not exchange.ended:
            try:
                data = await connection.read(max(0.0, deadline - time.monotonic()))
            except TimeoutError as error:
                if exchange.started:
                    raise IncompleteAnswerError("The provider stopped answering.") from error
                raise ProviderTimeoutError("The provider does not answer.") from error
            except ProviderUnreachableError as error:
                if exchange.started:
                    raise IncompleteAnswerError(error.message) from error
                raise
            parts = exchange.feed(data) if data else []
            for part in parts:
                yield part
            if parts:
                deadline = time.monotonic() + limits.idle_s
            failure = exchange.finish() if not data else exchange.failure
            if failure is not None:
                raise failure
            if not data:
                return

    async def agent_tools(
        self, endpoint: str, session_id: SessionId, provider_public_key: bytes
    ) -> Any:
        """The tools that the session's agent has: the JSON value of the provider's answer."""
        now = self._clock.unix_millis()
        request = GetToolsRequest(session_id=session_id, timestamp=now)
        return await self._agent(endpoint, "agent.get_tools", request, provider_public_key)

    async def call_tool(
        self,
        endpoint: str,
        session_id: SessionId,
        tool: str,
        input_text: str,
        provider_public_key: bytes,
        *,
        sealed: bool = False,
    ) -> Any:
        """The JSON value of a tool's result. `input_text` is a JSON object, sealed as a prompt's
        text may be; the tool's name is readable in any case.
        """
        now = self._clock.unix_millis()
        if sealed:
            key = peer_key(provider_public_key)
            input_text = _seal(input_text, SealedField.TOOL_INPUT, session_id, now, key)
        request = CallToolRequest(
            session_id=session_id, tool_name=tool, message=input_text, timestamp=now
        )
        return await self._agent(endpoint, "agent.call_tool", request, provider_public_key)

    async def _agent(
        self, endpoint: str, method: str, request: Message, provider_public_key: bytes
    ) -> Any:
        signed, wait_s = sign(request, self._signer), self._limits.agent_s
        async with _deadline(wait_s):
            reply = await self._call(
                endpoint, new_request_id(), method, signed, AgentReply, wait_s=wait_s
            )
        if not verify(reply, peer_key(provider_public_key)):
            raise BadSignatureError("The provider's answer carries a wrong signature.")
        return parse_plaintext(open_message(self._signer, reply.message))

    async def _call(
        self,
        endpoint: str,
        request_id: str,
        method: str,
        request: Message,
        kind: type[R],
        *,
        wait_s: float | None = None,
    ) -> R:
        """One request, one reply."""
        _log.debug("%s to %s", method, endpoint)
        async with await self._open(endpoint) as connection:
            raw = encode_request(request_id, method, request)
            await connection.send(raw, timeout_s=self._limits.write_stuck_s)
            response = await self._response(connection, wait_s or self._limits.session_request_s)
        if response.id != request_id:
            _log.info("provider echoed another request id for %s", method)
        if response.error is not None:
            raise refused(response.error, self._limits)
        return decode_result(kind, response.result)

    async def _response(self, connection: ProviderConnection, wait_s: float) -> Response:
        scanner = new_scanner(self._limits)
        while True:
            data = await connection.read(wait_s)
            if not data:
                raise ProviderUnreachableError(
                    "The provider closed the connection without sending any data."
                )
            frame, _ = scanner.feed(data)
            if frame is not None:
                return parse_response(frame, max_depth=self._limits.json_depth)

    async def _open(self, endpoint: str) -> ProviderConnection:
        return await ProviderConnection.open(
            endpoint,
            limits=self._limits,
            resolver=self._resolver,
            allow_private=self._allow_private,
        )
