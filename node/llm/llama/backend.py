"""`LlmBackend` over a running `LlamaProcess`: checked requests in, clean chunks out."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any

from node.core.clock import Clock
from node.core.errors import BackendRefusedError, BackendUnavailableError, NodeError
from node.core.ports import BackendHealth
from node.llm.assemble import CompletionAssembler
from node.llm.llama.process import LlamaProcess, WorkerState
from node.llm.llama.requests import engine_request

_MAX_INPUTS = 2_048


class LlamaBackend:
    """Chat with the model of `process`. Does not own the process.

    `in_flight` counts running requests; `last_used` is the monotonic time of the last one's end.
    """

    def __init__(self, process: LlamaProcess, clock: Clock) -> None:
        self._process = process
        self._clock = clock
        self.in_flight = 0
        self.last_used = clock.monotonic()

    @property
    def name(self) -> str:
        return self._process.plan.alias

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        request = engine_request(body)
        show_progress = bool(body.get("return_progress"))
        assembler = None if body.get("stream") else CompletionAssembler()
        with self._using():
            # Closing the stream here, not at garbage collection, frees the engine's slot at once.
            async with aclosing(self._stream(request)) as stream:
                async for chunk in stream:
                    if assembler is not None:
                        assembler.add(chunk)
                    elif show_progress or "prompt_progress" not in chunk:
                        yield chunk
            self._process.answered()
            if assembler is not None:
                yield assembler.completion()

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises BackendRefusedError with status 501 when the model was not loaded for this."""
        inputs = body.get("input")
        if not isinstance(inputs, str | list) or len(inputs) > _MAX_INPUTS * 1024:
            raise BackendRefusedError(
                "The request needs a text or a list of texts.",
                status=400,
                body=_error_body("“input” must be a text or a list of texts", 400),
            )
        server = await self._process.server()
        try:
            with self._using():
                return await server.embeddings({"input": inputs})
        except BackendRefusedError as error:
            if error.status == 501:
                text = "This model was not loaded for embeddings."
                raise BackendRefusedError(text, status=501, body=_error_body(text, 501)) from error
            raise
        except BackendUnavailableError as error:
            raise await self._lost(error) from error

    async def health(self) -> BackendHealth:
        if self._process.state is not WorkerState.LOADED:
            return BackendHealth(ok=False, detail=f"The model is {self._process.state.value}.")
        server = await self._process.server()
        return await server.health()

    async def aclose(self) -> None:
        """Nothing to release: the process belongs to who started it."""

    async def _stream(self, request: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        server = await self._process.server()
        try:
            async with aclosing(server.chat(request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except BackendUnavailableError as error:
            raise await self._lost(error) from error

    async def _lost(self, error: BackendUnavailableError) -> NodeError:
        """A broken connection to our own worker nearly always means that it died."""
        if error.code == "backend.timeout":
            await self._process.end_hung_worker()
        elif error.code != "backend.unavailable":
            return error
        return BackendUnavailableError(
            "The engine stopped while it was answering.",
            code="backend.lost",
            hint="It is started again by itself; then ask once more.",
            details=error.details,
        )

    def touch(self) -> None:
        """Count as used now, so that it is not unloaded before its first request."""
        self.last_used = self._clock.monotonic()

    @contextmanager
    def _using(self) -> Iterator[None]:
        self.in_flight += 1
        try:
            with self._process.request():
                yield
        finally:
            self.in_flight -= 1
            self.touch()


def _error_body(message: str, status: int) -> dict[str, Any]:
    kind = "invalid_request_error" if status == 400 else "not_supported_error"
    return {"error": {"message": message, "type": kind, "code": status}}
