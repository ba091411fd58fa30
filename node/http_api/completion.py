"""One completion object from an answer that came in chunks although a whole one was asked for."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from node.core.errors import IncompleteAnswerError
from node.service.dto import CompletionChunk

_JOINED = ("content", "reasoning_content", "refusal")


SESSION_HEADER = "x-morpheus-session"


@dataclass(slots=True)
class ServedBy:
    """Filled in while an answer arrives: the session that gave it, empty for a local model."""

    session_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {SESSION_HEADER: self.session_id} if self.session_id else {}


async def whole_completion(
    chunks: AsyncGenerator[CompletionChunk, None], served_by: ServedBy | None = None
) -> dict[str, Any]:
    """The single object of the answer, or one made of its chunks.

    Raises:
        IncompleteAnswerError: nothing came. Else what the chunks raise.
    """
    merger = ChunkMerger()
    whole: dict[str, Any] | None = None
    async with aclosing(chunks):
        async for chunk in chunks:
            if served_by is not None and chunk.session_id:
                served_by.session_id = chunk.session_id
            if chunk.is_notice:
                continue
            if "object" in chunk.data and chunk.data["object"] != "chat.completion.chunk":
                whole = chunk.data
            else:
                merger.add(chunk.data)
    if whole is None and merger.is_empty:
        raise IncompleteAnswerError("The model answered nothing.")
    return whole if whole is not None else merger.completion()


class ChunkMerger:
    """Adds up `chat.completion.chunk` objects, any number of choices; unknown members survive."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}

    @property
    def is_empty(self) -> bool:
        return not self._top

    def add(self, chunk: dict[str, Any]) -> None:
        for key, value in chunk.items():
            if key != "choices" and value is not None:
                self._top[key] = value
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._add_choice(choice)

    def completion(self) -> dict[str, Any]:
        choices = [choice for _, choice in sorted(self._choices.items())]
        return {**self._top, "object": "chat.completion", "choices": choices}

    def _add_choice(self, choice: dict[str, Any]) -> None:
        index = choice.get("index")
        number = index if isinstance(index, int) else 0
        whole = self._choices.setdefault(
            number,
            {
                "index": number,
                "message": {"role": "assistant", "content": None},
                "finish_reason": None,
            },
        )
        for key, value in choice.items():
            if key not in ("delta", "index") and value is not None:
                whole[key] = value
        delta = choice.get("delta")
        if isinstance(delta, dict):
            _add_delta(whole["message"], delta)


def _add_delta(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for key, value in delta.items():
        if value is None:
            continue
        if key in _JOINED and isinstance(value, str):
            message[key] = (message.get(key) or "") + value
        elif key == "tool_calls" and isinstance(value, list):
            _add_tool_calls(message.setdefault(key, []), value)
        else:
            message[key] = value


def _add_tool_calls(calls: list[dict[str, Any]], parts: list[Any]) -> None:
    """Ids and names come once, arguments in pieces; the index says to which call they belong."""
    for part in parts:
        if not isinstance(part, dict):
            continue
        index = part.get("index")
        call = next((item for item in calls if item["index"] == index), None)
        if call is None:
            call = {"index": index, "type": "function", "function": {"name": "", "arguments": ""}}
            calls.append(call)
        if part.get("id"):
            call["id"] = part["id"]
        function = part.get("function")
        if isinstance(function, dict):
            call["function"]["name"] += function.get("name") or ""
            call["function"]["arguments"] += function.get("arguments") or ""
