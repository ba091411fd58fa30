"""Prompts, answers and kept chats."""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from node.service.dto import (
    AudioPiece,
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatRequest,
    ChatSummary,
    CompletionChunk,
    CompletionRequest,
    TranscriptionRequest,
    TranscriptPart,
)


class ChatApi(Protocol):
    def send(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]: ...

    def complete(self, request: CompletionRequest) -> AsyncGenerator[CompletionChunk, None]:
        """Low-level stream for the HTTP API: chunk objects, or exactly one completion object."""
        ...

    async def embeddings(self, request: CompletionRequest) -> dict[str, Any]: ...

    def speech(self, request: CompletionRequest) -> AsyncGenerator[AudioPiece, None]:
        """Audio as it is made, in the `response_format` of the request's body."""
        ...

    def transcribe(self, request: TranscriptionRequest) -> AsyncGenerator[TranscriptPart, None]:
        """Events when a stream was asked for, else exactly one whole answer."""
        ...

    async def chats(self) -> tuple[ChatSummary, ...]: ...

    async def history(self, chat_id: str) -> ChatHistory: ...

    async def rename(self, chat_id: str, title: str) -> None: ...

    async def delete(self, chat_id: str) -> None: ...

    async def search(self, text: str) -> tuple[ChatHit, ...]: ...
