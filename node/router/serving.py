"""Provider side: approves sessions, serves prompts, signs reports.

The TCP server checked the signatures.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from node.core.errors import BackendRefusedError, NodeError, OutOfCapacityError
from node.core.events import EventBus, ProviderServed
from node.core.ids import ModelId, SessionId
from node.core.log import get_logger
from node.core.ports import PromptStats, SignedBlob, Signer
from node.core.tokens import prompt_tokens
from node.core.units import UnixMillis
from node.router.access import ChainAccess
from node.router.backends import Backends
from node.router.capacity import Capacity
from node.router.models_config import ModelEntry
from node.router.served import ServedSessions
from node.store.peers import PeerKeys
from node.store.session_stats import ServedSession, SessionStats
from node.wire.blobs import Approval
from node.wire.handler import chat_plaintexts
from node.wire.messages import PromptRequest, SessionRequest
from node.wire.prompts import DONE, Prompt, PromptKind, UsageMeter, answer_text, read_prompt
from node.wire.refusals import (
    FAILED_BID,
    FAILED_PROMPT,
    NO_CAPACITY,
    SESSION_NOT_FOUND,
    USER_NOT_FOUND,
    Refusal,
)
from node.wire.signing import PeerKey, peer_key

_log = get_logger("node.router.provider")
QUEUE_PER_SESSION = 4
ReportSource = Callable[[SessionId], Awaitable[SignedBlob]]


class ProviderSide:
    """Implements `node.wire.handler.ProviderHandler` for one wallet on one network."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        signer: Signer,
        bus: EventBus,
        backends: Backends,
        capacity: Capacity,
        sessions: ServedSessions,
        peers: PeerKeys,
        stats: SessionStats,
        reports: ReportSource,
        version: str,
    ) -> None:
        self._chain = chain
        self._signer = signer
        self._bus = bus
        self._backends = backends
        self._capacity = capacity
        self._sessions = sessions
        self._peers = peers
        self._stats = stats
        self._reports = reports
        self._version = version
        self._slots: dict[SessionId, asyncio.Lock] = {}
        self._waiting: dict[SessionId, int] = {}
        self._keys: dict[bytes, PeerKey] = {}

    @property
    def version(self) -> str:
        return self._version

    def active_sessions(self, model_id: ModelId) -> int:
        """Sessions of a model that this node serves now."""
        return self._capacity.active(model_id)

    def session_closed(self, session_id: SessionId) -> None:
        """The chain says that a session was closed: look there before the next prompt."""
        self._sessions.recheck(session_id)

    # --- consent ---------------------------------------------------------------------------------

    async def approve(
        self, request: SessionRequest, key: PeerKey, issued_at: UnixMillis
    ) -> SignedBlob:
        """Consent to a session on our own active bid of a model that runs here."""
        entry = await self._offered(request)
        try:
            self._capacity.admit(
                entry.model_id, request.bid_id, request.user, entry.slots, entry.capacity_policy
            )
        except OutOfCapacityError as error:
            raise Refusal(NO_CAPACITY) from error
        await self._peers.put_user(request.user, key.raw)
        self._keys[request.user.raw] = key
        encoded = Approval(
            bid_id=request.bid_id,
            chain_id=self._chain.market.chain_id,
            user=request.user,
            timestamp=issued_at,
        ).encode()
        return SignedBlob(encoded=encoded, signature=self._signer.sign_blob(encoded))

    async def _offered(self, request: SessionRequest) -> ModelEntry:
        try:
            bid = await self._chain.market.bid(request.bid_id)
        except NodeError as error:
            _log.info("bid not read", bid_id=request.bid_id.hex, code=error.code)
            raise Refusal(f"{FAILED_BID}: bid not found") from error
        if bid.provider != self._signer.address or not bid.is_active:
            raise Refusal(f"{FAILED_BID}: bid is not active")
        entry = self._backends.entry(bid.model_id)
        if entry is None:
            raise Refusal(f"{FAILED_BID}: model is not served")
        return entry

    # --- prompts ---------------------------------------------------------------------------------

    async def prompt_key(self, session_id: SessionId) -> PeerKey:
        return await self._user_key(await self._sessions.find(session_id))

    async def _user_key(self, session: ServedSession) -> PeerKey:
        known = self._keys.get(session.user.raw)
        if known is not None:
            return known
        stored = await self._peers.user(session.user)
        if stored is None:
            raise Refusal(USER_NOT_FOUND)
        key = self._keys[session.user.raw] = peer_key(stored)
        return key

    async def prompt(self, request: PromptRequest) -> AsyncGenerator[bytes, None]:
        """Serve one prompt; others of the same session wait their turn, four at most."""
        session_id = request.session_id
        session = await self._sessions.find(session_id)
        prompt = read_prompt(request.message)
        waiting = self._waiting.get(session_id, 0)
        if waiting > QUEUE_PER_SESSION:
            raise Refusal(NO_CAPACITY)
        self._waiting[session_id] = waiting + 1
        slot = self._slots.setdefault(session_id, asyncio.Lock())
        try:
            async with slot, aclosing(self._answer(session, prompt)) as plaintexts:
                async for plaintext in plaintexts:
                    yield plaintext
        finally:
            self._waiting[session_id] -= 1
            if not self._waiting[session_id]:
                del self._waiting[session_id]
                self._slots.pop(session_id, None)

    async def _answer(self, session: ServedSession, prompt: Prompt) -> AsyncGenerator[bytes, None]:
        entry = self._backends.entry(session.model_id)
        if entry is None:
            raise Refusal(f"{FAILED_PROMPT}: model is not served")
        self._capacity.prompted(session.session_id)
        if prompt.kind is PromptKind.EMBEDDINGS:
            yield await self._embeddings(entry.model_id, prompt)
            return
        if prompt.kind is not PromptKind.CHAT:
            raise Refusal(f"{FAILED_PROMPT}: this model only chats")
        async with aclosing(self._chat(session, prompt)) as plaintexts:
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

    async def _embeddings(self, model_id: ModelId, prompt: Prompt) -> bytes:
        async with self._backends.backend(model_id) as backend:
            answer = await backend.embeddings(prompt.body)
        if not answer.get("data"):
            raise BackendRefusedError(
                "The model server sent no embeddings.", status=502, body="no embeddings"
            )
        return answer_text(answer)

    # --- reports ---------------------------------------------------------------------------------

    async def report_key(self, session_id: SessionId) -> PeerKey:
        session = await self._sessions.known(session_id)
        if session is None:
            raise Refusal(SESSION_NOT_FOUND)
        return await self._user_key(session)

    async def report(self, session_id: SessionId) -> SignedBlob:
        self._sessions.recheck(session_id)
        return await self._reports(session_id)
