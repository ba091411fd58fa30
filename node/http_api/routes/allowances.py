"""Tag Auth: what users of the API may spend."""

from fastapi import APIRouter, Request

from node.core.errors import ForbiddenError
from node.http_api.access import needs
from node.http_api.client_shapes import (
    AllowanceInput,
    AllowanceItem,
    AllowanceRequests,
    AllowanceTokenInput,
    ConfirmAllowanceInput,
)
from node.http_api.permissions import Permission, Principal
from node.http_api.routes.answers import caller_of
from node.http_api.shapes import Done
from node.service.api import NodeService


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Auth"])

    @routes.post(
        "/auth/allowance/requests",
        response_model=Done,
        openapi_extra=needs(Permission.REQUEST_ALLOWANCE),
    )
    async def ask(request: Request, body: AllowanceInput) -> Done:
        """Ask the owner for an allowance of a token (`eth` or the MOR address), for oneself."""
        caller = caller_of(request)
        if caller is None or not (_is_owner(caller) or caller.name == body.username):
            raise ForbiddenError("method not allowed", hint="Ask in your own name.")
        await node.clients.request_allowance(body.username, body.token, body.allowance)
        return Done()

    @routes.get(
        "/auth/allowance/requests",
        response_model=AllowanceRequests,
        openapi_extra=needs(Permission.AGENT_REQUESTS),
    )
    async def asked() -> AllowanceRequests:
        """Requests for allowances that wait for an answer."""
        return AllowanceRequests(
            requests=tuple(
                AllowanceItem(username=item.name, token=item.token, allowance=item.amount)
                for item in await node.clients.allowance_requests()
            )
        )

    @routes.post(
        "/auth/allowance/confirm",
        response_model=Done,
        openapi_extra=needs(Permission.AGENT_REQUESTS),
    )
    async def confirm(request: Request, body: ConfirmAllowanceInput) -> Done:
        """Grant a requested allowance in place of the one before, or refuse it."""
        _refuse_own(request, body.username)
        await node.clients.confirm_allowance(body.username, body.token, body.confirm)
        return Done()

    @routes.post(
        "/auth/allowance/revoke",
        response_model=Done,
        openapi_extra=needs(Permission.AGENT_REQUESTS),
    )
    async def revoke(body: AllowanceTokenInput) -> Done:
        """Take an allowance back. What was spent by then stays spent."""
        await node.clients.revoke_allowance(body.username, body.token)
        return Done()

    return routes


def _is_owner(caller: Principal) -> bool:
    return caller.is_admin or caller.may(Permission.AGENT_REQUESTS)


def _refuse_own(request: Request, name: str) -> None:
    caller = caller_of(request)
    if caller is None or (caller.name == name and not caller.is_admin):
        raise ForbiddenError("method not allowed", hint="Nobody grants money to itself.")
