"""The door of this program's own command line: any method of the facade, for the admin only.

Not part of the documented API: it follows `node.service.api` without promise of stability.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response, StreamingResponse

from node.core.errors import NodeError, UserInputError
from node.core.log import get_logger
from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal
from node.http_api.replies import internal_error, json_bytes
from node.http_api.statuses import status_of
from node.service.api import NodeService
from node.service.error_transfer import error_to_json
from node.service.facade_calls import FacadeCall, facade_calls

_log = get_logger("node.http_api")


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.post("/node/{group}/{method}", openapi_extra=needs(Permission.NODE))
    async def call(group: str, method: str, request: Request) -> Response:
        found = facade_calls().get((group, method))
        if found is None:
            raise HttpRefusal(404, "no such method", code="api.no_method")
        arguments = _arguments(found, await request.body())
        function = getattr(getattr(node, group), method)
        if found.streams:
            lines = _lines(found, function(**arguments))
            return StreamingResponse(lines, media_type="application/x-ndjson")
        try:
            return _result(found, await function(**arguments))
        except NodeError as error:
            return _failure(error)

    return routes


def _arguments(call: FacadeCall, body: bytes) -> dict[str, Any]:
    try:
        return call.unpack(body)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserInputError(f"{where or 'The body'} does not fit: {first['msg']}.") from error


def _result(call: FacadeCall, value: Any) -> Response:
    body = b'{"result":' + call.dump(value) + b"}"
    return Response(body, media_type="application/json")


def _failure(error: NodeError) -> Response:
    body = {"error": error.message, "failure": error_to_json(error)}
    return Response(json_bytes(body), status_code=status_of(error), media_type="application/json")


async def _lines(call: FacadeCall, items: AsyncGenerator[Any, None]) -> AsyncIterator[bytes]:
    """One JSON object per line: items, then the end or the failure."""
    try:
        async with aclosing(items):
            async for item in items:
                yield b'{"item":' + call.dump(item) + b"}\n"
        yield b'{"end":true}\n'
    except NodeError as error:
        yield json_bytes({"error": error_to_json(error)}) + b"\n"
    except Exception as error:
        _log.exception("a stream of the facade failed", group=call.group, method=call.name)
        yield json_bytes({"error": error_to_json(internal_error(error))}) + b"\n"
