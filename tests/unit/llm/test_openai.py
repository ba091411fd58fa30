import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson
import pytest

from node.core.errors import BackendError, BackendRefusedError, BackendUnavailableError
from node.llm.limits import Waits
from node.llm.openai import OpenAiBackend
from tests.unit.llm.model_server import (
    DONE_LINE,
    Exchange,
    ModelServer,
    Play,
    chunk_line,
    last_line,
)

_BODY = {
    "model": "what the client said",
    "messages": [{"role": "user", "content": "Hi"}],
    "stream": True,
    "temperature": 0,
    "custom": {"kept": [1, None]},
}


async def _chat(play: Play, body: dict[str, Any] = _BODY) -> list[dict[str, Any]]:
    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=server.url, model="upstream", api_key="k-1")
        try:
            return [chunk async for chunk in backend.chat(body)]
        finally:
            await backend.aclose()


def _text(chunks: list[dict[str, Any]]) -> str:
    return "".join(
        choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]
    )


async def test_request_goes_on_unchanged_but_for_the_model() -> None:
    seen: list[Exchange] = []

    async def play(exchange: Exchange) -> None:
        seen.append(exchange)
        await exchange.stream(chunk_line("Hello"), last_line(), DONE_LINE)

    chunks = await _chat(play)
    assert _text(chunks) == "Hello"
    assert seen[0].path == "/v1/chat/completions"
    assert seen[0].headers["authorization"] == "Bearer k-1"
    assert seen[0].headers["accept"] == "text/event-stream"
    assert seen[0].body == {**_BODY, "model": "upstream"}


async def test_characters_cut_by_the_network_arrive_whole() -> None:
    raw = chunk_line("é日本🎉") + last_line() + DONE_LINE

    async def play(exchange: Exchange) -> None:
        await exchange.stream(*(raw[i : i + 3] for i in range(0, len(raw), 3)))

    assert _text(await _chat(play)) == "é日本🎉"


async def test_an_answer_may_contain_the_end_mark_as_text() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(
            chunk_line("data: [DONE] is"), chunk_line(" the mark"), last_line(), DONE_LINE
        )

    assert _text(await _chat(play)) == "data: [DONE] is the mark"


async def test_a_chunk_beyond_64_kib_passes() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(chunk_line("x" * 200_000), last_line(), DONE_LINE)

    assert len(_text(await _chat(play))) == 200_000


async def test_missing_object_is_filled_in() -> None:
    async def play(exchange: Exchange) -> None:
        if exchange.body["stream"]:
            await exchange.stream(chunk_line("a", object=""), last_line(), DONE_LINE)
        else:
            await exchange.send(200, "application/json", b'{"choices": [{"message": {}}]}')

    assert (await _chat(play))[0]["object"] == "chat.completion.chunk"
    assert (await _chat(play, {**_BODY, "stream": False}))[0]["object"] == "chat.completion"


async def test_the_content_type_decides_whether_it_is_a_stream() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(200, "application/json; charset=utf-8", b'{"id": "whole"}')

    chunks = await _chat(play)
    assert chunks == [{"id": "whole", "object": "chat.completion"}]


async def test_refusal_keeps_status_and_body() -> None:
    error = {"error": {"message": "too long", "type": "exceed_context_size_error", "n_ctx": 512}}

    async def play(exchange: Exchange) -> None:
        await exchange.send(400, "application/json", orjson.dumps(error))

    with pytest.raises(BackendRefusedError) as caught:
        await _chat(play)
    assert (caught.value.status, caught.value.body) == (400, error)


async def test_refusal_in_plain_text_is_wrapped() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(502, "text/html", b"  <h1>Bad gateway</h1>\n")

    with pytest.raises(BackendRefusedError) as caught:
        await _chat(play)
    expected = {"error": {"message": "<h1>Bad gateway</h1>", "type": "upstream_error"}}
    assert (caught.value.status, caught.value.body) == (502, expected)


async def test_redirects_are_not_followed() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(302, "text/plain", b"elsewhere")

    with pytest.raises(BackendRefusedError) as caught:
        await _chat(play)
    assert caught.value.status == 302


async def test_error_inside_the_stream_is_a_refusal() -> None:
    async def play(exchange: Exchange) -> None:
        error = b'data: {"error": {"code": 500, "message": "slot lost"}}\n\n'
        await exchange.stream(chunk_line("Hel"), error)

    with pytest.raises(BackendRefusedError) as caught:
        await _chat(play)
    assert caught.value.status == 500


@pytest.mark.parametrize("parts", [(), (chunk_line("half"),), (chunk_line("a"), b'data: {"id"')])
async def test_a_stream_that_breaks_off_is_no_answer(parts: tuple[bytes, ...]) -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(*parts)

    with pytest.raises(BackendUnavailableError):
        await _chat(play)


async def test_a_finished_answer_without_end_mark_counts() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(chunk_line("all"), last_line("length"))

    assert _text(await _chat(play)) == "all"


@pytest.mark.parametrize("body", [b"not json", b"[1]", b'"text"', b""])
async def test_nonsense_instead_of_json_is_refused(body: bytes) -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(200, "application/json", body)

    with pytest.raises(BackendUnavailableError, match="no valid answer") as caught:
        await _chat(play)
    assert not caught.value.retryable


async def test_an_endless_answer_is_cut() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(*([b"x" * 1_000_000] * 20), content_type="application/json")

    with pytest.raises(BackendError, match="too large"):
        await _chat(play)


async def test_closing_the_answer_disconnects_from_the_server() -> None:
    async def play(exchange: Exchange) -> None:
        exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        while True:
            exchange.writer.write(chunk_line("on and on"))
            await exchange.writer.drain()
            await asyncio.sleep(0.001)

    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=server.url, model="m")
        async with aclosing(backend.chat(_BODY)) as chunks:
            assert await anext(chunks)
        async with asyncio.timeout(5):
            await server.client_left.wait()
        await backend.aclose()


async def test_an_unreachable_server_is_reported_without_its_address() -> None:
    async with ModelServer(_silent) as server:
        url = server.url
    backend = OpenAiBackend(url=url, model="m")
    with pytest.raises(BackendUnavailableError) as caught:
        await anext(aiter(backend.chat(_BODY)))
    assert "127.0.0.1" not in caught.value.message + caught.value.hint
    health = await backend.health()
    assert not health.ok
    assert "127.0.0.1" not in health.detail
    await backend.aclose()


async def _silent(exchange: Exchange) -> None:
    exchange.writer.close()


async def test_connection_closed_without_answer() -> None:
    with pytest.raises(BackendUnavailableError) as caught:
        await _chat(_silent)
    assert caught.value.retryable


@pytest.fixture
async def embedder() -> AsyncIterator[OpenAiBackend]:
    async def play(exchange: Exchange) -> None:
        if exchange.path == "/v1/models":
            await exchange.send(401, "application/json", b"{}")
        elif exchange.body["input"] == "bad":
            await exchange.send(200, "application/json", b'{"data": null}')
        else:
            data = [{"embedding": [0.5], "model": exchange.body["model"]}]
            await exchange.send(200, "application/json", orjson.dumps({"data": data}))

    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=server.url, model="e5")
        yield backend
        await backend.aclose()


async def test_embeddings(embedder: OpenAiBackend) -> None:
    answer = await embedder.embeddings({"model": "x", "input": "text"})
    assert answer["data"] == [{"embedding": [0.5], "model": "e5"}]
    with pytest.raises(BackendUnavailableError):
        await embedder.embeddings({"input": "bad"})


async def test_health_tells_that_the_key_was_refused(embedder: OpenAiBackend) -> None:
    health = await embedder.health()
    assert (health.ok, health.detail) == (False, "The model server refused the key.")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_server_that_never_answers_is_given_up_after_the_set_time(stream: bool) -> None:
    never = asyncio.Event()

    async def play(exchange: Exchange) -> None:
        await never.wait()

    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=server.url, model="m", waits=Waits.both(0.05))
        with pytest.raises(BackendError):
            await anext(aiter(backend.chat({**_BODY, "stream": stream})))
        never.set()
        await backend.aclose()
