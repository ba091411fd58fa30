"""What decrypted pieces mean, and when an answer is over."""

import json
import sys
from typing import Any

import pytest

from node.core.errors import BadMessageError
from node.wire.plaintexts import (
    AnswerPart,
    PartKind,
    classify,
    ends_answer,
    is_finished,
    parse_plaintext,
)
from node.wire.prompts import PromptKind

CHAT, EMBED = PromptKind.CHAT, PromptKind.EMBEDDINGS
SPEECH, STT = PromptKind.SPEECH, PromptKind.TRANSCRIPTION
CHUNK = {"object": "chat.completion.chunk", "choices": []}
COMPLETION = {"object": "chat.completion", "choices": [{}]}


@pytest.mark.parametrize(
    ("kind", "value", "part", "ends"),
    [
        (CHAT, "[DONE]", PartKind.DONE, True),
        (CHAT, CHUNK, PartKind.CHUNK, False),
        (CHAT, {"usage": {}, "choices": []}, PartKind.CHUNK, False),
        (CHAT, {"usage": {}}, PartKind.CHUNK, False),
        (CHAT, COMPLETION, PartKind.COMPLETION, True),
        (CHAT, {"imageUrl": "https://x", "job": "1", "status": "ok"}, PartKind.MEDIA, True),
        (CHAT, {"imageRawContent": "data:image/png;base64,AA"}, PartKind.MEDIA, True),
        (CHAT, {"videoRawContent": "data:video/mp4;base64,AA"}, PartKind.MEDIA, True),
        (EMBED, {"data": [{}]}, PartKind.EMBEDDINGS, True),
        (SPEECH, "QUJD", PartKind.AUDIO, False),
        (SPEECH, None, PartKind.DONE, True),
        (SPEECH, "", PartKind.DONE, True),
        (STT, {"text": "hello"}, PartKind.TRANSCRIPT, True),
        (STT, "1\n00:00", PartKind.TRANSCRIPT, True),
        (STT, {"type": "transcript.text.delta", "delta": "x"}, PartKind.CHUNK, False),
        (STT, {"type": "transcript.text.done", "text": "x"}, PartKind.CHUNK, False),
    ],
)
def test_parts(kind: PromptKind, value: Any, part: PartKind, ends: bool) -> None:
    assert classify(kind, value) is part
    assert ends_answer(part) is ends


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((CHAT, value) for value in (None, "x", [], {}, {"object": "chat.completion"}, 5)),
        (CHAT, {"choices": [{}], "usage": {}}),
        *((EMBED, value) for value in ({}, {"data": []}, {"data": {}}, [], "x")),
        *((SPEECH, value) for value in ({}, [], 1)),
        *((STT, value) for value in (None, 1, [])),
    ],
)
def test_unknown_forms_fail_the_prompt(kind: PromptKind, value: Any) -> None:
    with pytest.raises(BadMessageError, match="unknown response format"):
        classify(kind, value)


@pytest.mark.parametrize(
    ("value", "finished"),
    [
        ({"choices": [{"finish_reason": "stop"}]}, True),
        ({"choices": [{"finish_reason": None}]}, False),
        ({"choices": [], "usage": {"total_tokens": 1}}, True),
        ({"type": "transcript.text.done"}, True),
        ({"type": "transcript.text.delta"}, False),
        ("QUJD", False),
    ],
)
def test_a_close_is_clean_only_after_the_answer_said_so(value: Any, finished: bool) -> None:
    part = AnswerPart(PartKind.CHUNK, json.dumps(value).encode(), value)
    assert is_finished(part) is finished


def test_lone_surrogates_in_answers_become_replacement_characters() -> None:
    raw = b'{"a":"\\ud83d","b":"\\ud83d\\ude42 x","c":1.5}'
    assert parse_plaintext(raw) == {"a": "�", "b": "🙂 x", "c": 1.5}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"a":NaN}', b"[" * 5000])
def test_what_is_not_json_fails_the_prompt(raw: bytes) -> None:
    with pytest.raises(BadMessageError, match="not JSON"):
        parse_plaintext(raw)


@pytest.mark.parametrize("depth", [300, 5_000, 100_000, 500_000])
@pytest.mark.parametrize("end", ["", "\\ud800"], ids=["plain", "lone surrogate"])
def test_deep_answers_are_refused_however_far_recursion_may_go(depth: int, end: str) -> None:
    """Libraries in the process may raise the recursion limit beyond what the stack can take."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(BadMessageError):
            parse_plaintext(f'{"[" * depth}"{end}"{"]" * depth}x'.encode())
    finally:
        sys.setrecursionlimit(limit)
