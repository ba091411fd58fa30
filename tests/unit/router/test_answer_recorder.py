"""What a consumer counts per kind of prompt, and what becomes of the parts of an answer."""

from typing import Any

import orjson
import pytest

from node.core.clock import FakeClock
from node.core.errors import BadMessageError
from node.router.answer_recorder import AnswerRecorder
from node.wire.plaintexts import AnswerPart, classify
from node.wire.prompts import PromptKind

BODY = {"messages": [{"role": "user", "content": "hi"}], "input": "say it"}


def part(kind: PromptKind, value: Any) -> AnswerPart:
    return AnswerPart(classify(kind, value), orjson.dumps(value), value)


def test_speech_is_decoded_and_counts_nothing() -> None:
    clock = FakeClock(1)
    recorder = AnswerRecorder(clock, PromptKind.SPEECH, BODY)
    clock.advance(0.25)
    taken = recorder.take(part(PromptKind.SPEECH, "QVVESU8="))
    assert (taken.audio, taken.data) == (b"AUDIO", {})
    end = recorder.end()
    assert (end.stats.ttft_ms, end.stats.input_tokens, end.stats.output_tokens) == (250, 0, 0)


@pytest.mark.parametrize("text", ["*", "QVV", "QV VE"])
def test_audio_that_is_no_base64_is_refused(text: str) -> None:
    recorder = AnswerRecorder(FakeClock(1), PromptKind.SPEECH, BODY)
    with pytest.raises(BadMessageError):
        recorder.take(part(PromptKind.SPEECH, text))


def test_embeddings_count_nothing() -> None:
    recorder = AnswerRecorder(FakeClock(1), PromptKind.EMBEDDINGS, BODY)
    value = {"data": [{"embedding": [1]}], "usage": {"prompt_tokens": 9}}
    assert recorder.take(part(PromptKind.EMBEDDINGS, value)).data == value
    assert recorder.end().stats.output_tokens == 0
    assert recorder.end().complete


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["h\u00e9llo\n"], 7),
        ([{"text": "hi"}], len(b'{"text":"hi"}')),
        (
            [
                {"type": "transcript.text.delta", "delta": "h\u00e9"},
                {"type": "transcript.text.delta", "delta": "llo"},
                {"type": "transcript.text.done", "text": "h\u00e9llo"},
            ],
            6,
        ),
    ],
)
def test_transcriptions_count_bytes(values: list[Any], expected: int) -> None:
    recorder = AnswerRecorder(FakeClock(1), PromptKind.TRANSCRIPTION, {})
    taken = [recorder.take(part(PromptKind.TRANSCRIPTION, value)) for value in values]
    assert [item.data or item.text for item in taken] == values
    assert recorder.end().stats.output_tokens == expected
    assert recorder.end().stats.input_tokens == 0


def test_chats_count_tokens() -> None:
    recorder = AnswerRecorder(FakeClock(1), PromptKind.CHAT, BODY)
    choice = {"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}
    value = {"object": "chat.completion.chunk", "choices": [choice]}
    data = recorder.take(part(PromptKind.CHAT, value)).data
    assert data["usage_from_consumer"] == {
        "completion_tokens": 1,
        "prompt_tokens": 5,
        "total_tokens": 6,
    }
    assert recorder.end().finish_reason == "stop"
