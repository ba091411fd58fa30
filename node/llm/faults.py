"""Backends that misbehave on purpose, for the demo's slow and failing providers."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from node.core.clock import Clock
from node.core.errors import BackendRefusedError
from node.core.ports import BackendHealth, LlmBackend


class _Wrapper:
    """Passes everything but `chat` to the backend inside, which it owns."""

    def __init__(self, inner: LlmBackend, name: str) -> None:
        self._inner = inner
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._inner.embeddings(body)

    async def health(self) -> BackendHealth:
        return await self._inner.health()

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _answer(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Chunks of the backend inside under this one's name."""
        stream = self._inner.chat(body)
        try:
            async for chunk in stream:
                chunk["model"] = self._name
                yield chunk
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()


class SlowBackend(_Wrapper):
    """Waits `first_delay_s` before the first chunk and `delay_s` before each further one."""

    def __init__(
        self, inner: LlmBackend, clock: Clock, *, name: str, first_delay_s: float, delay_s: float
    ) -> None:
        super().__init__(inner, name)
        self._clock = clock
        self._first_delay_s = first_delay_s
        self._delay_s = delay_s

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        delay = self._first_delay_s
        async with aclosing(self._answer(body)) as chunks:
            async for chunk in chunks:
                if delay > 0:
                    await self._clock.sleep(delay)
                delay = self._delay_s
                yield chunk


class FlakyBackend(_Wrapper):
    """Answers `good_answers` times, then refuses as an overloaded server does (503)."""

    def __init__(self, inner: LlmBackend, *, name: str, good_answers: int = 3) -> None:
        super().__init__(inner, name)
        self._left = good_answers

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        if self._left <= 0:
            message = "This practice model fails after a few answers, on purpose."
            error = {"message": message, "type": "service_unavailable", "code": 503}
            raise BackendRefusedError(message, status=503, body={"error": error})
        self._left -= 1
        async with aclosing(self._answer(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def health(self) -> BackendHealth:
        if self._left <= 0:
            return BackendHealth(ok=False, detail="Fails on purpose.")
        return await super().health()
