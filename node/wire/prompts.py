"""The text of prompts and the plaintext of answers: request kinds, usage members, model errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from node.core.errors import BadMessageError
from node.core.tokens import count_tokens
from node.wire.json_go import encode_sorted, encode_value, valid_unicode
from node.wire.refusals import UNREADABLE_JSON, Refusal
from node.wire.strict_json import parse_object

DONE = b'"[DONE]"'
USAGE_FROM_PROVIDER = "usage_from_provider"
USAGE_FROM_CONSUMER = "usage_from_consumer"
CHUNK_OBJECT = "chat.completion.chunk"
COMPLETION_OBJECT = "chat.completion"
_MAX_MODEL_ERROR_TEXT = 4096


class PromptKind(StrEnum):
    """What a `session.prompt` asks for; the value is its `type` member, chat has none."""

    CHAT = "chat"
    TRANSCRIPTION = "audio_transcription"
    SPEECH = "audio_speech"
    EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request ready for a model: `type` and every local path are gone."""

    kind: PromptKind
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    prompt_tokens: int
    completion_tokens: int

    def members(self) -> dict[str, int]:
        return {
            "completion_tokens": self.completion_tokens,
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }


def _is_local_path(name: str) -> bool:
    return name.casefold() == "filepath"


def without_paths(value: Any) -> Any:
    """Parsed JSON without members that name a local path, at any depth."""
    if isinstance(value, dict):
        return {
            name: without_paths(item) for name, item in value.items() if not _is_local_path(name)
        }
    return [without_paths(item) for item in value] if isinstance(value, list) else value


def read_prompt(text: str, *, max_depth: int = 64) -> Prompt:
    """Parse and classify the `message` of a `session.prompt` as provider.

    `FilePath` in any letter case is dropped: at the top of every request, at any depth of a
    transcription. Elsewhere it is data (a tool's schema may have such a property); no file is
    opened.

    Raises:
        Refusal: not exactly one JSON object; the text is the peer's.
    """
    try:
        body = parse_object(text.encode(), max_depth=max_depth, exact=False)
    except (BadMessageError, UnicodeEncodeError) as error:
        raise Refusal(f"{UNREADABLE_JSON}: invalid JSON object") from error
    marker = body.pop("type", None)
    kind = PromptKind(marker) if marker in tuple(PromptKind) else PromptKind.CHAT
    if kind is PromptKind.TRANSCRIPTION:
        return Prompt(kind, without_paths(body))
    return Prompt(kind, {name: item for name, item in body.items() if not _is_local_path(name)})


def prompt_text(kind: PromptKind, body: Mapping[str, Any]) -> str:
    """The `message` text as consumer: members sorted, `model` always there, `type` for non-chat.

    Lone surrogates become U+FFFD; nothing else of the request is changed or lost.
    """
    members = dict(body)
    if kind is not PromptKind.TRANSCRIPTION:
        members.setdefault("model", "")
    if kind is not PromptKind.CHAT:
        members["type"] = kind.value
    return valid_unicode(encode_sorted(members).decode())


def transcription_members(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a transcription in the peer's spelling; `FilePath` is always empty.

    `fields` may hold Format, Language, Model, Prompt, S3PresignedURL, Stream, Temperature and
    TimestampGranularities; `extra` the form fields beyond those.
    """
    known: dict[str, Any] = {
        "FilePath": "",
        "Format": "",
        "Language": "",
        "Model": "",
        "Prompt": "",
        "S3PresignedURL": "",
        "Stream": False,
        "Temperature": 0,
        "TimestampGranularities": None,
    }
    known.update((name, value) for name, value in fields.items() if name in known)
    others = {name: value for name, value in extra.items() if not _is_local_path(name)}
    others["type"] = PromptKind.TRANSCRIPTION.value
    return {**others, **known, "Extra": dict(sorted(others.items())), "FilePath": ""}


def transcription_text(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    """The same as JSON text."""
    return prompt_text(PromptKind.TRANSCRIPTION, transcription_members(fields, extra))


def delta_text(chunk: Mapping[str, Any]) -> str:
    """Text of `choices[0]`: delta or message content, the only text that is counted."""
    choice = _first_choice(chunk)
    part = choice.get("delta") or choice.get("message")
    content = part.get("content") if isinstance(part, Mapping) else None
    return content if isinstance(content, str) else ""


def _first_choice(chunk: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        return choices[0]
    return {}


def is_last_chunk(chunk: Mapping[str, Any]) -> bool:
    """Whether the chunk gets a usage member: a finish reason or a `usage`."""
    return bool(_first_choice(chunk).get("finish_reason")) or chunk.get("usage") is not None


class UsageMeter:
    """Counts an answer on its way: feed every chunk, ask for the usage at last chunks.

    The prompt is counted by a function that is called when the figure is first needed: a long
    prompt takes tens of milliseconds, for which the first word need not wait.
    """

    def __init__(self, prompt_tokens: Callable[[], int]) -> None:
        self._count_prompt = prompt_tokens
        self._counted: int | None = None
        self._pieces: list[str] = []

    @property
    def prompt_tokens(self) -> int:
        if self._counted is None:
            self._counted = self._count_prompt()
        return self._counted

    def add(self, chunk: Mapping[str, Any]) -> None:
        text = delta_text(chunk)
        if text:
            self._pieces.append(text)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def usage(self) -> Usage:
        """Counts the whole text anew, as the peer does: call it at last chunks only."""
        return Usage(self.prompt_tokens, count_tokens(self.text))


def with_object(chunk: Mapping[str, Any]) -> Mapping[str, Any]:
    """The chunk with its `object` member, which decides how the peer reads it."""
    if chunk.get("object") or not isinstance(chunk.get("choices"), list):
        return chunk
    whole = "message" in _first_choice(chunk)
    return {**chunk, "object": COMPLETION_OBJECT if whole else CHUNK_OBJECT}


def answer_text(
    chunk: Mapping[str, Any], *, usage: Usage | None = None, member: str = USAGE_FROM_PROVIDER
) -> bytes:
    """Plaintext of one chunk or completion: members sorted, `object` filled in, usage added."""
    complete = with_object(chunk)
    if usage is not None:
        complete = {**complete, member: usage.members()}
    return encode_sorted(complete)


_EMBEDDINGS_USAGE = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "prompt_tokens_details": None,
    "completion_tokens_details": None,
}


def embeddings_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with all members of `usage`, in the peer's order; what else is there stays."""
    usage = answer.get("usage")
    known = usage if isinstance(usage, dict) else {}
    return {
        **answer,
        "object": answer.get("object") or "list",
        "usage": {**_EMBEDDINGS_USAGE, **known},
    }


def model_error_text(body: Any) -> bytes:
    """Plaintext of a model error. `body` is the model server's parsed JSON, or its text."""
    if isinstance(body, (str, bytes)):
        text = body.decode(errors="replace") if isinstance(body, bytes) else body
        message = valid_unicode(text.strip()[:_MAX_MODEL_ERROR_TEXT])
        body = {"error": {"message": message, "type": "upstream_error"}}
    return encode_value({"providerModelError": body})
