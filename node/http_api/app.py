"""Puts the routes of one node together and the guard around them."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from node import __version__
from node.core.clock import Clock
from node.core.errors import NodeError
from node.http_api import document
from node.http_api.access import AccessTable
from node.http_api.admin_login import AdminLogin
from node.http_api.credentials import Credentials
from node.http_api.guard import Guard
from node.http_api.origin import OriginRules
from node.http_api.refusal import HttpRefusal
from node.http_api.replies import internal_error
from node.http_api.routes import (
    agents,
    allowances,
    audio,
    auth,
    bids,
    chats,
    facade,
    handshakes,
    inference,
    models,
    providers,
    sessions,
    skipped,
    stakes,
    swagger,
    system,
    transactions,
    users,
    wallet,
)
from node.http_api.routes.answers import ExactJson, refused, wants_openai
from node.http_api.throttle import FailureThrottle
from node.service.local import LocalNode


def build_guarded_app(
    node: LocalNode, *, credentials: Credentials, origins: OriginRules, clock: Clock
) -> Guard:
    """The whole ASGI application of a node."""
    routers = node_routers(node, AdminLogin(node, credentials), clock)
    access = AccessTable(route for router in routers for route in router.routes)  # type: ignore[misc]  # all are API routes
    return Guard(
        build_app(routers),
        origins=origins,
        credentials=credentials,
        throttle=FailureThrottle(clock),
        access=access,
    )


def build_app(routers: Sequence[APIRouter]) -> FastAPI:
    """The routes with their error answers, without any check of who calls."""
    app = FastAPI(
        title="Morpheus Desktop node",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        default_response_class=ExactJson,
        redirect_slashes=False,
        # Never, whatever the environment says: requests hold what people write.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(NodeError, _on_failure)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_fault)
    app.openapi = lambda: document.openapi(app)  # type: ignore[method-assign]  # the framework's own way
    return app


def node_routers(node: LocalNode, admin: AdminLogin, clock: Clock) -> tuple[APIRouter, ...]:
    """All routes, by tag."""
    return (
        # First, for routes are tried in order and this is where the requests are.
        inference.router(node),
        audio.router(node),
        system.router(node),
        auth.router(node),
        users.router(node, admin, clock),
        allowances.router(node),
        wallet.router(node),
        transactions.router(node),
        providers.router(node),
        models.router(node),
        bids.router(node),
        sessions.router(node),
        handshakes.router(node),
        stakes.router(node),
        agents.router(node),
        chats.router(node),
        skipped.router(),
        swagger.router(),
        facade.router(node),
    )


async def _on_failure(request: Request, error: Exception) -> Response:
    if not isinstance(error, NodeError):
        raise error
    return refused(error, openai=wants_openai(request))


async def _on_fault(request: Request, error: Exception) -> Response:
    """The guard logs what happened; the framework hands the error on to it."""
    return refused(internal_error(error), openai=wants_openai(request))


async def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    refusal = HttpRefusal(400, _what_is_wrong(error), code="input.invalid")
    return refused(refusal, openai=wants_openai(request))


def _what_is_wrong(error: RequestValidationError) -> str:
    """The first member that does not fit; for a body that is no JSON the words clients know."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        read = len(error.body.rstrip()) if isinstance(error.body, str) else 0
        return "unexpected EOF" if first["loc"][-1] >= read else "the body is not JSON"
    where = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str))
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else "the body is missing or no object"


async def _on_http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code in (404, 405):
        return PlainTextResponse("404 page not found", status_code=404)
    return refused(
        HttpRefusal(error.status_code, str(error.detail), code="api.refused"), openai=False
    )
