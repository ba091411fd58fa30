"""One `chat.completion` object out of the chunks of a stream."""

from collections.abc import Mapping
from typing import Any

_KEPT = ("id", "created", "model", "system_fingerprint")


class CompletionAssembler:
    """Collects the chunks of one answer with a single choice."""

    def __init__(self) -> None:
        self._head: dict[str, Any] = {}
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._tool_calls: dict[int, dict[str, Any]] = {}
        self._logprobs: list[Any] = []
        self._finish_reason: str | None = None
        self._tail: dict[str, Any] = {}

    def add(self, chunk: Mapping[str, Any]) -> None:
        for key in _KEPT:
            if key in chunk and key not in self._head:
                self._head[key] = chunk[key]
        for key in ("usage", "timings"):
            if chunk.get(key) is not None:
                self._tail[key] = chunk[key]
        for choice in chunk.get("choices") or ():
            self._add_choice(choice)

    def completion(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self._content)}
        if self._reasoning:
            message["reasoning_content"] = "".join(self._reasoning)
        if self._tool_calls:
            calls = [call for _, call in sorted(self._tool_calls.items())]
            message["tool_calls"] = calls
            message["content"] = message["content"] or None
        choice: dict[str, Any] = {
            "index": 0,
            "message": message,
            "finish_reason": self._finish_reason or "stop",
        }
        if self._logprobs:
            choice["logprobs"] = {"content": self._logprobs}
        return {**self._head, "object": "chat.completion", "choices": [choice], **self._tail}

    def _add_choice(self, choice: Mapping[str, Any]) -> None:
        delta = choice.get("delta") or {}
        if delta.get("content"):
            self._content.append(delta["content"])
        if delta.get("reasoning_content"):
            self._reasoning.append(delta["reasoning_content"])
        for call in delta.get("tool_calls") or ():
            self._add_tool_call(call)
        self._logprobs.extend((choice.get("logprobs") or {}).get("content") or ())
        self._finish_reason = choice.get("finish_reason") or self._finish_reason

    def _add_tool_call(self, call: Mapping[str, Any]) -> None:
        """Names and ids come once, the arguments in pieces."""
        whole = self._tool_calls.setdefault(
            call.get("index", 0),
            {"id": "", "type": "function", "function": {"name": "", "arguments": ""}},
        )
        whole["id"] = call.get("id") or whole["id"]
        function = call.get("function") or {}
        whole["function"]["name"] += function.get("name") or ""
        whole["function"]["arguments"] += function.get("arguments") or ""
