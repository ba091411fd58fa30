"""Response objects for audio: bytes of speech, and transcriptions as text, object or events."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from node.core.errors import IncompleteAnswerError, NodeError
from node.core.log import get_logger
from node.http_api.asgi import send_whole
from node.http_api.leaving import unless_gone
from node.http_api.limits import STUCK_CLIENT_S
from node.http_api.replies import MODEL_JSON_TYPE, error_reply, json_bytes, model_json
from node.http_api.sse import EventStream
from node.service.dto import AudioPiece, CompletionChunk, TranscriptPart

_log = get_logger("node.http_api")


class SpeechAnswer(Response):
    """Audio as it comes. A failure after the first byte cuts the connection: no text may follow."""

    def __init__(
        self, pieces: AsyncGenerator[AudioPiece, None], media_type: str, *, openai: bool
    ) -> None:
        self._pieces = pieces
        self._content_type = media_type
        self._openai = openai
        self._begun = False
        self.status_code = 200
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await unless_gone(receive, self._write(send))
        except TimeoutError:
            _log.info("client took no data; audio ended")
        except NodeError as error:
            if self._begun:
                _log.warning("audio broke off", code=error.code)
                return
            made = error_reply(error, openai=self._openai)
            await send_whole(send, made.status, made.headers, made.body)

    async def _write(self, send: Send) -> None:
        async with aclosing(self._pieces) as pieces:
            async for piece in pieces:
                if not self._begun:
                    self._begun = True
                    await send(_start(self._content_type))
                async with asyncio.timeout(STUCK_CLIENT_S):
                    await send(
                        {"type": "http.response.body", "body": piece.data, "more_body": True}
                    )
        if not self._begun:
            raise IncompleteAnswerError("The model sent no audio.")
        await send({"type": "http.response.body", "body": b""})


def _start(content_type: str) -> dict[str, object]:
    headers = [(b"content-type", content_type.encode())]
    return {"type": "http.response.start", "status": 200, "headers": headers}


class TranscriptAnswer(Response):
    """A transcription. `done` is called at the end, whatever it is: it removes the file."""

    def __init__(
        self,
        parts: AsyncGenerator[TranscriptPart, None],
        *,
        stream: bool,
        openai: bool,
        done: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._stream = stream
        self._openai = openai
        self._done = done
        self.status_code = 200
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._stream:
                events = TranscriptStream(receive=receive, send=send, openai=self._openai)
                await events.run(_chunks(self._parts))
                return
            whole = await unless_gone(receive, _whole(self._parts))
            if whole is not None:
                kind, body = whole
                await send_whole(send, 200, {"content-type": kind}, body)
        except NodeError as error:
            made = error_reply(error, openai=self._openai)
            await send_whole(send, made.status, made.headers, made.body)
        finally:
            self._done()


class TranscriptStream(EventStream):
    """Events of a transcription: members in the public node's order, no end mark."""

    async def _write_all(self, chunks: AsyncGenerator[CompletionChunk, None]) -> None:
        async for chunk in chunks:
            await self._write(b"data: " + json_bytes(chunk.data) + b"\n\n")
        await self._end()


async def _chunks(
    parts: AsyncGenerator[TranscriptPart, None],
) -> AsyncGenerator[CompletionChunk, None]:
    async with aclosing(parts):
        async for part in parts:
            if part.event is not None:
                yield CompletionChunk(data=part.event)


async def _whole(parts: AsyncGenerator[TranscriptPart, None]) -> tuple[str, bytes]:
    """Content type and body. Read to the end, for the figures of the prompt come last."""
    found: tuple[str, bytes] | None = None
    async with aclosing(parts):
        async for part in parts:
            if part.whole is not None:
                found = (MODEL_JSON_TYPE, model_json(part.whole))
            elif part.text is not None:
                found = ("text/plain", part.text.encode(errors="replace"))
    if found is None:
        raise IncompleteAnswerError("The model answered nothing.")
    return found
