"""Any server that speaks OpenAI's HTTP API: llama-server, vLLM, Ollama, hosted services."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson

from node.core.errors import BackendError, BackendUnavailableError, ConfigError
from node.core.ports import BackendHealth, TranscriptionJob
from node.llm.answers import (
    bad_answer,
    content_type,
    refusal,
    stream_error,
    too_large,
    whole_object,
)
from node.llm.endpoint import server_urls
from node.llm.http_origin import HttpOrigin, HttpResponse, LongBody
from node.llm.limits import (
    AUDIO_ANSWER_S,
    DEFAULT_WAITS,
    HEALTH_S,
    MAX_CHUNK_BYTES,
    MAX_CHUNKS,
    MAX_STREAM_BYTES,
    Waits,
)
from node.llm.multipart import MultipartBody
from node.llm.openai_audio import speech_pieces, transcript_parts
from node.llm.sse import DONE, SseSplitter

_CONNECT_S = 3.0


class OpenAiBackend:
    """`LlmBackend` and `AudioBackend` over HTTP. Requests go on unchanged but for `model`.

    `url` is a base address or a full one (see `server_urls`). With `unix_socket` the connection
    goes through that socket and the host in `url` is only a name. The caller closes the backend.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        api_key: str = "",
        unix_socket: str | None = None,
        waits: Waits = DEFAULT_WAITS,
    ) -> None:
        self._urls = server_urls(url)
        self._waits = waits
        self._model = model
        self._headers = {
            "user-agent": "morpheus-desktop",
            "accept-encoding": "identity",
            "content-type": "application/json",
        }
        if api_key:
            if not api_key.isascii() or not api_key.isprintable():
                raise ConfigError("This key of a model server cannot be used.")
            self._headers["authorization"] = f"Bearer {api_key}"
        self._origin = HttpOrigin(
            self._urls.chat, unix_socket=unix_socket, connect_timeout_s=_CONNECT_S
        )

    @property
    def name(self) -> str:
        return self._model

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        wants_stream = bool(body.get("stream"))
        waits = self._waits
        silence = waits.stream_silence_s if wants_stream else waits.whole_answer_s
        accept = "text/event-stream" if wants_stream else "application/json"
        async with self._post_json(self._urls.chat, body, silence, accept) as response:
            # The server decides by its content type; a request for a stream may get one object.
            if content_type(response) == "text/event-stream":
                async for chunk in _stream_chunks(response):
                    yield chunk
                return
            answer = await whole_object(response)
            if not answer.get("object"):
                answer["object"] = "chat.completion"
            yield answer

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        url = self._urls.embeddings
        async with self._post_json(
            url, body, self._waits.whole_answer_s, "application/json"
        ) as response:
            answer = await whole_object(response)
        if not isinstance(answer.get("data"), list):
            raise bad_answer()
        return answer

    async def speech(self, body: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
        async with self._post_json(self._urls.speech, body, AUDIO_ANSWER_S, "*/*") as response:
            async for piece in speech_pieces(response):
                yield piece

    async def transcribe(self, job: TranscriptionJob) -> AsyncGenerator[dict[str, Any] | str, None]:
        form = MultipartBody(
            (("model", self._model), *job.fields), audio=job.audio, audio_type=job.audio_type
        )
        headers = {"content-type": form.content_type, "accept": "*/*"}
        url = self._urls.transcriptions
        async with self._post(url, form, AUDIO_ANSWER_S, headers) as response:
            async for part in transcript_parts(response):
                yield part

    async def health(self) -> BackendHealth:
        """Ask for the list of models. Anything but a server error or a refused key is healthy."""
        try:
            async with self._origin.request(
                "GET", self._urls.models, headers=self._headers, body=b"", silence_s=HEALTH_S
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

    @asynccontextmanager
    async def _post_json(
        self, url: str, body: Mapping[str, Any], silence_s: float, accept: str
    ) -> AsyncIterator[HttpResponse]:
        try:
            content = orjson.dumps({**body, "model": self._model})
        except TypeError as error:
            raise BackendError("The request holds something JSON cannot express.") from error
        async with self._post(url, content, silence_s, {"accept": accept}) as response:
            yield response

    @asynccontextmanager
    async def _post(
        self, url: str, body: bytes | LongBody, silence_s: float, headers: Mapping[str, str]
    ) -> AsyncIterator[HttpResponse]:
        """Send and check the status."""
        async with self._origin.request(
            "POST",
            url,
            headers={**self._headers, **headers},
            body=body,
            silence_s=silence_s,
        ) as response:
            if response.status != 200:
                raise await refusal(response)
            yield response


async def _stream_chunks(response: HttpResponse) -> AsyncGenerator[dict[str, Any], None]:
    """Parse the stream up to its end mark and check that the answer was finished."""
    splitter = SseSplitter()
    total = count = 0
    finished = False
    while raw := await response.read():
        total += len(raw)
        data = splitter.feed(raw)
        count += len(data)
        if total > MAX_STREAM_BYTES or count > MAX_CHUNKS:
            raise too_large()
        for chunk in _parsed(data):
            if chunk is None:
                return
            finished = finished or _is_last(chunk)
            yield chunk
    for chunk in _parsed(splitter.finish()):
        if chunk is None:
            return
        finished = finished or _is_last(chunk)
        yield chunk
    if not finished:
        raise BackendUnavailableError("The model server ended its answer early.")


def _parsed(items: Iterable[bytes]) -> Iterable[dict[str, Any] | None]:
    """Chunk objects of the events; None stands for the end mark."""
    for data in items:
        # The whole data must be the mark: an answer may well contain this text.
        if data == DONE:
            yield None
            return
        if not data:
            continue
        if len(data) > MAX_CHUNK_BYTES:
            raise too_large()
        try:
            chunk = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise bad_answer() from error
        if type(chunk) is not dict:
            raise bad_answer()
        if "choices" not in chunk and "error" in chunk:
            raise stream_error(chunk)
        if not chunk.get("object"):
            chunk["object"] = "chat.completion.chunk"
        yield chunk


def _is_last(chunk: dict[str, Any]) -> bool:
    choices = chunk.get("choices")
    return bool(choices) and isinstance(choices, list) and _has_finish_reason(choices[0])


def _has_finish_reason(choice: object) -> bool:
    return isinstance(choice, dict) and bool(choice.get("finish_reason"))
