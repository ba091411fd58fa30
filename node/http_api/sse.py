"""Writes a model's answer as server-sent events, the way the public node does.

One `data:` line per object, `data: [DONE]` after a complete stream, errors after the first byte as
one more `data:` line, a comment while nothing comes. A client that leaves cancels the answer.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from node.core.errors import NodeError
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.http_api.asgi import Receive, Send
from node.http_api.limits import STREAM_SILENCE_S, STUCK_CLIENT_S
from node.http_api.replies import error_body, internal_error, json_bytes, model_json
from node.service.dto import CompletionChunk

DONE = b"data: [DONE]\n\n"
SILENCE = b": waiting\n\n"
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream")],
}
_log = get_logger("node.http_api")


class EventStream:
    """One answer on its way to one client."""

    def __init__(
        self, *, receive: Receive, send: Send, openai: bool, silence_s: float = STREAM_SILENCE_S
    ) -> None:
        self._receive = receive
        self._send = send
        self._openai = openai
        self._silence_s = silence_s
        self._begun = False
        self._wrote = asyncio.Event()

    async def run(self, chunks: AsyncGenerator[CompletionChunk, None]) -> None:
        """Send all of `chunks`; returns when they ended or the client left.

        Raises:
            NodeError: nothing was sent yet, so the failure can be a status.
        """
        async with TaskScope("stream") as tasks:
            answer = tasks.spawn(self._answer(chunks), name="answer")
            tasks.spawn(self._break_silence(), name="silence")
            gone = tasks.spawn(self._client_gone(), name="client")
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            failure = answer.result() if answer.done() and not answer.cancelled() else None
        if failure is not None:
            raise failure

    async def _answer(self, chunks: AsyncGenerator[CompletionChunk, None]) -> NodeError | None:
        """The failure to report by status, if nothing was sent before it."""
        try:
            async with aclosing(chunks):
                await self._write_all(chunks)
        except NodeError as error:
            return await self._fail(error)
        except TimeoutError:
            _log.info("client took no data; stream ended")
        except Exception as error:
            _log.exception("stream failed")
            return await self._fail(internal_error(error))
        return None

    async def _write_all(self, chunks: AsyncGenerator[CompletionChunk, None]) -> None:
        whole = False
        async for chunk in chunks:
            whole = chunk.data.get("object") == "chat.completion"
            await self._write(b"data: " + model_json(chunk.data) + b"\n\n")
        if not whole:
            await self._write(DONE)
        await self._end()

    async def _fail(self, error: NodeError) -> NodeError | None:
        if not self._begun:
            return error
        body = json_bytes(error_body(error, openai=self._openai))
        await self._write(b"data: " + body + b"\n\n")
        await self._end()
        return None

    async def _write(self, event: bytes) -> None:
        self._wrote.set()
        async with asyncio.timeout(STUCK_CLIENT_S):
            if not self._begun:
                self._begun = True
                await self._send(_START)
            await self._send({"type": "http.response.body", "body": event, "more_body": True})

    async def _end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def _break_silence(self) -> None:
        while True:
            self._wrote.clear()
            try:
                async with asyncio.timeout(self._silence_s):
                    await self._wrote.wait()
            except TimeoutError:
                await self._write(SILENCE)

    async def _client_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
