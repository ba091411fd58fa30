"""One completion out of chunks, for clients that asked for no stream."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from node.core.errors import IncompleteAnswerError
from node.http_api.completion import whole_completion
from node.service.dto import CompletionChunk


async def source(*items: dict[str, Any]) -> AsyncGenerator[CompletionChunk, None]:
    for item in items:
        yield CompletionChunk(data=item)


def chunk(*choices: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"id": "c1", "object": "chat.completion.chunk", "choices": list(choices), **top}


def delta(index: int = 0, reason: str | None = None, **members: Any) -> dict[str, Any]:
    return {"index": index, "delta": members, "finish_reason": reason}


async def test_a_whole_answer_passes_unchanged() -> None:
    whole = {"object": "chat.completion", "choices": [], "vendor": {"a": 1}}
    assert await whole_completion(source(whole)) == whole


async def test_chunks_add_up_with_unknown_members_and_usage() -> None:
    answer = await whole_completion(
        source(
            chunk(delta(role="assistant", content="")),
            chunk(delta(content="Hel", reasoning_content="think")),
            chunk(delta(content="lo"), vendor_x=1),
            chunk(delta(reason="stop"), usage_from_provider={"total_tokens": 3}),
            chunk(usage={"total_tokens": 11}),
        )
    )
    assert answer == {
        "id": "c1",
        "object": "chat.completion",
        "vendor_x": 1,
        "usage": {"total_tokens": 11},
        "usage_from_provider": {"total_tokens": 3},
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Hello",
                    "reasoning_content": "think",
                },
                "finish_reason": "stop",
            }
        ],
    }


async def test_two_choices_stay_apart() -> None:
    answer = await whole_completion(
        source(
            chunk(delta(1, content="b")),
            chunk(delta(0, content="a"), delta(1, content="B", reason="length")),
            chunk(delta(0, reason="stop")),
        )
    )
    found = [(item["message"]["content"], item["finish_reason"]) for item in answer["choices"]]
    assert found == [("a", "stop"), ("bB", "length")]


async def test_tool_calls_are_put_together_by_index() -> None:
    def call(index: int, **function: str) -> dict[str, Any]:
        return {"index": index, "function": function}

    answer = await whole_completion(
        source(
            chunk(delta(tool_calls=[{**call(0, name="f", arguments="{"), "id": "call_1"}])),
            chunk(delta(tool_calls=[call(0, arguments='"a"'), call(1, name="g", arguments="[]")])),
            chunk(delta(tool_calls=[call(0, arguments=":1}")], reason="tool_calls")),
        )
    )
    calls = answer["choices"][0]["message"]["tool_calls"]
    assert [item["function"] for item in calls] == [
        {"name": "f", "arguments": '{"a":1}'},
        {"name": "g", "arguments": "[]"},
    ]
    assert calls[0]["id"] == "call_1"


async def test_notices_of_the_node_are_not_part_of_the_answer() -> None:
    async def mixed() -> AsyncGenerator[CompletionChunk, None]:
        yield CompletionChunk(data={}, control="provider failed")
        yield CompletionChunk(data=chunk(delta(content="x", reason="stop")))

    assert (await whole_completion(mixed()))["choices"][0]["message"]["content"] == "x"


async def test_no_answer_is_a_failure() -> None:
    with pytest.raises(IncompleteAnswerError):
        await whole_completion(source())


async def test_malformed_members_do_no_harm() -> None:
    answer = await whole_completion(
        source(
            {"object": "chat.completion.chunk", "choices": "no"},
            chunk({"index": None, "delta": None}, "x", delta(tool_calls=["x"], content=3)),  # type: ignore[arg-type]
        )
    )
    assert answer["choices"][0]["index"] == 0
