"""The provider's TCP listener: one request per connection, dispatch by method, error replies."""

import asyncio
import contextlib
import dataclasses
import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from node.core.clock import Clock
from node.core.errors import (
    AddressInUseError,
    BackendError,
    BackendRefusedError,
    BadMessageError,
    NodeError,
)
from node.core.log import request_context
from node.core.ports import Signer
from node.core.tasks import TaskScope
from node.wire.admission import Admission, Place, RateLimiter
from node.wire.audio_upload import RECEIVED, STARTED
from node.wire.codec import Request, decode_request, parse_request
from node.wire.envelope import encrypt
from node.wire.fields import read_session_id
from node.wire.handler import AgentHandler, AudioHandler, ProviderHandler
from node.wire.inbound import Inbound, PeerGoneError
from node.wire.limits import WireLimits
from node.wire.messages import (
    AgentReply,
    CallToolRequest,
    GetToolsRequest,
    Message,
    PingReply,
    PingRequest,
    PromptRequest,
    ReportReply,
    ReportRequest,
    SessionReply,
    SessionRequest,
    StreamChunkReply,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartReply,
    StreamStartRequest,
)
from node.wire.prompt_envelope import Binding, SealedField, announce, unseal
from node.wire.prompts import model_error_text
from node.wire.refusals import (
    FAILED_PROMPT,
    INTERNAL,
    SESSION_NOT_FOUND,
    TOO_MANY_REQUESTS,
    USER_NOT_FOUND,
    Refusal,
)
from node.wire.signing import PeerKey
from node.wire.verification import RequestGuard, WorkRequest

_log = logging.getLogger("node.wire")
_BACKLOG = 256
_BUFFER = 256 * 1024
_MAX_NONCE = 64
_PROMPTS = ("session.prompt", "session.prompt.stream.end")
M = TypeVar("M", bound=Message)
_Answer = Callable[["_Call"], Awaitable[None]]


class _Call:
    """One request on its connection."""

    __slots__ = ("inbound", "place", "request")

    def __init__(self, inbound: Inbound, place: Place, request: Request) -> None:
        self.inbound = inbound
        self.place = place
        self.request = request


class ProviderServer:
    """Listens while hosting is on. `start`, then `aclose`; not reusable.

    Methods without an entry in the table are answered as unknown.
    """

    def __init__(
        self,
        *,
        handler: ProviderHandler,
        audio: AudioHandler | None = None,
        agents: AgentHandler | None = None,
        signer: Signer,
        clock: Clock,
        limits: WireLimits | None = None,
    ) -> None:
        self._handler = handler
        self._signer = signer
        self._clock = clock
        self._limits = limits or WireLimits()
        self._guard = RequestGuard(clock, self._limits)
        self._admission = Admission(self._limits)
        self._rates = RateLimiter(clock, self._limits.requests_per_address_minute)
        self._scope = TaskScope("wire server")
        self._server: asyncio.Server | None = None
        self._answers: dict[str, _Answer] = {
            "network.ping": self._ping,
            "session.request": self._session_request,
            "session.prompt": self._prompt,
            "session.report": self._report,
        }
        if audio is not None:
            self._answers |= {
                "session.prompt.stream.start": functools.partial(self._stream_start, audio),
                "session.prompt.stream.chunk": functools.partial(self._stream_chunk, audio),
                "session.prompt.stream.end": functools.partial(self._stream_end, audio),
            }

        if agents is not None:
            self._answers |= {
                "agent.get_tools": functools.partial(self._get_tools, agents),
                "agent.call_tool": functools.partial(self._call_tool, agents),
            }

    async def start(self, host: str, port: int) -> None:
        """Bind and listen; port 0 takes a free one. Raises AddressInUseError."""
        try:
            self._server = await asyncio.start_server(
                self._accept, host, port, limit=_BUFFER, backlog=_BACKLOG
            )
        except OSError as error:
            raise AddressInUseError(
                f"Port {port} for providing cannot be opened.", hint="Choose another port."
            ) from error

    @property
    def port(self) -> int:
        """The port listened on. Raises RuntimeError before `start`."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the server is not listening")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        return self._admission.connections

    @property
    def unread_bytes(self) -> int:
        """Memory held by requests that are not complete."""
        return self._admission.unread

    async def aclose(self) -> None:
        """Stop listening and cut the running answers."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._scope.aclose()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        listening = self._server is not None
        if not listening:
            writer.transport.abort()
            return
        address = str(peer[0]) if peer else ""
        place = self._admission.enter(address)
        if place is None:
            self._scope.spawn(self._wait(reader, writer, address), name="waiting connection")
        else:
            self._begin(reader, writer, place)

    async def _wait(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        try:
            place = await self._admission.enter_later(address)
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        if place is None:
            writer.transport.abort()
        else:
            self._begin(reader, writer, place)

    def _begin(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: Place
    ) -> None:
        inbound = Inbound(
            reader,
            writer,
            place=place,
            limits=self._limits,
            signer=self._signer,
            clock=self._clock,
        )
        self._scope.spawn(self._serve(inbound, place), name="connection")

    async def _serve(self, inbound: Inbound, place: Place) -> None:
        try:
            frame = await inbound.read_request()
            if frame is not None:
                limits = self._limits
                request = parse_request(
                    frame, max_depth=limits.json_depth, max_id=limits.request_id
                )
                with request_context(request.id):
                    _log.debug("%s from %s", request.method[:64], place.address)
                    await self._answer_watched(_Call(inbound, place, request))
            await inbound.close()
        except BadMessageError:
            inbound.abort()
        except asyncio.CancelledError:
            inbound.abort()
            raise
        finally:
            place.leave()

    async def _answer_watched(self, call: _Call) -> None:
        """Answer beside a task that notices when the consumer leaves."""
        answer = asyncio.current_task()
        if answer is None:
            raise RuntimeError("not in a task")
        streamed = call.request.method in _PROMPTS
        watcher = self._scope.spawn(call.inbound.watch(answer, streamed=streamed), name="watch")
        try:
            await self._answer(call)
        finally:
            watcher.cancel()

    async def _answer(self, call: _Call) -> None:
        """Run the method; whatever fails becomes one unsigned error without internals."""
        request = call.request
        try:
            answer = self._answers.get(request.method)
            if answer is None:
                raise Refusal(f"unknown method: unknown method: {request.method}")
            await answer(call)
            return
        except PeerGoneError:
            return
        except Refusal as error:
            text = error.message
        except BackendError as error:
            _log.warning("model backend failed: %s", error.code)
            text = f"{FAILED_PROMPT}: the model is not available"
        except NodeError as error:
            _log.warning("request %s failed: %s", request.method, error.code)
            text = INTERNAL
        except Exception:
            _log.exception("request %s failed", request.method)
            text = INTERNAL
        with contextlib.suppress(PeerGoneError):
            await call.inbound.refuse(request.id, text)

    def _decode(self, kind: type[M], call: _Call) -> M:
        try:
            return decode_request(kind, call.request.params)
        except BadMessageError as error:
            raise Refusal(error.message) from error

    def _check_rate(self, call: _Call) -> None:
        if not self._rates.admit((call.request.method, call.place.address)):
            raise Refusal(TOO_MANY_REQUESTS)

    def _check_stranger(self, call: _Call) -> None:
        """Looking an unknown session up costs reads of the chain: strangers get only so many."""
        if call.place.is_stranger and not self._rates.admit(("unproven", call.place.address)):
            raise Refusal(TOO_MANY_REQUESTS)

    async def _ping(self, call: _Call) -> None:
        """The signature of a ping is not checked, as anybody may ping."""
        self._check_rate(call)
        request = self._decode(PingRequest, call)
        if len(request.nonce) > _MAX_NONCE:
            raise Refusal("request validation failed: nonce is too long")
        version = announce(self._handler.version)
        reply = PingReply(nonce=request.nonce, version=version)
        await call.inbound.reply(call.request.id, reply)

    async def _session_request(self, call: _Call) -> None:
        self._check_rate(call)
        request = self._decode(SessionRequest, call)
        key = self._guard.session_request(request)
        approval = await self._handler.approve(request, key)
        reply = SessionReply(
            message=self._signer.public_key,
            approval=approval.encoded,
            approval_signature=approval.signature,
            user=request.user,
            timestamp=self._clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)

    async def _prompt(self, call: _Call) -> None:
        request = self._decode(PromptRequest, call)
        key = await self._proven(call, request)
        text = self._opened(request.message, SealedField.PROMPT, request)
        request = dataclasses.replace(request, message=text)
        await self._write_answer(call, key, self._handler.prompt(request))

    async def _write_answer(
        self, call: _Call, key: PeerKey, plaintexts: AsyncGenerator[bytes, None]
    ) -> None:
        writer = call.inbound.chunk_writer(call.request.id, key)
        try:
            async with aclosing(plaintexts) as parts:
                async for plaintext in parts:
                    await writer.write(plaintext)
        except BackendRefusedError as error:
            await call.inbound.model_error(call.request.id, model_error_text(error.body), key)

    def _opened(
        self,
        text: str,
        field: SealedField,
        request: PromptRequest | StreamEndRequest | CallToolRequest,
    ) -> str:
        """A request's text in clear, whichever of the two forms it came in."""
        binding = Binding(field=field, session_id=request.session_id, timestamp=request.timestamp)
        return unseal(text, self._signer, binding)

    async def _get_tools(self, agents: AgentHandler, call: _Call) -> None:
        request = self._decode(GetToolsRequest, call)
        key = await self._proven(call, request)
        await self._reply_sealed(call, key, await agents.tools(request))

    async def _call_tool(self, agents: AgentHandler, call: _Call) -> None:
        request = self._decode(CallToolRequest, call)
        key = await self._proven(call, request)
        text = self._opened(request.message, SealedField.TOOL_INPUT, request)
        result = await agents.call_tool(dataclasses.replace(request, message=text))
        await self._reply_sealed(call, key, result)

    async def _reply_sealed(self, call: _Call, key: PeerKey, plaintext: bytes) -> None:
        reply = AgentReply(
            message=encrypt(key, plaintext).hex(), timestamp=self._clock.unix_millis()
        )
        await call.inbound.reply(call.request.id, reply)

    async def _stream_start(self, audio: AudioHandler, call: _Call) -> None:
        request = self._decode(StreamStartRequest, call)
        await self._proven(call, request)
        await audio.start_upload(request)
        reply = StreamStartReply(
            stream_id=request.stream_id, status=STARTED, timestamp=self._clock.unix_millis()
        )
        await call.inbound.reply(call.request.id, reply)

    async def _stream_chunk(self, audio: AudioHandler, call: _Call) -> None:
        request = self._decode(StreamChunkRequest, call)
        await self._proven(call, request)
        await audio.take_chunk(request)
        reply = StreamChunkReply(
            stream_id=request.stream_id,
            chunk_index=request.chunk_index,
            status=RECEIVED,
            timestamp=self._clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)

    async def _stream_end(self, audio: AudioHandler, call: _Call) -> None:
        request = self._decode(StreamEndRequest, call)
        key = await self._proven(call, request)
        text = self._opened(request.parameters, SealedField.AUDIO_PARAMETERS, request)
        request = dataclasses.replace(request, parameters=text)
        await self._write_answer(call, key, audio.transcribe(request))

    async def _proven(self, call: _Call, request: WorkRequest) -> PeerKey:
        """The key of the session's user, who signed this request just now."""
        self._check_stranger(call)
        try:
            key = await self._handler.prompt_key(request.session_id)
        except Refusal as refusal:
            if refusal.message == USER_NOT_FOUND:
                # The protocol's order: the time comes before the user.
                self._guard.check_time(request.timestamp)
            raise
        self._guard.prompt(request, key)
        call.place.prove()
        return key

    async def _report(self, call: _Call) -> None:
        request = self._decode(ReportRequest, call)
        try:
            session_id = read_session_id(request.message)
        except BadMessageError as error:
            raise Refusal(SESSION_NOT_FOUND) from error
        self._check_stranger(call)
        key = await self._handler.report_key(session_id)
        self._guard.report(request, key)
        call.place.prove()
        blob = await self._handler.report(session_id)
        reply = ReportReply(
            message=blob.encoded,
            signed_report=blob.signature,
            timestamp=self._clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)
