"""Writes a model's answer as server-sent events, the way the public node does.

One `data:` line per object, `data: [DONE]` after a complete stream, errors after the first byte as
one more `data:` line, a comment while nothing comes. A client that leaves cancels the answer.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from node.core.errors import NodeError, NodeStoppedError
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.http_api.asgi import Receive, Send
from node.http_api.completion import SESSION_HEADER
from node.http_api.leaving import client_gone
from node.http_api.limits import STREAM_SILENCE_S, STUCK_CLIENT_S
from node.http_api.replies import error_body, internal_error, json_bytes, model_json
from node.service.dto import CompletionChunk

DONE = b"data: [DONE]\n\n"
SILENCE = b": waiting\n\n"
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
        self._session_id = ""
        self._begun = self._ended = False
        self._loop = asyncio.get_running_loop()
        self._wrote_at = self._loop.time()
        self._sending = False

    async def run(self, chunks: AsyncGenerator[CompletionChunk, None]) -> None:
        """Send all of `chunks`; returns when they ended or the client left.

        Raises:
            NodeError: nothing was sent yet, so the failure can be a status.
        """
        async with TaskScope("stream") as tasks:
            answer = tasks.spawn(self._answer(chunks), name="answer")
            stuck = tasks.spawn(self._watch(), name="watch")
            gone = tasks.spawn(client_gone(self._receive), name="client")
            try:
                await asyncio.wait({answer, gone, stuck}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                await tasks.aclose()
                await self._stopped()
                raise
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
        except Exception as error:
            _log.exception("stream failed")
            return await self._fail(internal_error(error))
        return None

    async def _write_all(self, chunks: AsyncGenerator[CompletionChunk, None]) -> None:
        whole = False
        async for chunk in chunks:
            if chunk.is_notice:
                await self._tell(chunk)
                continue
            whole = chunk.data.get("object") == "chat.completion"
            await self._write(b"data: " + model_json(chunk.data) + b"\n\n")
        if not whole:
            await self._write(DONE)
        await self._end()

    async def _tell(self, chunk: CompletionChunk) -> None:
        """A notice of the node: clients of the public node know two JSON strings, others comments.

        Who answers stands in a header while there is time for one.
        """
        self._session_id = chunk.session_id or self._session_id
        if not self._openai:
            if chunk.control:
                await self._write(b"data: " + json_bytes(chunk.control) + b"\n\n")
            return
        if chunk.session_id and not self._begun:
            return
        text = chunk.remark or chunk.control or f"session {chunk.session_id}"
        await self._write(b": " + " ".join(text.split()).encode() + b"\n\n")

    def _start(self) -> dict[str, Any]:
        headers = [(b"content-type", b"text/event-stream")]
        if self._session_id:
            headers.append((SESSION_HEADER.encode(), self._session_id.encode()))
        return {"type": "http.response.start", "status": 200, "headers": headers}

    async def _fail(self, error: NodeError) -> NodeError | None:
        if not self._begun:
            return error
        body = json_bytes(error_body(error, openai=self._openai))
        await self._write(b"data: " + body + b"\n\n")
        await self._end()
        return None

    async def _write(self, event: bytes) -> None:
        self._wrote_at = self._loop.time()
        self._sending = True
        if not self._begun:
            self._begun = True
            await self._send(self._start())
        await self._send({"type": "http.response.body", "body": event, "more_body": True})
        self._sending = False

    async def _end(self) -> None:
        self._ended = True
        await self._send({"type": "http.response.body", "body": b""})

    async def _watch(self) -> None:
        """Breaks the silence; returns when the client has taken no data for too long.

        Looks at the clock when something may be due, instead of waking up with each event.
        """
        while True:
            patience_s = STUCK_CLIENT_S if self._sending else self._silence_s
            left_s = self._wrote_at + patience_s - self._loop.time()
            if left_s > 0:
                await asyncio.sleep(min(left_s, STUCK_CLIENT_S))
            elif self._sending:
                break
            else:
                try:
                    async with asyncio.timeout(STUCK_CLIENT_S):
                        await self._write(SILENCE)
                except TimeoutError:
                    break
        _log.info("client took no data; stream ended")

    async def _stopped(self) -> None:
        """The server cancels what runs too long while it stops: say so where a stream began."""
        if self._begun and not self._ended:
            await self._fail(NodeStoppedError("The node is stopping."))
