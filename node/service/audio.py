"""Speech and transcriptions from sessions and models on this computer alike."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from node.core.errors import InvalidPromptError, NotSupportedError
from node.core.ports import AudioBackend, TranscriptionJob
from node.router.answer_recorder import AnswerChunk
from node.router.backends import Backends
from node.router.failover import FailoverRules
from node.service.dto import AudioPiece, TranscriptionRequest, TranscriptPart
from node.service.targets import LocalTarget, SessionTarget, Target
from node.wire.audio_upload import AudioFile
from node.wire.prompts import PromptKind
from node.wire.transcripts import (
    JSON_FORMATS,
    TEXT_DONE,
    TranscriptionOptions,
    joined_text,
    transcript_event,
    whole_transcript,
)

SPEECH_DEFAULTS = {"response_format": "mp3", "speed": 1}


def with_input(body: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what no model could answer, before anything is sent or loaded.

    Raises:
        InvalidPromptError: `input` is missing or empty.
    """
    wanted = body.get("input")
    if not isinstance(wanted, str | list) or not wanted:
        raise InvalidPromptError("The request holds no input.")
    return dict(body)


class AudioCompletions:
    """Runs one audio request on its target."""

    def __init__(self, *, local: Backends, failover: Callable[[], FailoverRules]) -> None:
        self._local = local
        self._failover = failover

    async def speech(
        self, target: Target, body: Mapping[str, Any]
    ) -> AsyncGenerator[AudioPiece, None]:
        """Yield the audio as it comes.

        Raises:
            InvalidPromptError: nothing to say. NotSupportedError: the local model cannot speak.
        """
        request = {**SPEECH_DEFAULTS, **with_input(body)}
        if isinstance(target, LocalTarget):
            async with self._backend(target) as backend, aclosing(backend.speech(request)) as audio:
                async for data in audio:
                    yield AudioPiece(data=data)
            return
        prompt = target.stack.failover.prompt(
            target.entry, request, self._failover(), PromptKind.SPEECH
        )
        async with aclosing(prompt) as answers:
            async for answer in answers:
                if isinstance(answer, AnswerChunk):
                    yield AudioPiece(data=answer.audio)

    async def transcribe(
        self, target: Target, request: TranscriptionRequest
    ) -> AsyncGenerator[TranscriptPart, None]:
        """Yield the events of a stream where one was asked for, else exactly one whole answer.

        Raises:
            InvalidPromptError: neither a file nor an address. NotSupportedError: as `speech`.
        """
        if not request.audio_file and not request.s3_url:
            raise InvalidPromptError("The request holds no audio file.")
        options = _options(request)
        source = (
            self._own(target, options, request)
            if isinstance(target, LocalTarget)
            else self._remote(target, options, request)
        )
        events: list[dict[str, Any]] = []
        async with aclosing(source) as parts:
            async for part in parts:
                if isinstance(part, dict) and options.stream:
                    yield TranscriptPart(event=transcript_event(part))
                elif isinstance(part, dict):
                    events.append(part)
                else:
                    yield _whole(part, options)
        if events:
            yield _whole(json.dumps({"text": joined_text(events)}), options)

    async def _own(
        self, target: LocalTarget, options: TranscriptionOptions, request: TranscriptionRequest
    ) -> AsyncGenerator[dict[str, Any] | str, None]:
        job = TranscriptionJob(
            fields=options.form_fields(),
            audio=Path(request.audio_file) if request.audio_file else None,
            audio_type=request.audio_type,
        )
        async with self._backend(target) as backend, aclosing(backend.transcribe(job)) as parts:
            async for part in parts:
                yield part

    async def _remote(
        self, target: SessionTarget, options: TranscriptionOptions, request: TranscriptionRequest
    ) -> AsyncGenerator[dict[str, Any] | str, None]:
        """Events as objects; everything else as text, whichever form it came in. An upload is not
        repeated with another provider.
        """
        audio = await asyncio.to_thread(_audio_file, request) if request.audio_file else None
        prompt = target.stack.consumer.prompt(
            target.entry,
            options.wire_members(request.model),
            PromptKind.TRANSCRIPTION,
            audio,
        )
        async with aclosing(prompt) as answers:
            async for answer in answers:
                if not isinstance(answer, AnswerChunk):
                    continue
                if answer.text is not None:
                    yield answer.text
                elif str(answer.data.get("type", "")).startswith("transcript.text."):
                    yield answer.data
                else:
                    yield json.dumps(answer.data, ensure_ascii=False)

    @asynccontextmanager
    async def _backend(self, target: LocalTarget) -> AsyncIterator[AudioBackend]:
        async with self._local.backend(target.model_id) as backend:
            if not isinstance(backend, AudioBackend):
                raise NotSupportedError(
                    "This model only chats.", hint="Choose a model for speech or transcriptions."
                )
            yield backend


def _options(request: TranscriptionRequest) -> TranscriptionOptions:
    temperature = request.temperature
    return TranscriptionOptions(
        format=request.format,
        language=request.language,
        prompt=request.prompt,
        temperature=int(temperature) if temperature.is_integer() else temperature,
        stream=request.stream,
        granularities=request.granularities,
        s3_url=request.s3_url,
        extra=request.extra,
    )


def _whole(text: str, options: TranscriptionOptions) -> TranscriptPart:
    """The whole answer in the form that was asked for; a stream gets it as its last event."""
    if options.stream:
        value = whole_transcript(text, "json")
        said = value.get("text") if isinstance(value, dict) else value
        return TranscriptPart(event=transcript_event({"type": TEXT_DONE, "text": said}))
    wanted = options.format or options.wanted_format
    if options.format in JSON_FORMATS:
        value = whole_transcript(text, options.format)
        return TranscriptPart(whole=value if isinstance(value, dict) else {"text": value})
    if wanted in ("", *JSON_FORMATS):
        parsed = _object(text)
        if parsed is not None:
            return TranscriptPart(whole=parsed)
    if wanted in JSON_FORMATS:
        return TranscriptPart(whole={"text": text.strip()})
    return TranscriptPart(text=text)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _audio_file(request: TranscriptionRequest) -> AudioFile:
    path = Path(request.audio_file)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidPromptError("The audio file cannot be read.") from error
    if not size:
        raise InvalidPromptError("The audio file is empty.")
    return AudioFile(path=path, size=size, media_type=request.audio_type)
