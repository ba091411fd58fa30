"""Requests for transcriptions in both spellings, and the forms of their answers."""

import json
from typing import Any

import pytest

from node.wire.prompts import PromptKind, prompt_text, read_prompt
from node.wire.refusals import Refusal
from node.wire.transcripts import (
    TranscriptionOptions,
    is_peer_event,
    joined_text,
    transcript_event,
    whole_transcript,
)

PEER = {
    "Extra": {"response_format": "text", "type": "audio_transcription"},
    "FilePath": "upload-tmp/a.mp3",
    "Format": "",
    "Language": "en",
    "Model": "m",
    "Prompt": "names: Ada",
    "S3PresignedURL": "",
    "Stream": True,
    "Temperature": 0.5,
    "TimestampGranularities": ["word", "segment"],
    "response_format": "text",
    "type": "audio_transcription",
}


def test_a_peers_request_becomes_the_model_servers_form() -> None:
    options = TranscriptionOptions.from_wire(read_prompt(json.dumps(PEER)).body)
    assert options.form_fields() == (
        ("language", "en"),
        ("prompt", "names: Ada"),
        ("temperature", "0.5"),
        ("stream", "true"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
        ("response_format", "text"),
    )


def test_the_protocols_format_wins_over_openais() -> None:
    body = PEER | {"Format": "verbose_json", "S3PresignedURL": "https://b.example/a.mp3"}
    options = TranscriptionOptions.from_wire(body)
    fields = dict(options.form_fields())
    assert fields["response_format"] == "verbose_json"
    assert fields["s3_presigned_url"] == "https://b.example/a.mp3"
    assert options.wanted_format == "verbose_json"


def test_what_we_send_is_spelt_as_the_peer_spells_it() -> None:
    body = read_prompt(json.dumps(PEER)).body
    text = prompt_text(
        PromptKind.TRANSCRIPTION, TranscriptionOptions.from_wire(body).wire_members("m")
    )
    assert json.loads(text) == PEER | {"FilePath": ""}
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize("name", ["FilePath", "filepath", "FILEPATH", "filePath", "fIlEpAtH"])
def test_no_local_path_survives_anywhere(name: str) -> None:
    body = {"type": "audio_transcription", name: "/etc/shadow", "x": {name: "/etc/shadow"}}
    options = TranscriptionOptions.from_wire(read_prompt(json.dumps(body)).body)
    assert "shadow" not in repr(options) + repr(options.form_fields()) + repr(
        options.wire_members("m")
    )


@pytest.mark.parametrize(
    "body",
    [
        {"Format": 7},
        {"Language": ["en"]},
        {"S3PresignedURL": {"a": 1}},
        {"Temperature": "hot"},
        {"TimestampGranularities": "word"},
    ],
)
def test_members_of_a_wrong_type_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="wrong type"):
        TranscriptionOptions.from_wire(body)


def test_fields_that_are_ours_or_too_many_do_not_reach_the_model_server() -> None:
    extra = {"Model": "gpt", "file": "x", "FILE": "y", "n" * 101: "z", "include[]": ["a", "b"]}
    extra |= {f"x{number}": None if number == 7 else number for number in range(100)}
    fields = TranscriptionOptions(extra=extra).form_fields()
    names = [name for name, _ in fields]
    assert {"Model", "file", "FILE", "n" * 101, "x7", "x99"}.isdisjoint(names)
    assert [value for name, value in fields if name == "include[]"] == ["a", "b"]
    assert ("x1", "1") in fields


@pytest.mark.parametrize("wanted", ["json", "verbose_json"])
def test_json_formats_have_all_members_in_order(wanted: str) -> None:
    whole = whole_transcript('{"text":"hi","task":"x","vendor":1}', wanted)
    assert isinstance(whole, dict)
    assert list(whole) == ["duration", "language", "segments", "task", "text", "vendor", "words"]
    assert (whole["text"], whole["task"], whole["words"]) == ("hi", "x", None)
    plain = whole_transcript("plain words\n", wanted)
    assert isinstance(plain, dict)
    assert plain["text"] == "plain words"


@pytest.mark.parametrize("wanted", ["", "text", "srt", "vtt"])
def test_other_formats_are_the_servers_text(wanted: str) -> None:
    assert whole_transcript('{"text": "hi"}', wanted) == '{"text": "hi"}'


def test_events_have_the_peers_members_first_and_keep_the_rest() -> None:
    event = transcript_event({"delta": "hel", "type": "transcript.text.delta", "logprobs": []})
    assert json.dumps(event).startswith(
        '{"type": "transcript.text.delta", "text": "", "delta": "hel"'
    )
    assert event["logprobs"] == []
    assert is_peer_event(event)
    assert not is_peer_event({"type": "transcript.text.segment"})


def test_the_text_of_a_stream() -> None:
    pieces = [{"type": "transcript.text.delta", "delta": word} for word in ("a ", "b")]
    assert joined_text(pieces) == "a b"
    assert joined_text([*pieces, {"type": "transcript.text.done", "text": "A b."}]) == "A b."
