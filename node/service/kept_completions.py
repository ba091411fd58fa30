"""Requests of the HTTP API that belong to a stored chat: remembered before, kept afterwards."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from node.core.errors import NodeError
from node.router.consumer import AnswerEnd
from node.service.completions import Completions, Piece, checked_body
from node.service.dto import CompletionRequest
from node.service.stored_chats import StoredChats
from node.service.targets import Target

MAX_REMEMBERED_CHARACTERS = 200_000


class KeptCompletions:
    """Runs a request with the turns its chat has so far, and stores prompt and answer."""

    def __init__(self, *, completions: Completions, chats: StoredChats) -> None:
        self._completions = completions
        self._chats = chats

    async def run(
        self, target: Target, request: CompletionRequest, model_name: str
    ) -> AsyncGenerator[Piece, None]:
        """As `Completions.run`. A request of one message is sent with the stored turns before it;
        what arrived is stored also when the answer breaks off.
        """
        body = checked_body(request.body)
        messages = body["messages"]
        if len(messages) == 1:
            stored = await self._chats.turns(request.chat_id)
            body["messages"] = [*remembered(stored), *messages]
        turn = await self._chats.continue_chat(
            chat_id=request.chat_id,
            prompt=message_text(messages[-1]),
            model_name=model_name,
            target=target,
        )
        texts: list[str] = []
        end: AnswerEnd | None = None
        failure: NodeError | None = None
        try:
            async with aclosing(self._completions.run(target, body)) as pieces:
                async for piece in pieces:
                    end = piece.end or end
                    if piece.data is not None:
                        texts.append(answer_text(piece.data))
                    yield piece
        except NodeError as error:
            failure = error
            raise
        finally:
            await self._chats.finish(turn, "".join(texts), end, failure)


def message_text(message: Mapping[str, Any]) -> str:
    """The text of a message: a string, or the text parts of a list."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def answer_text(data: Mapping[str, Any]) -> str:
    """The text of the first choice of a chunk or of a whole completion."""
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        return ""
    part = first.get("delta") or first.get("message")
    return message_text(part) if isinstance(part, dict) else ""


def remembered(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """As many of the last turns as a model may be asked to read again."""
    total = 0
    for index in range(len(turns) - 1, -1, -1):
        total += len(turns[index]["content"])
        if total > MAX_REMEMBERED_CHARACTERS:
            return turns[index + 1 :]
    return turns
