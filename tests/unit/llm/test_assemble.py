from typing import Any

from node.llm.assemble import CompletionAssembler


def _chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c", "created": 5, "model": "m", "choices": choices, **more}


def _assemble(*chunks: dict[str, Any]) -> dict[str, Any]:
    assembler = CompletionAssembler()
    for chunk in chunks:
        assembler.add(chunk)
    return assembler.completion()


def test_text_reasoning_usage_and_timings() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert _assemble(
        _chunk({"role": "assistant", "content": None}),
        _chunk({"reasoning_content": "Hm. "}),
        _chunk({"content": "Hel"}),
        _chunk({"content": "lo"}),
        _chunk({}, "length", timings={"predicted_n": 2}),
        {"id": "other", "choices": [], "usage": usage},
    ) == {
        "id": "c",
        "created": 5,
        "model": "m",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Hello",
                    "reasoning_content": "Hm. ",
                },
                "finish_reason": "length",
            }
        ],
        "usage": usage,
        "timings": {"predicted_n": 2},
    }


def test_tool_calls_come_in_pieces() -> None:
    def call(index: int, **function: str) -> dict[str, Any]:
        return {
            "index": index,
            "function": function,
            **({"id": f"t{index}"} if function.get("name") else {}),
        }

    answer = _assemble(
        _chunk({"tool_calls": [call(0, name="add", arguments="")]}),
        _chunk({"tool_calls": [call(0, arguments='{"a"'), call(1, name="sub", arguments="{}")]}),
        _chunk({"tool_calls": [call(0, arguments=": 1}")]}, "tool_calls"),
    )
    message = answer["choices"][0]["message"]
    assert message["content"] is None
    assert [(item["id"], item["function"]) for item in message["tool_calls"]] == [
        ("t0", {"name": "add", "arguments": '{"a": 1}'}),
        ("t1", {"name": "sub", "arguments": "{}"}),
    ]
    assert answer["choices"][0]["finish_reason"] == "tool_calls"
