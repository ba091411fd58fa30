"""Media types of audio files and of synthesised speech."""

from collections.abc import Mapping
from typing import Any

DEFAULT_AUDIO_TYPE = "audio/mpeg"
_BY_SUFFIX = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "wave": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
    "opus": "audio/opus",
    "wma": "audio/x-ms-wma",
    "amr": "audio/amr",
    "3gp": "audio/3gpp",
    "aiff": "audio/aiff",
}
_SPEECH = {name: f"audio/{name}" for name in ("opus", "aac", "flac", "wav", "pcm")}


def audio_type_of(file_name: str, declared: str = "") -> str:
    """Media type by the ending of a file's name, else as declared where it is one of audio; MP3
    when neither says anything.
    """
    found = _BY_SUFFIX.get(file_name.rpartition(".")[2].casefold())
    wanted = declared.partition(";")[0].strip().casefold()
    return found or (wanted if wanted in _BY_SUFFIX.values() else DEFAULT_AUDIO_TYPE)


def audio_file_name(media_type: str) -> str:
    """A neutral file name that lets a model server see the format; never an outsider's text."""
    wanted = media_type.partition(";")[0].strip().casefold()
    return next((f"audio.{end}" for end, name in _BY_SUFFIX.items() if name == wanted), "audio.mp3")


def speech_type(body: Mapping[str, Any]) -> str:
    """Content type of the answer to a speech request, by its `response_format`."""
    if body.get("stream_format") == "sse":
        return "text/event-stream"
    wanted = body.get("response_format")
    return _SPEECH.get(wanted, "audio/mpeg") if isinstance(wanted, str) else "audio/mpeg"
