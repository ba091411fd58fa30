"""A prepared text in the shape of OpenAI's answers: chunks of one word each, or one completion."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

# A word with the blanks after it; line breaks stay with the word before them.
_WORD = re.compile(r"\S+\s*|\s+")


class ScriptedAnswer:
    """One answer. `prompt` only counts for `usage`, where a word is taken for a token."""

    def __init__(self, *, text: str, prompt: str, model: str, created: int) -> None:
        self._text = text
        self._prompt_tokens = len(prompt.split())
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }

    def words(self) -> Iterator[str]:
        """Pieces whose concatenation is the text."""
        return (match.group() for match in _WORD.finditer(self._text))

    def first_chunk(self) -> dict[str, Any]:
        return self._chunk({"role": "assistant", "content": ""})

    def chunk(self, word: str) -> dict[str, Any]:
        return self._chunk({"content": word})

    def last_chunk(self) -> dict[str, Any]:
        return self._chunk({}, finish_reason="stop")

    def usage_chunk(self) -> dict[str, Any]:
        return {**self._head, "choices": [], "usage": self._usage()}

    def completion(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self._text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": self._usage(),
        }

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**self._head, "choices": [choice]}

    def _usage(self) -> dict[str, int]:
        answer_tokens = sum(1 for _ in self.words())
        return {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": answer_tokens,
            "total_tokens": self._prompt_tokens + answer_tokens,
        }
