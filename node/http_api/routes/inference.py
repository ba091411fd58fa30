"""Tag Inference: OpenAI's routes for models on this computer and models behind open sessions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from node.http_api.access import needs
from node.http_api.completion import ServedBy, whole_completion
from node.http_api.inference_request import completion_request
from node.http_api.model_lists import local_models, named_models
from node.http_api.openai_schemas import (
    COMPLETION_BODY,
    COMPLETION_RESPONSES,
    EMBEDDINGS_BODY,
    EMBEDDINGS_RESPONSES,
    MODELS_RESPONSES,
)
from node.http_api.permissions import Permission
from node.http_api.routes.answers import (
    ModelAnswer,
    StreamAnswer,
    caller_of,
    client_of,
    reply,
    wants_openai,
)
from node.service.dto import CompletionRequest
from node.service.local import LocalNode

IdHeader = Annotated[str, Header(convert_underscores=False, description="32 bytes of hex.")]
Format = Annotated[
    Literal["", "openai", "peer"], Query(description="Shape of the list; default by credentials.")
]


def router(node: LocalNode) -> APIRouter:
    routes = APIRouter(tags=["Inference"])

    @routes.post(
        "/v1/chat/completions",
        responses=COMPLETION_RESPONSES,
        openapi_extra=needs(Permission.CHAT, requestBody=COMPLETION_BODY),
    )
    async def chat_completions(
        request: Request, session_id: IdHeader = "", model_id: IdHeader = "", chat_id: IdHeader = ""
    ) -> Response:
        """Answer a chat. The target is the session, the local model, or the name in `model`."""
        wanted = await _request(request)
        chunks = node.chat.complete(wanted)
        if wanted.body.get("stream") is True:
            return StreamAnswer(chunks, openai=wants_openai(request))
        served_by = ServedBy()
        answer = whole_completion(chunks, served_by)
        return ModelAnswer(answer, openai=wants_openai(request), served_by=served_by)

    @routes.post(
        "/v1/embeddings",
        responses=EMBEDDINGS_RESPONSES,
        openapi_extra=needs(Permission.EMBEDDINGS, requestBody=EMBEDDINGS_BODY),
    )
    async def embeddings(
        request: Request, session_id: IdHeader = "", model_id: IdHeader = ""
    ) -> Response:
        """Embeddings of one or more texts."""
        answer = node.chat.embeddings(await _request(request))
        return ModelAnswer(answer, openai=wants_openai(request))

    @routes.get(
        "/v1/models",
        responses=MODELS_RESPONSES,
        openapi_extra=needs(Permission.GET_LOCAL_MODELS),
    )
    async def models(request: Request, format: Format = "") -> Response:
        """Models that requests can name: OpenAI's list for Bearer, the local ones for Basic."""
        caller = caller_of(request)
        bearer = caller is not None and caller.bearer
        if format == "openai" or (bearer and format != "peer"):
            return reply(await named_models(node))
        return reply(local_models(node))

    @routes.get(
        "/v1/models/attestation",
        response_model=list[dict[str, Any]],
        openapi_extra=needs(Permission.GET_LOCAL_MODELS),
    )
    async def attestation() -> list[dict[str, Any]]:
        """Attestations of models; none is made by this node, so none is claimed."""
        return []

    return routes


async def _request(request: Request) -> CompletionRequest:
    found = completion_request(request.headers, await request.body(), request.state.request_id)
    return found.model_copy(update={"client": client_of(request)})
