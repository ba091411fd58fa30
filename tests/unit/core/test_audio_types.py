import pytest

from node.core.audio_types import audio_file_name, audio_type_of, speech_type


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("a.mp3", "", "audio/mpeg"),
        ("A.WAVE", "", "audio/wav"),
        ("a.m4a", "audio/wav", "audio/mp4"),
        ("a.wma", "", "audio/x-ms-wma"),
        ("a.3gp", "", "audio/3gpp"),
        ("blob", "audio/webm;codecs=opus", "audio/webm"),
        ("blob", "text/html", "audio/mpeg"),
        ("", "", "audio/mpeg"),
        ("mp3", "", "audio/mpeg"),
    ],
)
def test_the_type_follows_the_name_then_what_was_declared(
    name: str, declared: str, expected: str
) -> None:
    assert audio_type_of(name, declared) == expected


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("audio/mpeg", "audio.mp3"),
        ("AUDIO/FLAC; rate=1", "audio.flac"),
        ("audio/mp4", "audio.m4a"),
        ("../../etc/passwd", "audio.mp3"),
        ("", "audio.mp3"),
    ],
)
def test_the_name_told_to_a_model_server_is_ours(media_type: str, expected: str) -> None:
    assert audio_file_name(media_type) == expected


def test_the_type_of_speech_is_what_was_asked_for() -> None:
    formats = ("mp3", "opus", "aac", "flac", "wav", "pcm")
    assert [speech_type({"response_format": item}) for item in formats] == [
        "audio/mpeg",
        "audio/opus",
        "audio/aac",
        "audio/flac",
        "audio/wav",
        "audio/pcm",
    ]
    for odd in ({}, {"response_format": "exe\r\nx: y"}, {"response_format": ["wav"]}):
        assert speech_type(odd) == "audio/mpeg"
    assert speech_type({"stream_format": "sse"}) == "text/event-stream"
