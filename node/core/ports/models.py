"""Model servers."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


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
