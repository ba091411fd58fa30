"""Prompts, answers and kept chats."""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from node.service.dto import (
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatRequest,
    ChatSummary,
    CompletionChunk,
    CompletionRequest,
)


class ChatApi(Protocol):
    def send(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]: ...

    def complete(self, request: CompletionRequest) -> AsyncGenerator[CompletionChunk, None]:
        """Low-level stream for the HTTP API: chunk objects, or exactly one completion object."""
        ...

    async def embeddings(self, request: CompletionRequest) -> dict[str, Any]: ...

    async def chats(self) -> tuple[ChatSummary, ...]: ...

    async def history(self, chat_id: str) -> ChatHistory: ...

    async def rename(self, chat_id: str, title: str) -> None: ...

    async def delete(self, chat_id: str) -> None: ...

    async def search(self, text: str) -> tuple[ChatHit, ...]: ...
