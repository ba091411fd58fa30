"""Speech and transcriptions."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from node.service.dto.base import Dto


def _decoded(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("not base64") from error
    return value


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


class AudioPiece(Dto):
    """A piece of synthesised speech; base64 where it crosses to another process."""

    data: Annotated[bytes, BeforeValidator(_decoded), PlainSerializer(_encoded)]


class TranscriptionRequest(Dto):
    """Audio to write down: a file on this computer, which the caller removes, or an address that
    only the model's server opens.

    `format` is the network's own field and wins over `response_format` in `extra`, which holds all
    other form fields as text or lists of texts. Target as in `CompletionRequest`.
    """

    audio_file: str = ""
    audio_type: str = "audio/mpeg"
    s3_url: str = ""
    model: str = ""
    format: str = ""
    language: str = ""
    prompt: str = ""
    temperature: float = 0
    stream: bool = False
    granularities: tuple[str, ...] = ()
    extra: dict[str, Any] = Field(default_factory=dict)
    session_id: str = ""
    model_id: str = ""
    request_id: str = ""
    client: str = ""


class TranscriptPart(Dto):
    """An event of a stream, or the whole answer: an object for the JSON formats, else a text."""

    event: dict[str, Any] | None = None
    whole: dict[str, Any] | None = None
    text: str | None = None
