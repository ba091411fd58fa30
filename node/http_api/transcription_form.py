"""The fields of a transcription request, in the public node's and in OpenAI's spelling."""

import math
from collections.abc import Mapping
from typing import Any

from node.http_api.inference_request import completion_request
from node.http_api.multipart_form import Form
from node.http_api.refusal import HttpRefusal
from node.service.dto import TranscriptionRequest

_KNOWN = frozenset(
    {
        "format",
        "language",
        "model",
        "prompt",
        "s3_presigned_url",
        "stream",
        "temperature",
        "timestamp_granularities",
        "timestamp_granularities[]",
    }
)
FORMATS = ("", "json", "verbose_json", "text", "srt", "vtt")
_TRUE = frozenset({"true", "1", "t"})


def transcription_request(
    form: Form, headers: Mapping[str, str], request_id: str
) -> TranscriptionRequest:
    """What the facade needs; fields that are not known here go to the model unchanged.

    Raises:
        HttpRefusal: 400, a field that does not fit, or neither file nor address.
    """
    values: dict[str, list[str]] = {}
    for name, value in form.fields:
        values.setdefault(name, []).append(value)
    one = {name: items[-1] for name, items in values.items()}
    if form.file is None and not one.get("s3_presigned_url"):
        raise _wrong("file is required")
    if form.file is not None and not form.file.size:
        raise _wrong("file is empty")
    if one.get("format", "") not in FORMATS:
        raise _wrong(f"format is one of {', '.join(FORMATS[1:])}")
    ids = completion_request(headers, b"{}", request_id)
    return TranscriptionRequest(
        audio_file=str(form.file.path) if form.file is not None else "",
        audio_type=form.file_type,
        s3_url=one.get("s3_presigned_url", ""),
        model=one.get("model", ""),
        format=one.get("format", ""),
        language=one.get("language", ""),
        prompt=one.get("prompt", ""),
        temperature=_temperature(one.get("temperature", "")),
        stream=one.get("stream", "").strip().lower() in _TRUE,
        granularities=_granularities(values),
        extra=_extra(values),
        session_id=ids.session_id,
        model_id=ids.model_id,
        request_id=request_id,
    )


def _granularities(values: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Repeated fields, or one with commas."""
    given = [
        *values.get("timestamp_granularities", ()),
        *values.get("timestamp_granularities[]", ()),
    ]
    return tuple(part.strip() for text in given for part in text.split(",") if part.strip())


def _extra(values: Mapping[str, list[str]]) -> dict[str, Any]:
    others = {name: items for name, items in values.items() if name not in _KNOWN}
    return {name: items[0] if len(items) == 1 else items for name, items in others.items()}


def _temperature(text: str) -> float:
    try:
        number = float(text or "0")
    except ValueError as error:
        raise _wrong("temperature is a number") from error
    if not math.isfinite(number):
        raise _wrong("temperature is a number")
    return number


def _wrong(text: str) -> HttpRefusal:
    return HttpRefusal(400, text, code="input.invalid")
