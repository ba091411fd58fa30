"""Answers of OpenAI's audio routes: bytes of speech, and text or events of a transcription."""

from collections.abc import AsyncGenerator, Iterable
from typing import Any

import orjson

from node.core.errors import BackendUnavailableError
from node.llm.answers import bad_answer, content_type, read_all, stream_error, too_large
from node.llm.http_origin import HttpResponse
from node.llm.limits import MAX_ANSWER_BYTES, MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_STREAM_BYTES
from node.llm.sse import DONE, SseSplitter


async def speech_pieces(response: HttpResponse) -> AsyncGenerator[bytes, None]:
    """The body as it arrives.

    Raises:
        BackendUnavailableError: there is none, or it is no audio.
    """
    if content_type(response) == "application/json":
        raise bad_answer()
    total = 0
    while piece := await response.read():
        total += len(piece)
        if total > MAX_STREAM_BYTES:
            raise too_large()
        yield piece
    if not total:
        raise BackendUnavailableError("The model server sent no audio.", code="backend.bad_answer")


async def transcript_parts(response: HttpResponse) -> AsyncGenerator[dict[str, Any] | str, None]:
    """Events of a stream as objects, or the whole text; the server's content type decides."""
    if content_type(response) != "text/event-stream":
        raw = await read_all(response, MAX_ANSWER_BYTES)
        try:
            yield raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise bad_answer() from error
        return
    splitter = SseSplitter()
    total = count = 0
    while raw := await response.read():
        total += len(raw)
        events = splitter.feed(raw)
        count += len(events)
        if total > MAX_STREAM_BYTES or count > MAX_CHUNKS:
            raise too_large()
        for event in _events(events):
            yield event
    for event in _events(splitter.finish()):
        yield event
    if not count:
        raise bad_answer()


def _events(items: Iterable[bytes]) -> Iterable[dict[str, Any]]:
    for data in items:
        if data == DONE or not data:
            continue
        if len(data) > MAX_CHUNK_BYTES:
            raise too_large()
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise bad_answer() from error
        if not isinstance(event, dict):
            raise bad_answer()
        if "type" not in event and "error" in event:
            raise stream_error(event)
        yield event
