"""Provider side: approves sessions, serves prompts, signs reports.

The TCP server checked the signatures.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager

from node.core.events import EventBus, ProviderServed
from node.core.ids import ModelId, SessionId
from node.core.ports import PromptStats, SignedBlob
from node.core.tokens import prompt_tokens
from node.router.activity import ActivityLog
from node.router.approvals import ApprovalDesk
from node.router.backends import Backends
from node.router.capacity import Capacity
from node.router.media_serving import AUDIO_TYPES, ONLY_CHATS, media_pieces
from node.router.models_config import ModelEntry
from node.router.served import ServedSessions
from node.router.turns import PromptTurns
from node.router.user_keys import UserKeys
from node.store.session_stats import ServedSession, SessionStats
from node.wire.audio_upload import AudioFile
from node.wire.handler import chat_plaintexts
from node.wire.messages import (
    PromptRequest,
    SessionRequest,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartRequest,
)
from node.wire.prompts import DONE, Prompt, PromptKind, UsageMeter, read_prompt, without_paths
from node.wire.refusals import (
    FAILED_PROMPT,
    REPLAYED,
    SESSION_NOT_FOUND,
    USER_NOT_FOUND,
    Refusal,
)
from node.wire.signing import PeerKey
from node.wire.uploads import Uploads
from node.wire.verification import WorkRequest

ReportSource = Callable[[SessionId], Awaitable[SignedBlob]]


class ProviderSide:
    """Implements `ProviderHandler` and `AudioHandler` for one wallet on one network."""

    def __init__(
        self,
        *,
        bus: EventBus,
        backends: Backends,
        capacity: Capacity,
        approvals: ApprovalDesk,
        sessions: ServedSessions,
        keys: UserKeys,
        activity: ActivityLog,
        stats: SessionStats,
        reports: ReportSource,
        version: str,
        uploads: Uploads | None = None,
    ) -> None:
        self._bus = bus
        self._backends = backends
        self._capacity = capacity
        self._approvals = approvals
        self._sessions = sessions
        self._keys = keys
        self._activity = activity
        self._stats = stats
        self._reports = reports
        self._version = version
        self._uploads = uploads
        self._turns = PromptTurns()

    @property
    def version(self) -> str:
        return self._version

    async def model_of(self, session_id: SessionId) -> ModelId:
        """The model of a session that may be served now. Raises Refusal."""
        return (await self._sessions.find(session_id)).model_id

    def active_sessions(self, model_id: ModelId) -> int:
        """Sessions of a model that this node serves now."""
        return self._capacity.active(model_id)

    def waiting_prompts(self, model_id: ModelId) -> int:
        """Prompts of a model that wait for a place of its back end."""
        return self._turns.waiting(model_id)

    def session_opened(self, session_id: SessionId) -> None:
        """The chain says that a session of ours was opened: it takes a slot from now on."""
        self._sessions.announced(session_id)

    def session_closed(self, session_id: SessionId) -> None:
        """The chain says that a session was closed: nothing more is served on it."""
        self._sessions.announced_closed(session_id)

    async def restore(self) -> None:
        """Take up what was known before the restart. Call once, before requests are taken."""
        for item in await self._activity.recall():
            self._capacity.remember_use(item.session_id, item.active_at)
        await self._approvals.restore()

    async def flush(self) -> None:
        """Write down what the next start must know. Call after the last request."""
        await self._activity.flush()

    # --- consent ---------------------------------------------------------------------------------

    async def approve(self, request: SessionRequest, key: PeerKey) -> SignedBlob:
        """Consent to a session on our own active bid of a model that runs here."""
        return await self._approvals.approve(request, key)

    # --- prompts ---------------------------------------------------------------------------------

    async def prompt_key(self, session_id: SessionId) -> PeerKey:
        return await self._user_key(await self._sessions.find(session_id))

    async def _user_key(self, session: ServedSession) -> PeerKey:
        key = await self._keys.find(session.user)
        if key is None:
            raise Refusal(USER_NOT_FOUND)
        return key

    async def prompt(self, request: PromptRequest) -> AsyncGenerator[bytes, None]:
        """Serve one prompt when its turn has come; see `PromptTurns` for who waits how long."""
        session, entry = await self._admitted(request)
        prompt = read_prompt(request.message)
        async with self._turns.take(session, entry.places):
            with self._in_use(session, request):
                async with aclosing(self._answer(session, prompt)) as plaintexts:
                    async for plaintext in plaintexts:
                        yield plaintext

    async def _admitted(self, request: WorkRequest) -> tuple[ServedSession, ModelEntry]:
        session = await self._sessions.find(request.session_id)
        entry = self._backends.entry(session.model_id)
        if entry is None:
            raise Refusal(f"{FAILED_PROMPT}: model is not served")
        self._approvals.check_user(session.user, entry)
        if self._activity.was_taken_before_start(request.session_id, request.timestamp):
            raise Refusal(REPLAYED)
        return session, entry

    @contextmanager
    def _in_use(self, session: ServedSession, request: WorkRequest) -> Iterator[None]:
        self._capacity.prompt_started(session.session_id)
        self._activity.note(session.session_id, request.timestamp)
        try:
            yield
        finally:
            self._capacity.prompt_ended(session.session_id)
            self._activity.note(session.session_id, request.timestamp)

    async def _answer(self, session: ServedSession, prompt: Prompt) -> AsyncGenerator[bytes, None]:
        is_chat = prompt.kind is PromptKind.CHAT
        answer = self._chat(session, prompt) if is_chat else self._media(session, prompt)
        async with aclosing(answer) as plaintexts:
            async for plaintext in plaintexts:
                yield plaintext

    async def _chat(self, session: ServedSession, prompt: Prompt) -> AsyncGenerator[bytes, None]:
        messages = prompt.body.get("messages")
        meter = UsageMeter(lambda: prompt_tokens(messages if isinstance(messages, list) else []))
        started = time.monotonic()
        first: float | None = None
        is_counted = False
        async with (
            self._backends.backend(session.model_id) as backend,
            aclosing(backend.chat(prompt.body)) as chunks,
            aclosing(chat_plaintexts(chunks, meter)) as plaintexts,
        ):
            async for plaintext in plaintexts:
                if first is None:
                    first = time.monotonic()
                is_last = plaintext == DONE or not prompt.body.get("stream")
                if is_last and not is_counted:
                    # Before the user has the end: his next request may be for the report.
                    await self._count(session, meter, started, first)
                    is_counted = True
                yield plaintext
        if not is_counted:
            await self._count(session, meter, started, first or time.monotonic())

    async def _count(
        self, session: ServedSession, meter: UsageMeter, started: float, first: float
    ) -> None:
        usage = meter.usage()
        figures = PromptStats(
            ttft_ms=round((first - started) * 1000),
            duration_ms=round((time.monotonic() - started) * 1000),
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.completion_tokens,
        )
        await self._stats.add(session.session_id, "provider", figures)
        self._bus.publish(
            ProviderServed(session_id=session.session_id.hex, output_tokens=usage.completion_tokens)
        )

    async def _media(
        self, session: ServedSession, prompt: Prompt, audio: AudioFile | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Everything but chats; counted without tokens."""
        meter = UsageMeter(lambda: 0)
        started = time.monotonic()
        first: float | None = None
        async with (
            self._backends.backend(session.model_id) as backend,
            aclosing(media_pieces(backend, prompt, audio)) as pieces,
        ):
            async for piece in pieces:
                if first is None:
                    first = time.monotonic()
                if piece.is_last:
                    await self._count(session, meter, started, first)
                yield piece.plaintext

    # --- audio that is uploaded ------------------------------------------------------------------

    async def start_upload(self, request: StreamStartRequest) -> None:
        """Take the first message of an upload for a model that can listen."""
        _, entry = await self._admitted(request)
        if entry.api_type not in AUDIO_TYPES:
            raise Refusal(ONLY_CHATS)
        await self._room().start(request)

    async def take_chunk(self, request: StreamChunkRequest) -> None:
        await self._admitted(request)
        await self._room().add(request)

    async def transcribe(self, request: StreamEndRequest) -> AsyncGenerator[bytes, None]:
        """Transcribe the uploaded file in its turn, as a prompt."""
        session, entry = await self._admitted(request)
        body = read_prompt(request.parameters).body
        prompt = Prompt(PromptKind.TRANSCRIPTION, without_paths(body))
        async with (
            self._room().taken(request) as audio,
            self._turns.take(session, entry.places),
        ):
            with self._in_use(session, request):
                async with aclosing(self._media(session, prompt, audio)) as plaintexts:
                    async for plaintext in plaintexts:
                        yield plaintext

    def _room(self) -> Uploads:
        if self._uploads is None:
            raise Refusal(ONLY_CHATS)
        return self._uploads

    def close(self) -> None:
        """Remove what was uploaded and not used. Call after the listener has ended."""
        if self._uploads is not None:
            self._uploads.clear()

    # --- reports ---------------------------------------------------------------------------------

    async def report_key(self, session_id: SessionId) -> PeerKey:
        session = await self._sessions.known(session_id)
        if session is None:
            raise Refusal(SESSION_NOT_FOUND)
        return await self._user_key(session)

    async def report(self, session_id: SessionId) -> SignedBlob:
        self._sessions.recheck(session_id)
        return await self._reports(session_id)
