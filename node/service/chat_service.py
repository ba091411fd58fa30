"""The facade's chat group: answers with history, raw completions for the HTTP API, stored chats."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from node.core.clock import Clock
from node.core.errors import InvalidPromptError, NodeError, NoTargetError
from node.router.backends import Backends
from node.router.consumer import AnswerEnd
from node.router.display import clean_name, clean_text
from node.service.audio import AudioCompletions, with_input
from node.service.completions import Completions
from node.service.dto import (
    AudioPiece,
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatRequest,
    ChatSummary,
    CompletionChunk,
    CompletionRequest,
    TextDelta,
    TranscriptionRequest,
    TranscriptPart,
    TurnFinished,
    TurnNotice,
    TurnStarted,
)
from node.service.hops import hop_chunk, hop_text
from node.service.kept_completions import KeptCompletions
from node.service.stored_chats import StoredChats, StoredTurn
from node.service.targets import LocalTarget, SessionTarget, Target, TargetFinder
from node.wire.prompts import delta_text, embeddings_answer

MAX_PROMPT_CHARACTERS = 400_000


class ChatService:
    """Sends turns to sessions and local models; keeps chats unless the user said not to."""

    def __init__(
        self,
        *,
        targets: TargetFinder,
        completions: Completions,
        audio: AudioCompletions,
        backends: Backends,
        chats: StoredChats,
        clock: Clock,
        touch: Callable[[], None],
    ) -> None:
        self._targets = targets
        self._completions = completions
        self._audio = audio
        self._backends = backends
        self._chats = chats
        self._kept = KeptCompletions(completions=completions, chats=chats)
        self._clock = clock
        self._touch = touch

    async def send(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """One turn of a chat. What arrived is stored, also when the answer is stopped."""
        self._touch()
        target = await self._target(request)
        body = _body(request)
        turn = await self._chats.begin(
            chat_id=request.chat_id,
            prompt=request.messages[-1].content,
            model_name=await self._model_name(target),
            target=target,
            again=request.again and bool(request.chat_id),
        )
        yield TurnStarted(chat_id=turn.chat_id, message_id=turn.message_id)
        pieces: list[str] = []
        end: AnswerEnd | None = None
        failure: NodeError | None = None
        try:
            async with aclosing(self._completions.run(target, body)) as answer:
                async for piece in answer:
                    if piece.hop is not None:
                        yield TurnNotice(kind="failover", text=hop_text(piece.hop))
                    if piece.end is not None:
                        end = piece.end
                    text = delta_text(piece.data) if piece.data is not None else ""
                    if text:
                        pieces.append(text)
                        yield TextDelta(text=text)
        except NodeError as error:
            failure = error
            raise
        finally:
            await self._chats.finish(turn, "".join(pieces), end, failure)
        if end is not None:
            yield _finished(turn, end)

    async def _target(self, request: ChatRequest) -> Target:
        if not request.messages or request.messages[-1].role != "user":
            raise InvalidPromptError("Write a message first.")
        if not request.messages[-1].content.strip():
            raise InvalidPromptError("Write a message first.")
        if sum(len(item.content) for item in request.messages) > MAX_PROMPT_CHARACTERS:
            raise InvalidPromptError(
                "The conversation is too long for any model.", hint="Start a new chat or trim it."
            )
        if request.target.kind == "session":
            return await self._targets.session(request.target.id)
        entry = self._backends.find(request.target.id)
        if entry is None:
            raise NoTargetError("This model is no longer on this computer.")
        return LocalTarget(model_id=entry.model_id)

    async def _model_name(self, target: Target) -> str:
        if isinstance(target, SessionTarget):
            return clean_name(await target.stack.model_name(target.entry.model_id))
        entry = self._backends.entry(target.model_id)
        return clean_name(entry.name if entry is not None else "")

    async def complete(self, request: CompletionRequest) -> AsyncGenerator[CompletionChunk, None]:
        target = await self._targets.find(request)
        if request.chat_id and self._chats.are_kept:
            answer = self._kept.run(target, request, await self._model_name(target))
        else:
            answer = self._completions.run(target, request.body)
        async with aclosing(answer) as pieces:
            async for piece in pieces:
                if piece.hop is not None:
                    yield hop_chunk(piece.hop)
                if piece.served_by is not None and piece.served_by.session_id is not None:
                    yield CompletionChunk(data={}, session_id=piece.served_by.session_id.hex)
                if piece.data is not None:
                    yield CompletionChunk(data=piece.data)

    async def embeddings(self, request: CompletionRequest) -> dict[str, Any]:
        body = with_input(request.body)
        answer = await self._completions.embeddings(await self._targets.find(request), body)
        return embeddings_answer(answer)

    async def speech(self, request: CompletionRequest) -> AsyncGenerator[AudioPiece, None]:
        target = await self._targets.find(request)
        async with aclosing(self._audio.speech(target, request.body)) as pieces:
            async for piece in pieces:
                yield piece

    async def transcribe(
        self, request: TranscriptionRequest
    ) -> AsyncGenerator[TranscriptPart, None]:
        target = await self._targets.find(
            CompletionRequest(
                body={"model": request.model},
                session_id=request.session_id,
                model_id=request.model_id,
                request_id=request.request_id,
                client=request.client,
            )
        )
        async with aclosing(self._audio.transcribe(target, request)) as parts:
            async for part in parts:
                yield part

    async def chats(self) -> tuple[ChatSummary, ...]:
        return await self._chats.summaries()

    async def history(self, chat_id: str) -> ChatHistory:
        return await self._chats.history(chat_id)

    async def rename(self, chat_id: str, title: str) -> None:
        await self._chats.rename(chat_id, clean_text(title, 200))

    async def delete(self, chat_id: str) -> None:
        await self._chats.delete(chat_id)

    async def search(self, text: str) -> tuple[ChatHit, ...]:
        return await self._chats.search(text)


def _body(request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": [{"role": item.role, "content": item.content} for item in request.messages],
        "stream": True,
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body["max_tokens"] = request.max_tokens
    return body


def _finished(turn: StoredTurn, end: AnswerEnd) -> TurnFinished:
    stats = end.stats
    seconds = max(0.001, (stats.duration_ms - stats.ttft_ms) / 1000)
    return TurnFinished(
        chat_id=turn.chat_id,
        message_id=turn.message_id,
        finish_reason=end.finish_reason,
        complete=end.complete,
        ttft_ms=stats.ttft_ms,
        duration_ms=stats.duration_ms,
        input_tokens=stats.input_tokens,
        output_tokens=stats.output_tokens,
        tokens_per_second=round(stats.output_tokens / seconds, 2),
    )
