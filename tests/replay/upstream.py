"""The fake model server of the recorded run, driven by words in the last message.

`chunks=N` says how many, `mode=…` what is odd about the answer; `meta.upstream` of the recording
names the modes.
"""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from tests.support.vectors import load_vectors

_COMMON = {"id": "chatcmpl-fake", "created": 1700000000}
_FINGERPRINT = {"system_fingerprint": "fp_fake"}
_ENDS = {"crlf": b"\r\n\r\n"}
_SPEECH = next(
    base64.b64decode(item["response"]["body"].removeprefix("base64:"))
    for item in load_vectors("http-recorded")["exchanges"]
    if item["name"] == "speech"
)
_EMBEDDINGS: list[dict[str, Any]] = next(
    json.loads(item["response"]["body"])["data"]
    for item in load_vectors("http-recorded")["exchanges"]
    if item["name"] == "embeddings"
)


class FakeUpstream:
    """Async context manager: an HTTP server on loopback that answers as the recorded one did."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self.requests: list[tuple[str, str, bytes]] = []
        """Path, authorization header and body of each request."""

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            body = await _body(reader, head)
            path = head.split(" ", 2)[1]
            found = re.search(r"(?im)^authorization: (.*)\r$", head)
            self.requests.append((path, found[1] if found else "", body))
            writer.write(b"".join(_answer(path, body)))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except _CutError as cut:
            writer.write(cut.before)
            await writer.drain()
            writer.transport.abort()
        finally:
            writer.close()


class _CutError(Exception):
    """The connection breaks after `before`."""

    def __init__(self, before: bytes) -> None:
        self.before = before


async def _body(reader: asyncio.StreamReader, head: str) -> bytes:
    length = re.search(r"(?im)^content-length: (\d+)", head)
    if length:
        return await reader.readexactly(int(length[1]))
    if "chunked" not in head.lower():
        return b""
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


def _answer(path: str, body: bytes) -> Iterator[bytes]:
    if path.endswith("/transcriptions"):
        return _transcription(body)
    request = json.loads(body)
    if path.endswith("/embeddings"):
        return _embeddings(request)
    if path.endswith("/speech"):
        return iter([_head(200, "audio/mpeg", len(_SPEECH)), _SPEECH])
    return _chat(request)


def _head(status: int, content_type: str, length: int | None = None) -> bytes:
    size = "" if length is None else f"content-length: {length}\r\n"
    return (
        f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n{size}connection: close\r\n\r\n"
    ).encode()


def _whole(status: int, content_type: str, body: bytes) -> Iterator[bytes]:
    yield _head(status, content_type, len(body))
    yield body


def _chat(request: dict[str, Any]) -> Iterator[bytes]:
    words = _words(request)
    count = int(found[1]) if (found := re.search(r"chunks=(\d+)", words)) else 20
    mode = found[1] if (found := re.search(r"mode=(\w+)", words)) else ""
    if mode == "err400":
        failure = {
            "message": "bad request from upstream",
            "type": "invalid_request_error",
            "param": None,
            "code": "bad_request",
        }
        return _whole(400, "application/json", json.dumps({"error": failure}).encode())
    if mode == "err500text":
        return _whole(500, "text/plain", b"upstream exploded\n")
    if not request.get("stream"):
        return _whole(200, "application/json", _dump(_completion(request["model"], count, mode)))
    include_usage = mode == "usage" or bool(
        (request.get("stream_options") or {}).get("include_usage")
    )
    return _stream(request["model"], count, mode, include_usage)


def _words(request: dict[str, Any]) -> str:
    messages = request.get("messages") or [{"content": ""}]
    content = messages[-1]["content"]
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content)


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _choice(delta: dict[str, Any], finish: str | None = None, index: int = 0) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _usage(count: int) -> dict[str, Any]:
    return {"prompt_tokens": 11, "completion_tokens": count, "total_tokens": 11 + count}


def _completion(model: str, count: int, mode: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "word " * count}
    finish = "stop"
    if mode == "reason":
        message["reasoning_content"] = "thinking about it"
    if mode == "tool":
        recorded = _recorded("chat.nonstream.tool")["choices"][0]
        message, finish = recorded["message"], recorded["finish_reason"]
    choices = [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}]
    if mode == "n2":
        choices = _recorded("chat.nonstream.n2")["choices"]
    return {
        **_COMMON,
        "object": "chat.completion",
        "model": model,
        "choices": choices,
        **_FINGERPRINT,
        "usage": _usage(count),
    }


def _recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        json.loads(item["response"]["body"])
        for item in load_vectors("http-recorded")["exchanges"]
        if item["name"] == name
    )
    return found


def _stream(model: str, count: int, mode: str, include_usage: bool) -> Iterator[bytes]:
    end = _ENDS.get(mode, b"\n\n")

    def event(more: dict[str, Any], prefix: bytes = b"data: ") -> bytes:
        value = {**_COMMON, "object": "chat.completion.chunk", "model": model, **more}
        return prefix + _dump(value) + end

    yield _head(200, "text/event-stream")
    prefix = b"data:" if mode == "nospace" else b"data: "
    sent = b""
    for number, choice in enumerate(_choices(count, mode)):
        line = event({"choices": [choice]}, prefix)
        if mode == "cut" and number == count // 2:
            raise _CutError(_head(200, "text/event-stream") + sent)
        sent += line
        if mode != "cut":
            yield line
    finish = "tool_calls" if mode == "tool" else "stop"
    yield event({"choices": [_choice({}, finish)], **_FINGERPRINT})
    if include_usage:
        yield event({"choices": [], "usage": _usage(count)})
    if mode != "nodone":
        yield b"data: [DONE]" + end


def _choices(count: int, mode: str) -> Iterator[dict[str, Any]]:
    for number in range(count):
        first: dict[str, Any] = {} if number or mode in _ROLELESS else {"role": "assistant"}
        if mode == "tool":
            yield _choice({"tool_calls": [_tool_call(number)]})
        elif mode == "reason" and number < 2:
            yield _choice({"reasoning_content": "think "})
        elif mode == "bigline" and number == count // 2:
            yield _choice({**first, "content": "x" * 70_000})
        elif mode == "done_in_text" and number == count // 2:
            yield _choice({**first, "content": "the text data: [DONE] is not the end"})
        elif mode == "n2" and number % 2:
            yield _choice({"content": "second "}, index=1)
        else:
            yield _choice({**first, "content": "word "})


_ROLELESS = {"crlf", "nospace"}


def _tool_call(number: int) -> dict[str, Any]:
    if not number:
        function = {"name": "get_weather", "arguments": "{"}
        return {"index": 0, "id": "call_1", "type": "function", "function": function}
    return {"index": 0, "function": {"arguments": "}" if number == 1 else ""}}


def _embeddings(request: dict[str, Any]) -> Iterator[bytes]:
    asked = request["input"]
    count = len(asked) if isinstance(asked, list) else 1
    answer = {
        "object": "list",
        "data": _EMBEDDINGS[:count],
        "model": request["model"],
        "usage": {"prompt_tokens": 4 * count, "total_tokens": 4 * count},
    }
    return _whole(200, "application/json", _dump(answer))


def _transcription(body: bytes) -> Iterator[bytes]:
    if b'name="stream"\r\n\r\ntrue' in body:
        texts = ["hello ", "from ", "audio"]
        events = [{"type": "transcript.text.delta", "delta": text} for text in texts]
        events.append({"type": "transcript.text.done", "text": "".join(texts)})
        lines = b"".join(b"data: " + _dump(item) + b"\n\n" for item in events)
        return iter([_head(200, "text/event-stream"), lines])
    if re.search(rb'name="(response_format|format)"\r\n\r\ntext', body):
        return _whole(200, "text/plain", b"hello from audio\n")
    return _whole(200, "application/json", b'{"text": "hello from audio"}')
