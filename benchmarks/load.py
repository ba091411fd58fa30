"""The client of the benchmarks: many streams at once over plain sockets, little work per chunk."""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_CREATED = re.compile(rb'"created":(\d+)')
_READ = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where requests go and what they carry. Times of all doors are measured alike."""

    port: int
    path: str = "/v1/chat/completions"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Answer:
    """Milliseconds. `delays` are the ages of the chunks when they were read."""

    first_ms: float = 0.0
    whole_ms: float = 0.0
    delays: list[float] = field(default_factory=list)


def request_bytes(door: Door, *, chunks: int, rate: float, stream: bool) -> bytes:
    body = json.dumps(
        {
            "model": "Bench",
            "messages": [{"role": "user", "content": "Count to twenty, please."}],
            "stream": stream,
            "bench_chunks": chunks,
            "bench_rate": rate,
        }
    ).encode()
    lines = [
        f"POST {door.path} HTTP/1.1",
        f"host: 127.0.0.1:{door.port}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in door.headers),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def ask(door: Door, *, chunks: int, rate: float = 0, stream: bool = True) -> Answer:
    """One request on a new connection. Raises RuntimeError when the answer is not whole."""
    request = request_bytes(door, chunks=chunks, rate=rate, stream=stream)
    answer = Answer()
    began = time.monotonic_ns()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=_READ)
    try:
        writer.write(request)
        text, rest = b"", b""
        while data := await reader.read(_READ):
            now = time.monotonic_ns()
            rest += data
            end = rest.rfind(b"\n")
            text, rest = rest[: end + 1], rest[end + 1 :]
            found = _CREATED.findall(text)
            if found and not answer.delays:
                answer.first_ms = (now - began) / 1e6
            answer.delays.extend((now - int(moment)) / 1e6 for moment in found)
            if b"[DONE]" in text or (not stream and b"\r\n\r\n" in text and rest.endswith(b"}")):
                break
    finally:
        writer.close()
    if stream and len(answer.delays) != chunks + 1:
        raise RuntimeError(
            f"{len(answer.delays)} of {chunks + 1} chunks came: {text + rest!r:.300}"
        )
    if not stream and b'"chat.completion"' not in text + rest:
        raise RuntimeError(f"no completion came: {text + rest!r:.300}")
    answer.whole_ms = (time.monotonic_ns() - began) / 1e6
    return answer


async def ask_all(doors: Sequence[Door], *, chunks: int, rate: float = 0) -> list[Answer]:
    """One stream through each door, all at once."""
    return list(await asyncio.gather(*(ask(door, chunks=chunks, rate=rate) for door in doors)))
