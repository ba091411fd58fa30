"""Measures one answer of a provider and turns its parts into what the client gets."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.core.clock import Clock
from node.core.errors import BadMessageError
from node.core.ports import PromptStats
from node.core.tokens import prompt_tokens
from node.wire.plaintexts import AnswerPart, PartKind
from node.wire.prompts import USAGE_FROM_CONSUMER, PromptKind, UsageMeter, is_last_chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChunk:
    """One piece of the answer: an object as the client gets it, usage members included; or a piece
    of `audio`; or the whole `text` of a transcription.
    """

    data: dict[str, Any]
    audio: bytes = b""
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEnd:
    """After the last chunk. `complete`: the end mark or a finish reason was seen."""

    stats: PromptStats
    complete: bool
    finish_reason: str


Answer = AnswerChunk | AnswerEnd


class AnswerRecorder:
    """Counts as both nodes do: tokens of chats, bytes of transcriptions, nothing for the rest."""

    def __init__(self, clock: Clock, kind: PromptKind, body: Mapping[str, Any]) -> None:
        self._clock = clock
        self._is_chat = kind is PromptKind.CHAT
        self._started = self._clock.monotonic()
        self._first: float | None = None
        messages = _messages(body) if self._is_chat else []
        self._meter = UsageMeter(lambda: prompt_tokens(messages))
        self._text_bytes = 0
        self._finish_reason = ""
        self.done = False

    def take(self, part: AnswerPart) -> AnswerChunk:
        """Raises BadMessageError: a piece of audio that is no base64."""
        if self._first is None:
            self._first = self._clock.monotonic()
        if not self._is_chat:
            return self._other(part)
        data: dict[str, Any] = part.value
        if part.kind not in (PartKind.CHUNK, PartKind.COMPLETION):
            self.done = True
            return AnswerChunk(data=data)
        self._meter.add(data)
        self._finish_reason = finish_reason(data) or self._finish_reason
        if part.kind is PartKind.COMPLETION:
            self.done = True
        if part.kind is PartKind.COMPLETION or is_last_chunk(data):
            data[USAGE_FROM_CONSUMER] = self._meter.usage().members()
        return AnswerChunk(data=data)

    def _other(self, part: AnswerPart) -> AnswerChunk:
        self.done = True
        if part.kind is PartKind.AUDIO:
            return AnswerChunk(data={}, audio=_audio(part.value))
        if part.kind is PartKind.CHUNK:
            delta = part.value.get("delta")
            self._text_bytes += len(delta.encode()) if isinstance(delta, str) else 0
            return AnswerChunk(data=part.value)
        if isinstance(part.value, str):
            self._text_bytes += len(part.value.encode())
            return AnswerChunk(data={}, text=part.value)
        if part.kind is PartKind.TRANSCRIPT:
            self._text_bytes += len(part.plaintext)
        return AnswerChunk(data=part.value)

    def end(self) -> AnswerEnd:
        now = self._clock.monotonic()
        usage = self._meter.usage()
        return AnswerEnd(
            stats=PromptStats(
                ttft_ms=round(((self._first or now) - self._started) * 1000),
                duration_ms=round((now - self._started) * 1000),
                input_tokens=usage.prompt_tokens,
                output_tokens=usage.completion_tokens if self._is_chat else self._text_bytes,
            ),
            complete=self.done or bool(self._finish_reason),
            finish_reason=self._finish_reason or ("stop" if self.done else ""),
        )


def _audio(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessageError("invalid response: a piece of audio is no base64") from error


def _messages(body: Mapping[str, Any]) -> list[Any]:
    messages = body.get("messages")
    return messages if isinstance(messages, list) else []


def finish_reason(chunk: Mapping[str, Any]) -> str:
    """`finish_reason` of the first choice, empty while there is none."""
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        reason = choices[0].get("finish_reason")
        return reason if isinstance(reason, str) else ""
    return ""
