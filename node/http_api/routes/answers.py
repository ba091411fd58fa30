"""Response objects of the framework, made from our own bytes."""

from collections.abc import AsyncGenerator, Coroutine, Mapping
from typing import Any

from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from node.core.errors import ForbiddenError, NodeError
from node.http_api.asgi import send_whole
from node.http_api.completion import ServedBy
from node.http_api.leaving import unless_gone
from node.http_api.permissions import Principal
from node.http_api.replies import (
    JSON_TYPE,
    MODEL_JSON_TYPE,
    error_reply,
    json_bytes,
    model_json,
)
from node.http_api.sse import EventStream
from node.service.dto import CompletionChunk


class ExactJson(JSONResponse):
    """JSON whose integers stay exact at any size."""

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        background: BackgroundTask | None = None,
    ) -> None:
        super().__init__(content, status_code, headers, media_type or JSON_TYPE, background)

    def render(self, content: Any) -> bytes:
        return json_bytes(content)


def reply(value: Any, status: int = 200) -> ExactJson:
    return ExactJson(value, status_code=status)


def refused(error: NodeError, *, openai: bool) -> Response:
    """The answer for an expected failure."""
    made = error_reply(error, openai=openai)
    return Response(made.body, status_code=made.status, headers=made.headers)


class StreamAnswer(Response):
    """A streamed answer; a failure before the first byte becomes an ordinary error answer."""

    def __init__(self, chunks: AsyncGenerator[CompletionChunk, None], *, openai: bool) -> None:
        self._chunks = chunks
        self._openai = openai
        self.status_code = 200
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            stream = EventStream(receive=receive, send=send, openai=self._openai)
            await stream.run(self._chunks)
        except NodeError as error:
            made = error_reply(error, openai=self._openai)
            await send_whole(send, made.status, made.headers, made.body)


class ModelAnswer(Response):
    """A model's answer in one piece; the work ends when the client leaves."""

    def __init__(
        self,
        answer: Coroutine[Any, Any, dict[str, Any]],
        *,
        openai: bool,
        served_by: ServedBy | None = None,
    ) -> None:
        self._answer = answer
        self._openai = openai
        self._served_by = served_by or ServedBy()
        self.status_code = 200
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await unless_gone(receive, self._answer)
        except NodeError as error:
            made = error_reply(error, openai=self._openai)
            await send_whole(send, made.status, made.headers, made.body)
            return
        if answer is not None:
            headers = {"content-type": MODEL_JSON_TYPE, **self._served_by.headers}
            await send_whole(send, 200, headers, model_json(answer))


def caller_of(request: Request) -> Principal | None:
    """Who calls, as the guard found out; None on open routes without credentials."""
    caller: Principal | None = request.state.caller
    return caller


def client_of(request: Request) -> str:
    """The name under which the caller's spending counts; empty for the admin."""
    caller = caller_of(request)
    if caller is None:
        raise ForbiddenError("method not allowed")
    return caller.client


def wants_openai(request: Request) -> bool:
    return bool(request.state.openai)
