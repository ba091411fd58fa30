"""Prompts as consumer: one at a time per session, verified, counted, with the provider's key
recovered.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from node.core.errors import (
    IncompleteAnswerError,
    ProviderRefusedError,
    SessionBusyError,
    SessionClosedError,
    SessionExpiredError,
)
from node.core.ids import Address, SessionId
from node.router.access import ChainAccess, WalletAccess
from node.router.answer_recorder import (
    Answer,
    AnswerChunk,
    AnswerEnd,
    AnswerRecorder,
    finish_reason,
)
from node.router.clock_check import wrong_clock
from node.router.links import ProviderLink
from node.router.prompt_privacy import PromptPrivacy
from node.store.journal_records import SessionEntry, SessionState
from node.store.peers import PeerKeys
from node.store.session_stats import SessionStats
from node.wire.audio_upload import AudioFile
from node.wire.handshake import Pong, SessionOffer, is_user_unknown
from node.wire.plaintexts import AnswerPart, PartKind
from node.wire.prompts import (
    PromptKind,
    prompt_text,
)

__all__ = ["Answer", "AnswerChunk", "AnswerEnd", "Consumer", "finish_reason"]

QUEUE_PER_SESSION = 4


class Consumer:
    """Sends prompts to the providers of the wallet's sessions."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        link: ProviderLink,
        peers: PeerKeys,
        stats: SessionStats,
        privacy: PromptPrivacy,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._link = link
        self._peers = peers
        self._stats = stats
        self._privacy = privacy
        self._slots: dict[SessionId, asyncio.Lock] = {}
        self._waiting: dict[SessionId, int] = {}

    async def ping(self, endpoint: str, provider: Address) -> Pong:
        """Ping a provider; raises ProviderError when it does not prove who it is."""
        return await self._link.ping(endpoint, provider)

    async def prompt(
        self,
        entry: SessionEntry,
        body: Mapping[str, Any],
        kind: PromptKind = PromptKind.CHAT,
        audio: AudioFile | None = None,
    ) -> AsyncGenerator[Answer, None]:
        """Yield the answer of one prompt, then its end. Closing the iterator cancels the prompt.

        `audio` is a file to transcribe, which is uploaded first.

        Raises:
            SessionExpiredError, SessionClosedError: before anything is sent.
            SessionBusyError: four prompts wait already.
            PromptReadableError: see `PromptPrivacy.seals`; nothing was sent.
            WrongClockError: the provider refused the message for its time.
            ProviderError: see `ProviderLink.prompt`. What was yielded stays valid.
        """
        session_id = self.usable(entry)
        waiting = self._waiting.get(session_id, 0)
        if waiting > QUEUE_PER_SESSION:
            raise SessionBusyError("This session is busy.")
        self._waiting[session_id] = waiting + 1
        slot = self._slots.setdefault(session_id, asyncio.Lock())
        try:
            async with slot:
                self.usable(entry)
                async with aclosing(self._run(entry, session_id, body, kind, audio)) as answers:
                    async for answer in answers:
                        yield answer
        finally:
            self._waiting[session_id] -= 1
            if not self._waiting[session_id]:
                del self._waiting[session_id]
                self._slots.pop(session_id, None)

    def usable(self, entry: SessionEntry) -> SessionId:
        """The id of an open session. Raises SessionClosedError, SessionExpiredError."""
        if entry.session_id is None or entry.state is not SessionState.ACTIVE:
            raise SessionClosedError("This session is not open.")
        if self._chain.clock.unix_seconds() >= entry.ends_at:
            raise SessionExpiredError("session expired")
        return entry.session_id

    async def _run(
        self,
        entry: SessionEntry,
        session_id: SessionId,
        body: Mapping[str, Any],
        kind: PromptKind,
        audio: AudioFile | None,
    ) -> AsyncGenerator[Answer, None]:
        message = prompt_text(kind, body)
        recorder = AnswerRecorder(self._chain.clock, kind, body)
        async with aclosing(self._parts(entry, session_id, message, kind, audio)) as parts:
            async for part in parts:
                if part.kind is PartKind.DONE:
                    recorder.done = True
                    continue
                yield recorder.take(part)
        end = recorder.end()
        if kind is PromptKind.CHAT and not end.complete:
            raise IncompleteAnswerError("The answer ended before it was complete.")
        await self._stats.add(session_id, "consumer", end.stats)
        yield end

    async def _parts(
        self,
        entry: SessionEntry,
        session_id: SessionId,
        message: str,
        kind: PromptKind,
        audio: AudioFile | None,
    ) -> AsyncGenerator[AnswerPart, None]:
        sealed = await self._privacy.seals(entry.endpoint, entry.provider)
        key = await self.provider_key(entry)
        for attempt in (1, 2):
            try:
                async with aclosing(
                    self._link.prompt(
                        entry.endpoint,
                        session_id,
                        message,
                        key,
                        kind=kind,
                        sealed=sealed,
                        audio=audio,
                    )
                ) as parts:
                    async for part in parts:
                        yield part
            except ProviderRefusedError as error:
                if attempt == 1 and is_user_unknown(error):
                    # The provider lost its data: introducing ourselves anew costs nothing on chain.
                    key = await self.introduce(entry)
                    continue
                wrong = await wrong_clock(self._chain, error)
                if wrong is not None:
                    raise wrong from error
                if sealed:
                    await self._privacy.refused(entry.endpoint, entry.provider, error)
                raise
            return

    async def introduce(self, entry: SessionEntry) -> bytes:
        """Give our key to a provider that forgot it; returns the provider's. Costs nothing."""
        offer = SessionOffer(
            bid_id=entry.bid_id,
            provider=entry.provider,
            chain_id=entry.chain_id,
            spend=entry.stake.base,
        )
        reply = await self._link.request_session(entry.endpoint, offer)
        await self._peers.put_provider(entry.provider, reply.provider_public_key, entry.endpoint)
        return reply.provider_public_key

    async def provider_key(self, entry: SessionEntry) -> bytes:
        """The key that must sign the answers:

        Journalled, known, or recovered from a signed ping.
        """
        if entry.provider_public_key:
            return entry.provider_public_key
        known = await self._peers.provider(entry.provider)
        key = (
            known.public_key
            if known
            else (await self.ping(entry.endpoint, entry.provider)).public_key
        )
        await self._wallet.journal.save(replace(entry, provider_public_key=key))
        return key
