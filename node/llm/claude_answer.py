"""Answers of Anthropic's Messages API in the shape of OpenAI's chat completions."""

import json
from collections.abc import Mapping
from typing import Any

from node.core.errors import BackendRefusedError

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}


def completion_of(message: Mapping[str, Any], model: str, created: int) -> dict[str, Any]:
    """One `chat.completion` of a whole message."""
    texts, thoughts, calls = [], [], []
    for block in message.get("content") or ():
        if not isinstance(block, Mapping):
            continue
        if block.get("type") == "text":
            texts.append(str(block.get("text", "")))
        elif block.get("type") == "thinking":
            thoughts.append(str(block.get("thinking", "")))
        elif block.get("type") == "tool_use":
            arguments = json.dumps(block.get("input") or {}, ensure_ascii=False)
            calls.append(_call(block, arguments))
    said: dict[str, Any] = {"role": "assistant", "content": "".join(texts)}
    if thoughts:
        said["reasoning_content"] = "".join(thoughts)
    if calls:
        said["tool_calls"] = calls
        said["content"] = said["content"] or None
    choice = {"index": 0, "message": said, "finish_reason": finish_reason(message)}
    return {
        "id": str(message.get("id", "")),
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [choice],
        "usage": usage_of(message.get("usage")),
    }


def finish_reason(message: Mapping[str, Any]) -> str:
    return _REASONS.get(str(message.get("stop_reason")), "stop")


def usage_of(usage: Any) -> dict[str, int]:
    """OpenAI's counts; tokens read from or written to the cache are tokens of the prompt."""
    known = usage if isinstance(usage, Mapping) else {}

    def count(name: str) -> int:
        value = known.get(name)
        return value if isinstance(value, int) else 0

    cached = count("cache_creation_input_tokens") + count("cache_read_input_tokens")
    prompt, answer = count("input_tokens") + cached, count("output_tokens")
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
    }


def _call(block: Mapping[str, Any], arguments: str) -> dict[str, Any]:
    function = {"name": str(block.get("name", "")), "arguments": arguments}
    return {"id": str(block.get("id", "")), "type": "function", "function": function}


class ChunkMaker:
    """Turns the events of one stream into chunks. `finished` is set by the last event."""

    def __init__(self, *, model: str, created: int, usage_apart: bool) -> None:
        self._head: dict[str, Any] = {
            "id": "",
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        self._usage_apart = usage_apart
        self._usage: dict[str, Any] = {}
        self._calls: dict[Any, int] = {}
        self._reason = "stop"
        self.finished = False

    def take(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Chunks of one event, mostly one.

        Raises:
            BackendRefusedError: the server reports an error in the middle of its answer.
        """
        kind = event.get("type")
        if kind == "content_block_delta":
            return self._delta(event)
        if kind == "message_start":
            message = _object(event, "message")
            self._head["id"] = str(message.get("id", ""))
            self._usage.update(_object(message, "usage"))
            return [self._chunk({"role": "assistant", "content": ""})]
        if kind == "content_block_start":
            return self._block(event)
        if kind == "message_delta":
            self._reason = finish_reason(_object(event, "delta"))
            self._usage.update(_object(event, "usage"))
        if kind == "message_stop":
            self.finished = True
            return self._end()
        if kind == "error":
            raise _error(event)
        return []

    def _block(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        block = _object(event, "content_block")
        if block.get("type") == "tool_use":
            index = self._calls.setdefault(event.get("index"), len(self._calls))
            return [self._chunk({"tool_calls": [{"index": index, **_call(block, "")}]})]
        text = block.get("text")
        return [self._chunk({"content": text})] if isinstance(text, str) and text else []

    def _delta(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        delta = _object(event, "delta")
        kind = delta.get("type")
        if kind == "text_delta":
            return [self._chunk({"content": delta.get("text", "")})]
        if kind == "thinking_delta":
            return [self._chunk({"reasoning_content": delta.get("thinking", "")})]
        if kind == "input_json_delta":
            index = self._calls.get(event.get("index"), 0)
            function = {"arguments": delta.get("partial_json", "")}
            return [self._chunk({"tool_calls": [{"index": index, "function": function}]})]
        return []

    def _end(self) -> list[dict[str, Any]]:
        """The finish reason, and the usage in it or, where the client asked for it, after it."""
        last, usage = self._chunk({}, self._reason), usage_of(self._usage)
        if self._usage_apart:
            return [last, {**self._head, "choices": [], "usage": usage}]
        return [{**last, "usage": usage}]

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {**self._head, "choices": [choice]}


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _error(event: Mapping[str, Any]) -> BackendRefusedError:
    kind = str(_object(event, "error").get("type"))
    return BackendRefusedError(
        "The model server reported an error in its answer.",
        status=_STATUSES.get(kind, 502),
        body=dict(event),
    )
