"""Answers and stored chats of the fake node."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from node.core.errors import ChatNotFoundError, NodeError
from node.service.api import ChatApi
from node.service.dto import (
    AudioPiece,
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatRequest,
    ChatSummary,
    CompletionChunk,
    CompletionRequest,
    StoredMessage,
    TextDelta,
    TranscriptionRequest,
    TranscriptPart,
    TurnFinished,
    TurnStarted,
)
from tests.fakes import sample_data
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World


class FakeChat(ChatApi):
    """Hold "chat.delta" to stop an answer before each of its pieces."""

    def __init__(self, script: Script, world: "World") -> None:
        self._script = script
        self._world = world

    async def send(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await self._script.enter("chat.send", request)
        chat = self._chat_of(request)
        message_id = f"{chat.id}-{len(self._messages(chat.id)) + 2}"
        yield TurnStarted(chat_id=chat.id, message_id=message_id)
        text = ""
        status = "partial"
        try:
            for event in self._answer(chat.id, message_id):
                await self._script.enter("chat.delta")
                if isinstance(event, NodeError):
                    status = "failed"
                    raise event
                if isinstance(event, TextDelta):
                    text += event.text
                if isinstance(event, TurnFinished):
                    status = "complete"
                yield event
        finally:
            self._store(chat, request, message_id, text, status)

    def complete(self, request: CompletionRequest) -> AsyncGenerator[CompletionChunk, None]:
        raise NotImplementedError("The window sends turns only.")

    async def embeddings(self, request: CompletionRequest) -> dict[str, Any]:
        raise NotImplementedError("The window sends turns only.")

    def speech(self, request: CompletionRequest) -> AsyncGenerator[AudioPiece, None]:
        raise NotImplementedError("The window sends turns only.")

    def transcribe(self, request: TranscriptionRequest) -> AsyncGenerator[TranscriptPart, None]:
        raise NotImplementedError("The window sends turns only.")

    async def chats(self) -> tuple[ChatSummary, ...]:
        await self._script.enter("chat.chats")
        found = [history.chat for history in self._world.chats]
        return tuple(sorted(found, key=lambda chat: -chat.updated_at))

    async def history(self, chat_id: str) -> ChatHistory:
        await self._script.enter("chat.history", chat_id)
        for history in self._world.chats:
            if history.chat.id == chat_id:
                return history
        raise ChatNotFoundError("This chat is gone.")

    async def rename(self, chat_id: str, title: str) -> None:
        await self._script.enter("chat.rename", chat_id, title)
        history = await self.history(chat_id)
        self._replace(history, history.chat.model_copy(update={"title": title}))

    async def delete(self, chat_id: str) -> None:
        await self._script.enter("chat.delete", chat_id)
        self._world.chats = [item for item in self._world.chats if item.chat.id != chat_id]

    async def search(self, text: str) -> tuple[ChatHit, ...]:
        await self._script.enter("chat.search", text)
        hits = []
        for history in self._world.chats:
            for message in history.messages:
                position = message.content.casefold().find(text.casefold())
                if position >= 0:
                    snippet = message.content[max(0, position - 20) : position + 60]
                    hits.append(ChatHit(chat=history.chat, message_id=message.id, snippet=snippet))
                    break
        return tuple(hits)

    def _answer(self, chat_id: str, message_id: str) -> list[ChatEvent | NodeError]:
        if self._world.answer is not None:
            return list(self._world.answer)
        words = sample_data.ANSWER.split(" ")
        pieces: list[ChatEvent | NodeError] = [TextDelta(text=f"{word} ") for word in words[:-1]]
        pieces.append(TextDelta(text=words[-1]))
        pieces.append(
            TurnFinished(
                chat_id=chat_id,
                message_id=message_id,
                finish_reason="stop",
                complete=True,
                ttft_ms=410,
                duration_ms=1900,
                input_tokens=20,
                output_tokens=118,
                tokens_per_second=61.8,
            )
        )
        return pieces

    def _chat_of(self, request: ChatRequest) -> ChatSummary:
        for history in self._world.chats:
            if history.chat.id == request.chat_id:
                return history.chat
        local = request.target.kind == "local"
        network = self._world.network
        chat = ChatSummary(
            id=request.chat_id or f"chat-{len(self._world.chats) + 1}",
            title=request.messages[-1].content[:40],
            model_name=self._model_name(request),
            model_id=request.target.id,
            is_local=local,
            is_demo=not local and network is not None and network.is_demo,
            created_at=self._world.now,
            updated_at=self._world.now,
        )
        self._world.chats.append(ChatHistory(chat=chat, messages=()))
        return chat

    def _model_name(self, request: ChatRequest) -> str:
        for session in self._world.sessions:
            if session.id == request.target.id:
                return session.model_name
        for model in self._world.local_models:
            if model.id == request.target.id:
                return model.name
        return "Model"

    def _messages(self, chat_id: str) -> tuple[StoredMessage, ...]:
        for history in self._world.chats:
            if history.chat.id == chat_id:
                return history.messages
        return ()

    def _store(
        self, chat: ChatSummary, request: ChatRequest, message_id: str, text: str, status: str
    ) -> None:
        history = next((item for item in self._world.chats if item.chat.id == chat.id), None)
        if history is None:
            return
        asked = StoredMessage(
            id=f"{message_id}-q",
            role="user",
            content=request.messages[-1].content,
            status="complete",
            created_at=self._world.now,
        )
        answered = StoredMessage(
            id=message_id,
            role="assistant",
            content=text,
            status=status,  # type: ignore[arg-type]
            created_at=self._world.now,
            model_name=chat.model_name,
        )
        kept = (*history.messages, asked, answered)
        self._replace(history.model_copy(update={"messages": kept}), chat)

    def _replace(self, history: ChatHistory, chat: ChatSummary) -> None:
        updated = history.model_copy(update={"chat": chat})
        self._world.chats = [
            updated if item.chat.id == chat.id else item for item in self._world.chats
        ]
