"""Model servers."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable


class ModelKind(StrEnum):
    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendHealth:
    ok: bool
    detail: str = ""


class LlmBackend(Protocol):
    """A model server that answers OpenAI-style requests.

    Requests and chunks are parsed JSON objects in OpenAI's shape. Closing the iterator cancels the
    work.
    """

    @property
    def name(self) -> str:
        """Model name sent upstream."""
        ...

    def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Yield chunk objects (`chat.completion.chunk`) or exactly one completion
        (`chat.completion`).

        `body` is the client's request; `model` is overwritten. The `[DONE]` mark is not yielded.

        Raises:
            BackendRefusedError: the server answered an HTTP error.
            BackendUnavailableError: unreachable, timed out, or the stream broke.
        """
        ...

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]: ...

    async def health(self) -> BackendHealth: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionJob:
    """What a speech-to-text server is asked: form fields in order, without `model` and the file.

    `audio` is a file of ours, which the caller removes; None when a field names the audio.
    """

    fields: tuple[tuple[str, str], ...]
    audio: Path | None = None
    audio_type: str = ""


@runtime_checkable
class AudioBackend(Protocol):
    """A model server that speaks and listens. Both raise what `LlmBackend.chat` raises."""

    def speech(self, body: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
        """Yield the audio as it arrives, in pieces of any size; at least one."""
        ...

    def transcribe(self, job: TranscriptionJob) -> AsyncGenerator[dict[str, Any] | str, None]:
        """Yield the events of a stream as objects, or exactly one text as the server sent it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStats:
    """Figures of one finished prompt."""

    ttft_ms: int
    duration_ms: int
    input_tokens: int
    output_tokens: int

    @property
    def tps_scaled_1000(self) -> int:
        """Tokens per whole second (at least one) times 1000, as both nodes report it."""
        return self.output_tokens * 1000 // max(1, self.duration_ms // 1000)
