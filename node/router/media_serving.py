"""A provider's answers beside chats: embeddings, speech and transcriptions, as plaintexts."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from node.core.errors import BackendRefusedError
from node.core.ports import AudioBackend, LlmBackend, TranscriptionJob
from node.router.models_config import ApiType
from node.wire.audio_upload import AudioFile
from node.wire.handler import SPEECH_END, speech_plaintexts
from node.wire.json_go import encode_sorted, encode_value
from node.wire.prompts import Prompt, PromptKind, embeddings_answer
from node.wire.refusals import FAILED_PROMPT, Refusal
from node.wire.transcripts import (
    TEXT_DONE,
    TranscriptionOptions,
    is_peer_event,
    joined_text,
    transcript_event,
    whole_transcript,
)

AUDIO_TYPES = frozenset({ApiType.OPENAI})
"""Types whose servers may speak and listen."""
ONLY_CHATS = f"{FAILED_PROMPT}: this model only chats"


@dataclass(frozen=True, slots=True)
class MediaPiece:
    """`is_last`: nothing but the end of the connection comes after it."""

    plaintext: bytes
    is_last: bool


async def media_pieces(
    backend: LlmBackend, prompt: Prompt, audio: AudioFile | None = None
) -> AsyncGenerator[MediaPiece, None]:
    """Run a prompt that is no chat.

    Raises:
        Refusal: the model's server cannot do this, or there is nothing to transcribe.
        BackendError: as the back end's methods.
    """
    if prompt.kind is PromptKind.EMBEDDINGS:
        yield MediaPiece(await _embeddings(backend, prompt.body), True)
        return
    if not isinstance(backend, AudioBackend):
        raise Refusal(ONLY_CHATS)
    if prompt.kind is PromptKind.SPEECH:
        async with aclosing(backend.speech(prompt.body)) as pieces:
            async for plaintext in speech_plaintexts(pieces):
                yield MediaPiece(plaintext, plaintext == SPEECH_END)
        return
    options = TranscriptionOptions.from_wire(prompt.body)
    async with aclosing(_transcript(backend, options, audio)) as parts:
        async for part in parts:
            yield part


async def _embeddings(backend: LlmBackend, body: dict[str, Any]) -> bytes:
    answer = await backend.embeddings(body)
    if not answer.get("data"):
        raise BackendRefusedError(
            "The model server sent no embeddings.", status=502, body="no embeddings"
        )
    return encode_sorted(embeddings_answer(answer))


async def _transcript(
    backend: AudioBackend, options: TranscriptionOptions, audio: AudioFile | None
) -> AsyncGenerator[MediaPiece, None]:
    """Whether the answer is a stream is decided by the server; what was asked for is sent."""
    if audio is None and not options.s3_url:
        raise Refusal(f"{FAILED_PROMPT}: there is no audio")
    job = TranscriptionJob(
        fields=options.form_fields(),
        audio=audio.path if audio is not None else None,
        audio_type=audio.media_type if audio is not None else "",
    )
    events: list[dict[str, Any]] = []
    async with aclosing(backend.transcribe(job)) as parts:
        async for part in parts:
            if isinstance(part, str):
                yield MediaPiece(encode_value(whole_transcript(part, options.format)), True)
                return
            if not is_peer_event(part):
                continue
            events.append(part)
            is_done = part["type"] == TEXT_DONE
            if options.stream:
                yield MediaPiece(encode_value(transcript_event(part)), is_done)
            if is_done:
                break
    if not options.stream:
        text = orjson.dumps({"text": joined_text(events)}).decode()
        yield MediaPiece(encode_value(_whole(text, options)), True)
    elif not events or events[-1]["type"] != TEXT_DONE:
        done = transcript_event({"type": TEXT_DONE, "text": joined_text(events)})
        yield MediaPiece(encode_value(done), True)


def _whole(text: str, options: TranscriptionOptions) -> dict[str, Any] | str:
    """A whole answer made of a stream; without a format it is JSON, as servers answer then."""
    if options.wanted_format in ("text", "srt", "vtt"):
        return str(orjson.loads(text)["text"])
    return whole_transcript(text, options.format)
