"""Tag Inference: OpenAI's audio routes for models on this computer and behind open sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from node.core.audio_types import speech_type
from node.http_api.access import needs, takes_upload
from node.http_api.audio_answers import SpeechAnswer, TranscriptAnswer
from node.http_api.inference_request import completion_request
from node.http_api.multipart_form import is_multipart, read_form
from node.http_api.openai_schemas import (
    SPEECH_BODY,
    SPEECH_RESPONSES,
    TRANSCRIPTION_BODY,
    TRANSCRIPTION_RESPONSES,
)
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal
from node.http_api.routes.answers import client_of, wants_openai
from node.http_api.transcription_form import transcription_request
from node.service.local import LocalNode

IdHeader = Annotated[str, Header(convert_underscores=False, description="32 bytes of hex.")]


def router(node: LocalNode) -> APIRouter:
    routes = APIRouter(tags=["Inference"])

    @routes.post(
        "/v1/audio/speech",
        response_class=Response,
        responses=SPEECH_RESPONSES,
        openapi_extra=needs(Permission.AUDIO_SPEECH, requestBody=SPEECH_BODY),
    )
    async def speech(
        request: Request, session_id: IdHeader = "", model_id: IdHeader = ""
    ) -> Response:
        """Say a text. The answer is audio as it is made, in the `response_format` asked for."""
        wanted = completion_request(request.headers, await request.body(), request.state.request_id)
        wanted = wanted.model_copy(update={"client": client_of(request)})
        return SpeechAnswer(
            node.chat.speech(wanted), speech_type(wanted.body), openai=wants_openai(request)
        )

    @routes.post(
        "/v1/audio/transcriptions",
        responses=TRANSCRIPTION_RESPONSES,
        openapi_extra=takes_upload(Permission.AUDIO_TRANSCRIPTION, requestBody=TRANSCRIPTION_BODY),
    )
    async def transcriptions(
        request: Request, session_id: IdHeader = "", model_id: IdHeader = ""
    ) -> Response:
        """Write down what is said in an audio file. `format` wins over `response_format`."""
        headers: dict[str, Any] = dict(request.headers)
        if not is_multipart(headers):
            raise HttpRefusal(415, "the body must be a multipart form", code="api.content_type")
        form = await read_form(request.receive, headers, node.spool)
        try:
            wanted = transcription_request(form, headers, request.state.request_id)
        except BaseException:
            form.discard()
            raise
        return TranscriptAnswer(
            node.chat.transcribe(wanted.model_copy(update={"client": client_of(request)})),
            stream=wanted.stream,
            openai=wants_openai(request),
            done=form.discard,
        )

    return routes
