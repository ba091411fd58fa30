"""The server of the single-stream engine over a real socket, with scripted tokens behind it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from node.core.errors import BackendRefusedError
from node.core.tasks import TaskScope
from node.llm.llama.engines.asgi_server import SingleStreamApp
from node.llm.llama.engines.token_stream import TextStream
from node.llm.openai import OpenAiBackend


class ScriptedTokens:
    """Yields the given bytes; counts who runs and how many tokens were made."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces
        self.context = 32
        self.running = 0
        self.most_running = 0
        self.made = 0
        self.ended = threading.Event()

    def prompt_tokens(self, request: Mapping[str, Any]) -> list[int]:
        return [1] * sum(len(message["content"].split()) for message in request["messages"])

    def generate(self, tokens: list[int], request: Mapping[str, Any]) -> Iterator[bytes]:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            for piece in self._pieces():
                self.made += 1
                yield piece
        finally:
            self.running -= 1
            self.ended.set()


@asynccontextmanager
async def _serving(
    source: ScriptedTokens, folder: Path, *, key: str = "secret", waiting_limit: int = 8
) -> AsyncIterator[OpenAiBackend]:
    app = SingleStreamApp(source, model="m", key="secret", waiting_limit=waiting_limit)
    socket = str(folder / "s.sock")
    server = uvicorn.Server(uvicorn.Config(app, uds=socket, log_level="error", lifespan="off"))
    async with TaskScope("test") as scope:
        serving = scope.spawn(server.serve(), name="server")
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - the library offers no event
                await asyncio.sleep(0)
        backend = OpenAiBackend(url="http://x", model="m", api_key=key, unix_socket=socket)
        try:
            yield backend
        finally:
            await backend.aclose()
            server.should_exit = True
            await serving


def _body(content: str = "hi", **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}], "stream": True, **fields}


async def _text(backend: OpenAiBackend, **fields: Any) -> tuple[str, dict[str, Any]]:
    chunks = [chunk async for chunk in backend.chat(_body(**fields))]
    deltas = (chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    return "".join(deltas), chunks[-1]


async def test_characters_split_over_tokens_arrive_whole(tmp_path: Path) -> None:
    raw = "é日本🎉".encode()
    source = ScriptedTokens(lambda: (bytes([byte]) for byte in raw))
    async with _serving(source, tmp_path) as backend:
        text, last = await _text(backend)
    assert text == "é日本🎉"
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["timings"]["predicted_n"] == len(raw)


async def test_length_and_stop_strings(tmp_path: Path) -> None:
    source = ScriptedTokens(lambda: iter([b"one ", b"tw", b"o EN", b"D three"]))
    async with _serving(source, tmp_path) as backend:
        assert (await _text(backend, stop=["END"]))[0] == "one two "
        text, last = await _text(backend, max_tokens=2)
    assert (text, last["choices"][0]["finish_reason"]) == ("one tw", "length")


async def test_one_request_at_a_time_the_others_wait(tmp_path: Path) -> None:
    source = ScriptedTokens(lambda: iter([b"a", b"b"]))
    async with _serving(source, tmp_path) as backend:
        answers = await asyncio.gather(*(_text(backend) for _ in range(6)))
    assert [text for text, _ in answers] == ["ab"] * 6
    assert source.most_running == 1


async def test_leaving_ends_the_generation(tmp_path: Path) -> None:
    gate = threading.Event()

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"
            gate.wait(0.002)

    source = ScriptedTokens(endless)
    source.context = 1_000_000
    async with _serving(source, tmp_path, waiting_limit=1) as backend:
        async with aclosing(backend.chat(_body())) as chunks:
            await anext(chunks)
            await anext(chunks)
            with pytest.raises(BackendRefusedError) as caught:
                await anext(backend.chat(_body()))
            assert caught.value.status == 503
        assert await asyncio.to_thread(source.ended.wait, 10)


async def test_refusals(tmp_path: Path) -> None:
    source = ScriptedTokens(lambda: iter([b"a"]))
    async with _serving(source, tmp_path) as backend:
        with pytest.raises(BackendRefusedError) as too_long:
            await _text(backend, content="word " * 40)
        with pytest.raises(BackendRefusedError) as embeddings:
            await backend.embeddings({"input": "x"})
        assert (await backend.health()).ok
    assert too_long.value.body["error"]["type"] == "exceed_context_size_error"
    assert embeddings.value.status == 501
    async with _serving(source, tmp_path, key="wrong") as stranger:
        with pytest.raises(BackendRefusedError) as refused:
            await _text(stranger)
        assert not (await stranger.health()).ok
    assert refused.value.status == 401


def test_a_beginning_of_a_stop_string_waits_until_it_is_decided() -> None:
    text = TextStream([b"ab", b"#", b"#c", b"##", b"#"], stops=["###"], max_tokens=99)
    assert list(text) == ["ab", "##c"]
    plain = TextStream([b"a#", b"#"], stops=["###"], max_tokens=99)
    assert list(plain) == ["a", "##"]
    cut = TextStream(["é".encode()[:1]], stops=[], max_tokens=99)
    assert list(cut) == ["\ufffd"]
