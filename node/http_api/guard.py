"""The outermost layer of the API: every check that does not need the request's body comes first.

Order: peer, host, origin, site, caller, permission, content type, length. Only then the body is
read, within its own limits, and the routes run.
"""

import asyncio
import logging
import time
from collections.abc import MutableMapping
from typing import Any

from node.core.errors import ForbiddenError, NodeError, NodeStoppedError
from node.core.log import get_logger, request_context
from node.http_api.access import AccessTable
from node.http_api.asgi import (
    AsgiApp,
    Message,
    Receive,
    Send,
    header_map,
    request_id_of,
    send_whole,
    with_safe_headers,
)
from node.http_api.credentials import Credentials
from node.http_api.limits import MAX_BODY, MAX_HEADERS, MAX_STRANGERS_BODY, MAX_UPLOAD, MAX_URL
from node.http_api.multipart_form import is_multipart
from node.http_api.origin import OriginRules, is_loopback
from node.http_api.permissions import LOOPBACK_ONLY, Permission, Principal
from node.http_api.refusal import HttpRefusal
from node.http_api.replies import error_reply, internal_error, wants_openai_errors
from node.http_api.request_body import (
    check_content_type,
    check_length,
    check_nesting,
    read_body,
    replayed,
)
from node.http_api.throttle import FailureThrottle

PAGES = "/swagger/"
"""Here a browser may ask its user for name and password; everywhere else it must not."""
_log = get_logger("node.http_api")
_requests = logging.getLogger("node.http_api.requests")
AsgiScope = MutableMapping[str, Any]


class Guard:
    """ASGI application around the routes."""

    def __init__(
        self,
        app: AsgiApp,
        *,
        origins: OriginRules,
        credentials: Credentials,
        throttle: FailureThrottle,
        access: AccessTable,
    ) -> None:
        self._app = app
        self._origins = origins
        self._credentials = credentials
        self._throttle = throttle
        self._access = access

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        headers = header_map(scope["headers"])
        request_id = request_id_of(headers)
        answer = _Answer(with_safe_headers(send, request_id))
        openai = wants_openai_errors(scope["path"], headers.get("authorization", ""))
        try:
            caller = await self._admit(scope, headers)
            if scope["method"] == "OPTIONS":
                await send_whole(answer.send, 204, {})
                return
            scope["state"] = {"caller": caller, "request_id": request_id, "openai": openai}
            if self._is_upload(scope, headers):
                await self._app(scope, receive, answer.send)
                return
            body = await read_body(receive, limit=_body_limit(caller))
            check_nesting(body)
            with request_context(request_id):
                await self._app(scope, replayed(body, receive), answer.send)
        except NodeError as error:
            await answer.fail(error, openai=openai)
        except asyncio.CancelledError:
            # The server stops. An answer that began was ended by its route.
            await answer.fail(NodeStoppedError("The node is stopping."), openai=openai)
        except Exception as error:
            _log.exception("request failed", path=scope["path"], request_id=request_id)
            await answer.fail(internal_error(error), openai=openai)
        finally:
            with request_context(request_id):
                answer.note(scope)

    async def _admit(self, scope: AsgiScope, headers: dict[str, str]) -> Principal | None:
        """All checks before the body. Returns the caller, None on an open route without one."""
        _check_sizes(scope)
        client = scope.get("client") or ("", 0)
        self._origins.check(client[0], headers)
        if "upgrade" in headers:
            raise HttpRefusal(400, "upgrades are not supported", code="api.upgrade")
        method = scope["method"]
        if method == "OPTIONS":
            return None
        access = self._access.find(method, scope["path"])
        caller: Principal | None = None
        if not access.known or access.permission is not None or "authorization" in headers:
            caller = await self._authenticated(scope["path"], headers.get("authorization", ""))
        if access.permission is not None:
            _check_permission(caller, access.permission, client[0])
        if self._is_upload(scope, headers):
            check_length(headers, MAX_UPLOAD)
        else:
            check_content_type(method, headers)
            check_length(headers, _body_limit(caller))
        return caller

    def _is_upload(self, scope: AsgiScope, headers: dict[str, str]) -> bool:
        """A form for a route that reads it while it arrives, so that no file is held in memory."""
        return is_multipart(headers) and self._access.find(scope["method"], scope["path"]).upload

    async def _authenticated(self, path: str, header: str) -> Principal:
        try:
            return await self._credentials.authenticate(header)
        except HttpRefusal as refusal:
            if path.startswith(PAGES):
                refusal.headers["www-authenticate"] = 'Basic realm="Morpheus Desktop node"'
            if not header:
                raise
            raise await self._throttle.failed(refusal) from refusal


def _check_permission(caller: Principal | None, permission: Permission, peer: str) -> None:
    if caller is None or not caller.may(permission):
        raise ForbiddenError("method not allowed", hint="This token is not made for that.")
    if permission in LOOPBACK_ONLY and not is_loopback(peer):
        raise ForbiddenError("method not allowed", hint="Only from the node's own computer.")


def _body_limit(caller: Principal | None) -> int:
    return MAX_BODY if caller is not None else MAX_STRANGERS_BODY


def _check_sizes(scope: AsgiScope) -> None:
    target = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    if target > MAX_URL:
        raise HttpRefusal(414, "the address is too long", code="api.url_too_long")
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > MAX_HEADERS:
        raise HttpRefusal(431, "the headers are too large", code="api.headers_too_large")


class _Answer:
    """Knows whether an answer has begun: after that no other one can be sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False
        self._status = 0
        self._began = time.monotonic()

    async def send(self, message: Message) -> None:
        self._begun = True
        self._status = message.get("status", self._status)
        await self._send(message)

    def note(self, scope: AsgiScope) -> None:
        """One line per request, without its query and its body."""
        level = logging.DEBUG if self._status < 500 else logging.WARNING
        took = round((time.monotonic() - self._began) * 1000)
        path = scope["path"][:200]
        _requests.log(level, "%s %s: %d in %d ms", scope["method"], path, self._status, took)

    async def fail(self, error: NodeError, *, openai: bool) -> None:
        if self._begun:
            return
        reply = error_reply(error, openai=openai)
        await send_whole(self.send, reply.status, reply.headers, reply.body)
