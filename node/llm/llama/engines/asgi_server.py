"""OpenAI-style HTTP server (ASGI) for an engine that answers one request at a time.

One lock around the engine; a bounded number of requests waits for it; a client that leaves ends the
generation at the next token.
"""

import asyncio
import hmac
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import orjson

from node.core.errors import BackendRefusedError
from node.core.tasks import TaskScope
from node.llm.llama.engines.token_stream import TextStream

_MAX_BODY = 16 * 1024 * 1024
_JSON = [(b"content-type", b"application/json")]
_EVENTS = [(b"content-type", b"text/event-stream")]
_Receive = Callable[[], Awaitable[dict[str, Any]]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


class TokenSource(Protocol):
    """The engine behind the server; all calls come from one thread."""

    @property
    def context(self) -> int: ...

    def prompt_tokens(self, request: Mapping[str, Any]) -> list[int]:
        """Render the chat template and tokenise. BackendRefusedError: impossible request."""
        ...

    def generate(self, tokens: list[int], request: Mapping[str, Any]) -> Iterator[bytes]:
        """Bytes of one token after the other, until the model ends its answer."""
        ...


class SingleStreamApp:
    """The ASGI application. `waiting_limit` requests may wait; further ones get 503."""

    def __init__(self, source: TokenSource, *, model: str, key: str, waiting_limit: int) -> None:
        self._source = source
        self._model = model
        self._key = key.encode()
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._waiting_limit = waiting_limit
        self._engine_thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path in ("/health", "/v1/health"):
            await _reply(send, 200, {"status": "ok"})
            return
        authorization = dict(scope["headers"]).get(b"authorization", b"")
        if not hmac.compare_digest(authorization, b"Bearer " + self._key):
            await _reply(send, 401, _error("Invalid API key", "authentication_error", 401))
            return
        try:
            await self._route(scope["method"], path, receive, send)
        except BackendRefusedError as error:
            await _reply(send, error.status, error.body)

    async def _route(self, method: str, path: str, receive: _Receive, send: _Send) -> None:
        match method, path:
            case "GET", "/v1/models":
                await _reply(
                    send, 200, {"object": "list", "data": [{"id": self._model, "object": "model"}]}
                )
            case "POST", "/v1/chat/completions":
                await self._chat(await _read_json(receive), receive, send)
            case "POST", "/v1/embeddings":
                text = "This engine makes no embeddings"
                raise _refused(text, "not_supported_error", 501)
            case _:
                raise _refused("File Not Found", "not_found_error", 404)

    async def _chat(self, request: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if self._waiting >= self._waiting_limit:
            raise _refused("Too many requests are waiting", "unavailable_error", 503)
        self._waiting += 1
        left = threading.Event()
        try:
            async with TaskScope("request") as scope:
                scope.spawn(_watch_disconnect(receive, left), name="disconnect")
                async with self._lock:
                    if not left.is_set():
                        await self._generate(request, left, send)
        finally:
            self._waiting -= 1
            left.set()

    async def _generate(self, request: dict[str, Any], left: threading.Event, send: _Send) -> None:
        loop = asyncio.get_running_loop()
        tokens = await loop.run_in_executor(
            self._engine_thread, self._source.prompt_tokens, request
        )
        room = self._source.context - len(tokens)
        if room <= 0:
            raise _too_long(len(tokens), self._source.context)
        wanted = request.get("max_completion_tokens") or request.get("max_tokens") or room
        text = TextStream(
            self._source.generate(tokens, request),
            stops=request.get("stop") or (),
            max_tokens=min(wanted, room),
        )
        pieces: asyncio.Queue[str | None] = asyncio.Queue()

        def run() -> None:
            try:
                for piece in text:
                    if left.is_set():
                        break
                    loop.call_soon_threadsafe(pieces.put_nowait, piece)
            finally:
                loop.call_soon_threadsafe(pieces.put_nowait, None)

        began = time.monotonic()
        running = loop.run_in_executor(self._engine_thread, run)
        await _start(send, 200, _EVENTS)
        head = self._head()
        await _event(send, _chunk(head, {"role": "assistant", "content": None}))
        while (piece := await pieces.get()) is not None:
            await _event(send, _chunk(head, {"content": piece}))
        await running
        await self._finish(send, head, request, text, len(tokens), time.monotonic() - began)

    async def _finish(
        self,
        send: _Send,
        head: dict[str, Any],
        request: Mapping[str, Any],
        text: TextStream,
        prompt_tokens: int,
        seconds: float,
    ) -> None:
        timings = {
            "prompt_n": prompt_tokens,
            "predicted_n": text.tokens,
            "predicted_ms": seconds * 1000,
            "predicted_per_second": text.tokens / max(seconds, 1e-6),
        }
        await _event(send, {**_chunk(head, {}, text.finish_reason), "timings": timings})
        if (request.get("stream_options") or {}).get("include_usage"):
            usage = {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": text.tokens,
                "total_tokens": prompt_tokens + text.tokens,
            }
            await _event(send, {**head, "choices": [], "usage": usage})
        body = b"data: [DONE]\n\n"
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _head(self) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": self._model,
        }


async def _watch_disconnect(receive: _Receive, left: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    left.set()


async def _read_json(receive: _Receive) -> dict[str, Any]:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _refused("The client left", "invalid_request_error", 400)
        body += message.get("body", b"")
        if len(body) > _MAX_BODY:
            raise _refused("The request is too large", "invalid_request_error", 413)
        if not message.get("more_body"):
            break
    try:
        request = orjson.loads(bytes(body))
    except orjson.JSONDecodeError as error:
        raise _refused("The request is no JSON", "invalid_request_error", 400) from error
    if not isinstance(request, dict) or not isinstance(request.get("messages"), list):
        raise _refused("“messages” is missing", "invalid_request_error", 400)
    return request


async def _start(send: _Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _reply(send: _Send, status: int, body: Any) -> None:
    await _start(send, status, _JSON)
    await send({"type": "http.response.body", "body": orjson.dumps(body)})


async def _event(send: _Send, chunk: Mapping[str, Any]) -> None:
    body = b"data: " + orjson.dumps(chunk) + b"\n\n"
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _chunk(
    head: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {**head, "choices": [choice]}


def _error(message: str, kind: str, status: int) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": status}}


def _refused(message: str, kind: str, status: int) -> BackendRefusedError:
    return BackendRefusedError(message, status=status, body=_error(message, kind, status))


def _too_long(prompt: int, context: int) -> BackendRefusedError:
    message = "The prompt is longer than the context"
    body = _error(message, "exceed_context_size_error", 400)
    body["error"] |= {"n_prompt_tokens": prompt, "n_ctx": context}
    return BackendRefusedError(message, status=400, body=body)
