"""vectors/prompt-serialisation.json, and what a provider makes of prompts."""

import json
from typing import Any

import pytest

from node.wire.prompts import (
    Prompt,
    PromptKind,
    Usage,
    UsageMeter,
    answer_text,
    is_last_chunk,
    model_error_text,
    prompt_text,
    read_prompt,
    transcription_text,
)
from node.wire.refusals import Refusal
from tests.support.wire_vectors import load

CASES = load("prompt-serialisation")["cases"]
BODIES = [case for case in CASES if "http_body" in case]


def as_the_peer_reads(body: dict[str, Any]) -> dict[str, Any]:
    """The peer loses unknown nested members and explicit false; a schema's members it sorts."""
    body = json.loads(json.dumps(body))
    if body.get("stream") is False:
        del body["stream"]
    for message in body.get("messages", []):
        message.pop("foo", None)
    for tool in body.get("tools", []):
        tool["function"]["parameters"] = dict(sorted(tool["function"]["parameters"].items()))
    return body


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["message"][:40])
def test_bodies_become_the_recorded_text(case: dict[str, Any]) -> None:
    kind = PromptKind(case["type"])
    body = json.loads(case["http_body"])
    assert prompt_text(kind, as_the_peer_reads(body)) == case["message"]
    assert read_prompt(case["message"]).kind is kind


def test_nothing_of_a_request_is_lost() -> None:
    body = {"messages": [{"role": "user", "foo": 1}], "temperature": 0, "stream": False}
    sent = json.loads(prompt_text(PromptKind.CHAT, body))
    assert sent == {**body, "model": ""}


def test_transcription_parameters_as_recorded() -> None:
    fields = {
        "Format": "verbose_json",
        "S3PresignedURL": "https://bucket.example/a.mp3?x=1&y=2",
        "TimestampGranularities": ["word"],
        "FilePath": "/etc/passwd",
    }
    extra = {"enable_diarization": True, "filepath": "/etc/passwd"}
    assert transcription_text(fields, extra) == CASES[-1]["message"]
    assert read_prompt(CASES[-1]["message"]).kind is PromptKind.TRANSCRIPTION


@pytest.mark.parametrize("name", ["FilePath", "filepath", "FILEPATH", "filePath"])
def test_local_paths_from_the_network_are_dropped(name: str) -> None:
    for kind in PromptKind:
        body = {"type": kind.value, name: "/etc/passwd", "model": "m"}
        assert name not in read_prompt(json.dumps(body)).body
    nested = {"type": "audio_transcription", "Extra": {name: "/x", "list": [{name: "/y"}]}}
    assert read_prompt(json.dumps(nested)).body == {"Extra": {"list": [{}]}}


def test_a_tool_schema_may_have_a_path_property() -> None:
    tool = {"function": {"parameters": {"properties": {"filePath": {"type": "string"}}}}}
    assert read_prompt(json.dumps({"tools": [tool]})).body == {"tools": [tool]}


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", '"x"', "1", "hello", "{", '{"a":1}{', '{"a":1,"a":2}', '{"a":NaN}'),
        *("\ud800", '{"a":"\\ud800"}', '{"a":1e999}', '{"a":' + "[" * 100 + "]" * 100 + "}"),
    ],
)
def test_what_is_not_one_json_object_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"^failed to process audio transcription: failed to unm"):
        read_prompt(text)


@pytest.mark.parametrize("marker", ["Embeddings", "chat", "image", 5, None, {}])
def test_other_types_are_chat(marker: object) -> None:
    assert read_prompt(json.dumps({"type": marker, "n": 0.5})) == Prompt(
        PromptKind.CHAT, {"n": 0.5}
    )


def test_missing_object_is_filled_in() -> None:
    chunk = {"choices": [{"delta": {"content": "x"}}]}
    assert json.loads(answer_text(chunk))["object"] == "chat.completion.chunk"
    whole = {"choices": [{"message": {"content": "x"}}]}
    assert json.loads(answer_text(whole))["object"] == "chat.completion"
    assert json.loads(answer_text({"data": [1]})) == {"data": [1]}


def test_usage_counts_the_text_of_all_chunks() -> None:
    meter = UsageMeter(lambda: 5)
    for text in ("hello", " world", None):
        meter.add({"choices": [{"delta": {"content": text}}]})
    assert meter.usage() == Usage(5, 2)
    assert meter.text == "hello world"
    assert is_last_chunk({"choices": [{"finish_reason": "stop"}]})
    assert is_last_chunk({"choices": [], "usage": {}})
    assert not is_last_chunk({"choices": [{"finish_reason": None}], "usage": None})


def test_model_errors_are_wrapped_as_the_peer_does() -> None:
    body = {"error": {"message": "slow <down> & wait", "type": "rate_limit"}}
    assert model_error_text(body).decode() == (
        '{"providerModelError":{"error":{"message":"slow \\u003cdown\\u003e \\u0026 wait",'
        '"type":"rate_limit"}}}'
    )
    assert model_error_text(" Bad <gateway>\n").decode() == (
        '{"providerModelError":{"error":{"message":"Bad \\u003cgateway\\u003e",'
        '"type":"upstream_error"}}}'
    )
