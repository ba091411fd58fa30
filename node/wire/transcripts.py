"""Transcriptions: what is asked, in the spellings of both protocols, and forms of the answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from node.wire.prompts import transcription_members
from node.wire.refusals import UNREADABLE_JSON, Refusal

TEXT_DELTA, TEXT_DONE = "transcript.text.delta", "transcript.text.done"
JSON_FORMATS = frozenset({"json", "verbose_json"})
_MEMBERS: dict[str, Any] = {
    "duration": 0,
    "language": "",
    "segments": None,
    "task": "",
    "text": "",
    "words": None,
}
_KNOWN = frozenset(
    {
        "Extra",
        "FilePath",
        "Format",
        "Language",
        "Model",
        "Prompt",
        "S3PresignedURL",
        "Stream",
        "Temperature",
        "TimestampGranularities",
    }
)
_OURS = frozenset({"type", "model", "file", "filepath", "extra"})
_MAX_EXTRAS, _MAX_NAME = 64, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionOptions:
    """A request without its audio. `extra` holds every other form field, in order.

    `format` is the protocol's own field, which decides the form of the answer; OpenAI's
    `response_format` is one of the `extra` fields and goes to the model server unchanged.
    """

    format: str = ""
    language: str = ""
    prompt: str = ""
    temperature: float = 0
    stream: bool = False
    granularities: tuple[str, ...] = ()
    s3_url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> "TranscriptionOptions":
        """From a request's members as provider; local paths are not among what is read.

        Raises:
            Refusal: a member of a wrong type.
        """
        granularities = body.get("TimestampGranularities") or ()
        if not isinstance(granularities, list | tuple):
            raise _wrong("TimestampGranularities")
        temperature = body.get("Temperature") or 0
        if not isinstance(temperature, int | float) or isinstance(temperature, bool):
            raise _wrong("Temperature")
        return cls(
            format=_text(body, "Format"),
            language=_text(body, "Language"),
            prompt=_text(body, "Prompt"),
            temperature=temperature,
            stream=body.get("Stream") is True,
            granularities=tuple(str(item) for item in granularities[:_MAX_EXTRAS]),
            s3_url=_text(body, "S3PresignedURL"),
            extra={name: value for name, value in body.items() if name not in _KNOWN},
        )

    def wire_members(self, model: str) -> dict[str, Any]:
        """The parameters as consumer, as the peer spells them."""
        known = {
            "Format": self.format,
            "Language": self.language,
            "Model": model,
            "Prompt": self.prompt,
            "S3PresignedURL": self.s3_url,
            "Stream": self.stream,
            "Temperature": self.temperature,
            "TimestampGranularities": list(self.granularities) or None,
        }
        return transcription_members(known, self.extra)

    def form_fields(self) -> tuple[tuple[str, str], ...]:
        """Fields for the model server's form; a field is sent once, the known spelling first."""
        found: list[tuple[str, str]] = []
        if self.format:
            found.append(("response_format", self.format))
        for name, value in (
            ("language", self.language),
            ("prompt", self.prompt),
            ("temperature", json.dumps(self.temperature) if self.temperature else ""),
            ("stream", "true" if self.stream else ""),
            ("s3_presigned_url", self.s3_url),
        ):
            if value:
                found.append((name, value))
        found += [("timestamp_granularities[]", item) for item in self.granularities]
        taken = {name for name, _ in found}
        for name, value in list(self.extra.items())[:_MAX_EXTRAS]:
            if name not in taken and name.casefold() not in _OURS and len(name) <= _MAX_NAME:
                found += [(name, text) for text in _texts(value)]
        return tuple(found)

    @property
    def wanted_format(self) -> str:
        """What the client asked for in either spelling; empty when it left that open."""
        wanted = self.format or self.extra.get("response_format")
        return wanted if isinstance(wanted, str) else ""


def whole_transcript(text: str, wanted: str) -> dict[str, Any] | str:
    """A whole answer: an object with all its members for the JSON formats, else the text."""
    if wanted not in JSON_FORMATS:
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = text
    members = value if isinstance(value, dict) else {"text": text.strip()}
    return dict(sorted({**_MEMBERS, **members}.items()))


def transcript_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event of a stream with the members that the peer's reader expects, in its order."""
    head = {
        "type": event.get("type"),
        "text": event.get("text") or "",
        "delta": event.get("delta") or "",
    }
    return {**head, **{name: item for name, item in event.items() if name not in head}}


def is_peer_event(event: Mapping[str, Any]) -> bool:
    """Whether the peer's reader takes this for a part of a stream; it ends at any other."""
    return event.get("type") in (TEXT_DELTA, TEXT_DONE)


def joined_text(events: Iterable[Mapping[str, Any]]) -> str:
    """The text of a stream: what the last event repeats, else the pieces."""
    pieces: list[str] = []
    for event in events:
        if event.get("type") == TEXT_DONE and isinstance(event.get("text"), str):
            return str(event["text"])
        if isinstance(event.get("delta"), str):
            pieces.append(event["delta"])
    return "".join(pieces)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise _wrong(name)
    return value


def _wrong(name: str) -> Refusal:
    return Refusal(f"{UNREADABLE_JSON}: {name} has a wrong type")


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [text for item in value[:_MAX_EXTRAS] for text in _texts(item)]
    return [value if isinstance(value, str) else json.dumps(value)]
