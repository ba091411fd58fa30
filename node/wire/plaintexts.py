"""What a decrypted chunk means to the consumer, and when an answer is over."""

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

from node.core.errors import BadMessageError
from node.wire.json_go import valid_unicode
from node.wire.prompts import CHUNK_OBJECT, COMPLETION_OBJECT, PromptKind, is_last_chunk
from node.wire.strict_json import nesting

MAX_DEPTH = 64
_MEDIA = ("imageUrl", "videoRawContent", "imageRawContent")
_TRANSCRIPT_EVENT, _TEXT_DONE = "transcript.text.", "transcript.text.done"
_UNKNOWN = "invalid response: unknown response format"


class PartKind(Enum):
    """`CHUNK` and `AUDIO`: a piece of a stream. `DONE`: the end mark. Others: a whole answer."""

    CHUNK = "chunk"
    COMPLETION = "completion"
    EMBEDDINGS = "embeddings"
    TRANSCRIPT = "transcript"
    AUDIO = "audio"
    MEDIA = "media"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One verified and decrypted piece. `value` is `plaintext` parsed."""

    kind: PartKind
    plaintext: bytes
    value: Any


def parse_plaintext(plaintext: bytes) -> Any:
    """JSON value of a plaintext; lone surrogates, which some model servers emit, become U+FFFD.

    Raises:
        BadMessageError: not JSON.
    """
    try:
        return orjson.loads(plaintext)
    except orjson.JSONDecodeError:
        if nesting(plaintext, MAX_DEPTH) > MAX_DEPTH:
            raise BadMessageError("invalid response: not JSON") from None
        try:
            text = plaintext.decode()
            value = json.loads(text, parse_constant=_no_constant)
            return orjson.loads(valid_unicode(json.dumps(value, ensure_ascii=False)))
        except (ValueError, RecursionError) as error:
            raise BadMessageError("invalid response: not JSON") from error


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def classify(kind: PromptKind, value: Any) -> PartKind:
    """Which part of an answer of `kind` this is.

    Raises:
        BadMessageError: it is none, so the whole prompt fails.
    """
    if value == "[DONE]":
        return PartKind.DONE
    if kind is PromptKind.CHAT:
        return _chat(value)
    if kind is PromptKind.EMBEDDINGS:
        if isinstance(value, dict) and isinstance(value.get("data"), list) and value["data"]:
            return PartKind.EMBEDDINGS
    elif kind is PromptKind.SPEECH:
        if value is None or value == "":
            return PartKind.DONE
        if isinstance(value, str):
            return PartKind.AUDIO
    elif isinstance(value, (dict, str)):
        name = value.get("type") if isinstance(value, dict) else None
        streamed = isinstance(name, str) and name.startswith(_TRANSCRIPT_EVENT)
        return PartKind.CHUNK if streamed else PartKind.TRANSCRIPT
    raise BadMessageError(_UNKNOWN)


def _chat(value: Any) -> PartKind:
    if isinstance(value, dict):
        choices = value.get("choices")
        has_choices = isinstance(choices, list) and len(choices) > 0
        name = value.get("object")
        if name == CHUNK_OBJECT or (value.get("usage") is not None and not has_choices):
            return PartKind.CHUNK
        if name == COMPLETION_OBJECT and has_choices:
            return PartKind.COMPLETION
        if any(value.get(member) for member in _MEDIA):
            return PartKind.MEDIA
    raise BadMessageError(_UNKNOWN)


def ends_answer(kind: PartKind) -> bool:
    """Whether the consumer stops reading after this part."""
    return kind not in (PartKind.CHUNK, PartKind.AUDIO)


def is_finished(part: AnswerPart) -> bool:
    """Whether a close after this chunk is a clean end although no end mark came."""
    if not isinstance(part.value, dict):
        return False
    return is_last_chunk(part.value) or part.value.get("type") == _TEXT_DONE
