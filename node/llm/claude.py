"""Anthropic's Messages API as a chat backend: OpenAI's requests in, OpenAI's answers out."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson

from node.core.clock import Clock
from node.core.errors import (
    BackendError,
    BackendRefusedError,
    BackendUnavailableError,
    ConfigError,
)
from node.core.ports import BackendHealth
from node.llm.answers import bad_answer, content_type, refusal, too_large, whole_object
from node.llm.claude_answer import ChunkMaker, completion_of
from node.llm.claude_request import messages_request
from node.llm.endpoint import messages_url
from node.llm.http_origin import HttpOrigin, HttpResponse
from node.llm.limits import (
    DEFAULT_WAITS,
    HEALTH_S,
    MAX_CHUNK_BYTES,
    MAX_CHUNKS,
    MAX_STREAM_BYTES,
    Waits,
)
from node.llm.sse import SseSplitter

API_VERSION = "2023-06-01"
_CONNECT_S = 3.0


class ClaudeBackend:
    """`LlmBackend` over HTTP. `url` is a base address or that of the messages themselves.

    The caller closes the backend.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        api_key: str,
        clock: Clock,
        waits: Waits = DEFAULT_WAITS,
    ) -> None:
        if not api_key.isascii() or not api_key.isprintable():
            raise ConfigError("This key of a model server cannot be used.")
        self._url = messages_url(url)
        self._model = model
        self._clock = clock
        self._waits = waits
        self._headers = {
            "user-agent": "morpheus-desktop",
            "accept-encoding": "identity",
            "content-type": "application/json",
            "anthropic-version": API_VERSION,
        }
        if api_key:
            self._headers["x-api-key"] = api_key
        self._origin = HttpOrigin(self._url, connect_timeout_s=_CONNECT_S)

    @property
    def name(self) -> str:
        return self._model

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        wants_stream = bool(body.get("stream"))
        try:
            content = orjson.dumps(messages_request(body, self._model))
        except TypeError as error:
            raise BackendError("The request holds something JSON cannot express.") from error
        async with self._origin.request(
            "POST",
            self._url,
            headers={
                **self._headers,
                "accept": "text/event-stream" if wants_stream else "application/json",
            },
            body=content,
            silence_s=self._waits.stream_silence_s if wants_stream else self._waits.whole_answer_s,
        ) as response:
            if response.status != 200:
                raise await refusal(response)
            created = self._clock.unix_seconds()
            if content_type(response) != "text/event-stream":
                yield completion_of(await whole_object(response), self._model, created)
                return
            maker = ChunkMaker(
                model=self._model, created=created, usage_apart=_wants_usage_apart(body)
            )
            async for chunk in _chunks(response, maker):
                yield chunk

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        message = "This model only chats."
        error = {"message": message, "type": "not_supported"}
        raise BackendRefusedError(message, status=501, body={"error": error})

    async def health(self) -> BackendHealth:
        """Ask for the list of models. Anything but a server error or a refused key is healthy."""
        try:
            async with self._origin.request(
                "GET",
                self._url.replace("/messages", "/models"),
                headers=self._headers,
                body=b"",
                silence_s=HEALTH_S,
            ) as response:
                status = response.status
        except BackendUnavailableError as error:
            return BackendHealth(ok=False, detail=error.message)
        if status in (401, 403):
            return BackendHealth(ok=False, detail="The model server refused the key.")
        if status >= 500:
            return BackendHealth(ok=False, detail=f"The model server answers with error {status}.")
        return BackendHealth(ok=True)

    async def aclose(self) -> None:
        self._origin.close()


def _wants_usage_apart(body: Mapping[str, Any]) -> bool:
    options = body.get("stream_options")
    return isinstance(options, Mapping) and options.get("include_usage") is True


async def _chunks(
    response: HttpResponse, maker: ChunkMaker
) -> AsyncGenerator[dict[str, Any], None]:
    splitter = SseSplitter()
    total = count = 0
    while not maker.finished:
        raw = await response.read()
        total += len(raw)
        events = splitter.feed(raw) if raw else splitter.finish()
        count += len(events)
        if total > MAX_STREAM_BYTES or count > MAX_CHUNKS:
            raise too_large()
        for data in events:
            for chunk in maker.take(_parsed(data)) if data else ():
                yield chunk
        if not raw:
            break
    if not maker.finished:
        raise BackendUnavailableError("The model server ended its answer early.")


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_CHUNK_BYTES:
        raise too_large()
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise bad_answer() from error
    if not isinstance(event, dict):
        raise bad_answer()
    return event
