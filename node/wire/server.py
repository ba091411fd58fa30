"""The provider's TCP listener: one request per connection, dispatch by method, error replies."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

from node.core.clock import Clock
from node.core.errors import (
    AddressInUseError,
    BackendError,
    BadMessageError,
    NodeError,
)
from node.core.log import request_context
from node.core.ports import Signer
from node.core.tasks import TaskScope
from node.wire.admission import Admission, Place
from node.wire.answering import Answer, Answering, Call
from node.wire.codec import parse_request
from node.wire.handler import AgentHandler, AudioHandler, ProviderHandler
from node.wire.inbound import Inbound, PeerGoneError
from node.wire.limits import WireLimits
from node.wire.methods import AgentMethods, AudioMethods, SessionMethods
from node.wire.refusals import (
    FAILED_PROMPT,
    INTERNAL,
    Refusal,
)

_log = logging.getLogger("node.wire")
_BACKLOG = 256
_BUFFER = 256 * 1024
_PROMPTS = ("session.prompt", "session.prompt.stream.end")


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
        self._signer = signer
        self._clock = clock
        self._limits = limits or WireLimits()
        self._admission = Admission(self._limits)
        self._scope = TaskScope("wire server")
        self._server: asyncio.Server | None = None
        tools = Answering(handler=handler, signer=signer, clock=clock, limits=self._limits)
        self._answers: dict[str, Answer] = SessionMethods(tools).table()
        if audio is not None:
            self._answers |= AudioMethods(tools, audio).table()
        if agents is not None:
            self._answers |= AgentMethods(tools, agents).table()

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
            waiting = self._scope.spawn(
                self._wait(reader, writer, address), name="waiting connection"
            )
            waiting.add_done_callback(partial(_abort_unfinished, writer.transport.abort))
        else:
            self._begin(reader, writer, place)

    async def _wait(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        place = await self._admission.enter_later(address)
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
        serving = self._scope.spawn(self._serve(inbound, place), name="connection")
        serving.add_done_callback(lambda _task: place.leave())
        serving.add_done_callback(partial(_abort_unfinished, inbound.abort))

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
                    await self._answer_watched(Call(inbound, place, request))
            await inbound.close()
        except BadMessageError:
            inbound.abort()

    async def _answer_watched(self, call: Call) -> None:
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

    async def _answer(self, call: Call) -> None:
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


def _abort_unfinished(abort: Callable[[], None], task: asyncio.Task[None]) -> None:
    """Close the connection of a task that did not: it was cancelled, perhaps before it began."""
    if task.cancelled() or task.exception() is not None:
        abort()
