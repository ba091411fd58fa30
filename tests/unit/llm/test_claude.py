"""The Messages API behind OpenAI's shapes, against a scripted server that behaves like it."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from node.core.clock import FakeClock
from node.core.errors import (
    BackendRefusedError,
    BackendUnavailableError,
    ConfigError,
    InvalidPromptError,
)
from node.llm.assemble import CompletionAssembler
from node.llm.claude import ClaudeBackend
from node.llm.claude_request import messages_request
from tests.unit.llm.model_server import Exchange, ModelServer

Play = Callable[[Exchange], Awaitable[None]]
BODY = {
    "model": "said by the client",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
    ],
    "stream": True,
    "n": 1,
    "seed": 7,
}
PIXEL = base64.b64encode(b"\x89PNG").decode()


def event(kind: str, **members: Any) -> bytes:
    data = orjson.dumps({"type": kind, **members})
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


def started(tokens: int = 12) -> bytes:
    usage = {"input_tokens": tokens, "cache_read_input_tokens": 3, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "usage": usage}
    return event("message_start", message=message)


def text(words: str, index: int = 0) -> bytes:
    delta = {"type": "text_delta", "text": words}
    return event("content_block_delta", index=index, delta=delta)


def ended(reason: str = "end_turn", tokens: int = 5) -> bytes:
    delta = event("message_delta", delta={"stop_reason": reason}, usage={"output_tokens": tokens})
    return delta + event("message_stop")


BLOCK = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
PING = event("ping")


def streams(*parts: bytes) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(*parts)

    return play


async def ask(
    play: Play, body: dict[str, Any] = BODY, path: str = ""
) -> tuple[list[dict[str, Any]], Exchange]:
    async with ModelServer(play) as server:
        backend = ClaudeBackend(
            url=server.url + path, model="claude-x", api_key="sk-1", clock=FakeClock(1_700_000_000)
        )
        try:
            chunks = [chunk async for chunk in backend.chat(body)]
        finally:
            await backend.aclose()
        return chunks, server.requests[0]


async def test_a_stream_becomes_openais_chunks() -> None:
    parts = [started(), BLOCK, PING, text("Hel"), text("lo"), ended()]
    chunks, asked = await ask(streams(*parts))
    head = {
        "id": "msg_1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "claude-x",
    }
    deltas = [{"role": "assistant", "content": ""}, {"content": "Hel"}, {"content": "lo"}]
    expected = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    usage = {"prompt_tokens": 15, "completion_tokens": 5, "total_tokens": 20}
    last = {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    assert chunks == [*expected, {**last, "usage": usage}]
    assert asked.path == "/v1/messages"
    assert asked.headers["x-api-key"] == "sk-1"
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in asked.headers
    assert asked.body == {
        "model": "claude-x",
        "max_tokens": 4096,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        "stream": True,
    }


async def test_the_usage_comes_apart_where_it_was_asked_for() -> None:
    body = {**BODY, "stream_options": {"include_usage": True}}
    chunks, asked = await ask(streams(started(), text("Hi"), ended()), body)
    assert "usage" not in chunks[-2]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 20
    assert "stream_options" not in asked.body


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("something new", "stop"),
    ],
)
async def test_reasons(theirs: str, ours: str) -> None:
    chunks, _ = await ask(streams(started(), ended(theirs)))
    assert chunks[-1]["choices"][0]["finish_reason"] == ours


async def test_a_whole_answer() -> None:
    message = {
        "id": "msg_2",
        "type": "message",
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "hm"},
            {"type": "text", "text": "Hello"},
            {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }

    async def play(exchange: Exchange) -> None:
        await exchange.send(200, "application/json", orjson.dumps(message))

    (answer,), asked = await ask(play, {**BODY, "stream": False}, "/v1/messages")
    assert asked.path == "/v1/messages"
    assert asked.body["stream"] is False
    assert answer["object"] == "chat.completion"
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    (choice,) = answer["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": "Hello",
        "reasoning_content": "hm",
        "tool_calls": [
            {
                "id": "t1",
                "type": "function",
                "function": {"name": "add", "arguments": '{"a": 1}'},
            }
        ],
    }


async def test_tool_calls_of_a_stream_put_together() -> None:
    def call(index: int, name: str) -> bytes:
        block = {"type": "tool_use", "id": f"t{index}", "name": name, "input": {}}
        return event("content_block_start", index=index, content_block=block)

    def piece(index: int, json_text: str) -> bytes:
        delta = {"type": "input_json_delta", "partial_json": json_text}
        return event("content_block_delta", index=index, delta=delta)

    thought = event(
        "content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "hm"}
    )
    signature = event(
        "content_block_delta", index=0, delta={"type": "signature_delta", "signature": "x"}
    )
    parts = [started(), thought, signature, text("Adding.", 1), call(2, "add"), piece(2, '{"a"')]
    parts += [piece(2, ":1}"), call(3, "sub"), piece(3, "{}"), ended("tool_use")]
    chunks, _ = await ask(streams(*parts))
    whole = CompletionAssembler()
    for chunk in chunks:
        whole.add(chunk)
    message = whole.completion()["choices"][0]["message"]
    assert message["content"] == "Adding."
    assert message["reasoning_content"] == "hm"
    assert [
        (item["id"], item["function"]["name"], item["function"]["arguments"])
        for item in message["tool_calls"]
    ] == [("t2", "add", '{"a":1}'), ("t3", "sub", "{}")]


async def test_a_refusal_keeps_status_and_body() -> None:
    error = {"type": "error", "error": {"type": "authentication_error", "message": "bad key"}}

    async def play(exchange: Exchange) -> None:
        await exchange.send(401, "application/json", orjson.dumps(error))

    with pytest.raises(BackendRefusedError) as caught:
        await ask(play)
    assert (caught.value.status, caught.value.body) == (401, error)


async def test_an_error_in_mid_stream() -> None:
    error = event("error", error={"type": "overloaded_error", "message": "busy"})
    with pytest.raises(BackendRefusedError) as caught:
        await ask(streams(started(), text("Hel"), error))
    assert caught.value.status == 529


@pytest.mark.parametrize(
    "parts",
    [[started(), text("cut")], [started(), b"data: {broken\n\n"], [b"data: [1]\n\n"], [b""]],
)
async def test_broken_streams_are_no_answers(parts: list[bytes]) -> None:
    with pytest.raises(BackendUnavailableError):
        await ask(streams(*parts))


async def test_embeddings_are_refused_and_health_is_asked() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(401 if exchange.path == "/v1/models" else 500, "text/plain", b"")

    async with ModelServer(play) as server:
        backend = ClaudeBackend(url=server.url, model="m", api_key="", clock=FakeClock(1))
        with pytest.raises(BackendRefusedError):
            await backend.embeddings({"input": "x"})
        health = await backend.health()
        await backend.aclose()
    assert (health.ok, health.detail) == (False, "The model server refused the key.")
    assert "x-api-key" not in server.requests[-1].headers


def test_keys_that_cannot_be_headers_are_refused() -> None:
    with pytest.raises(ConfigError):
        ClaudeBackend(url="https://a.example", model="m", api_key="a\r\nb", clock=FakeClock(1))


def turns(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    found = messages_request({"messages": list(messages)}, "m")["messages"]
    assert isinstance(found, list)
    return found


def said(content: str) -> dict[str, Any]:
    return {"type": "text", "text": content}


def test_roles_alternate_and_the_user_begins() -> None:
    found = turns(
        {"role": "assistant", "content": "Welcome"},
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": [{"type": "text", "text": "c"}]},
    )
    assert [item["role"] for item in found] == ["user", "assistant", "user"]
    assert found[2]["content"] == [said("a"), said("b"), said("c")]


def test_system_texts_are_lifted_wherever_they_stand() -> None:
    request = messages_request(
        {
            "messages": [
                {"role": "system", "content": "One."},
                {"role": "user", "content": "a"},
                {"role": "developer", "content": [{"type": "text", "text": "Two."}]},
            ]
        },
        "m",
    )
    assert request["system"] == "One.\n\nTwo."
    assert request["messages"] == [{"role": "user", "content": [said("a")]}]


def test_images_of_data_and_of_the_web() -> None:
    def image(url: Any) -> dict[str, Any]:
        return {"type": "image_url", "image_url": url}

    parts = [
        said("what is this"),
        image({"url": f"data:image/PNG;base64,{PIXEL}"}),
        image({"url": "https://pictures.example/a.png"}),
    ]
    (found,) = turns({"role": "user", "content": parts})
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    assert found["content"][1] == {"type": "image", "source": source}
    web = {"type": "url", "url": "https://pictures.example/a.png"}
    assert found["content"][2] == {"type": "image", "source": web}
    for odd in ("file:///etc/passwd", "data:text/html;base64,AAAA", {"url": 7}, None):
        with pytest.raises(InvalidPromptError):
            turns({"role": "user", "content": [image(odd)]})


def test_a_tool_and_its_result() -> None:
    call = {"id": "t1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
    found = turns(
        {"role": "user", "content": "add"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t1", "content": "2"},
        {"role": "user", "content": "thanks"},
    )
    assert found[1]["content"] == [
        {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}}
    ]
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "2"}
    assert found[2] == {"role": "user", "content": [result, said("thanks")]}


def test_settings_are_translated() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "number"}}}
    function = {"name": "add", "description": "Adds", "parameters": schema}
    request = messages_request(
        {
            "messages": [{"role": "user", "content": "a"}],
            "max_tokens": 100,
            "max_completion_tokens": 50,
            "temperature": 1.7,
            "top_p": 0.5,
            "stop": ["END", " ", ""],
            "user": "u1",
            "tools": [{"type": "function", "function": function}],
            "tool_choice": "required",
            "parallel_tool_calls": False,
            "frequency_penalty": 1,
        },
        "m",
    )
    del request["messages"]
    assert request == {
        "model": "m",
        "max_tokens": 50,
        "stream": False,
        "temperature": 1,
        "top_p": 0.5,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u1"},
        "tools": [{"name": "add", "description": "Adds", "input_schema": schema}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ({"type": "function", "function": {"name": "add"}}, {"type": "tool", "name": "add"}),
        (None, None),
    ],
)
def test_the_choice_of_tools(wanted: Any, expected: Any) -> None:
    body = {
        "messages": [{"role": "user", "content": "a"}],
        "tools": [{"type": "function", "function": {"name": "add"}}],
        "tool_choice": wanted,
    }
    assert messages_request(body, "m").get("tool_choice") == expected
