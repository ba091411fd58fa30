"""Tag Auth: users of the API beside the admin, and strangers who ask to be one."""

import base64
import binascii

from fastapi import APIRouter, Request

from node.core.clock import Clock
from node.core.errors import ClientNotFoundError, ForbiddenError
from node.core.permissions import permissions_named
from node.http_api.access import needs, open_to_all
from node.http_api.admin_login import AdminLogin
from node.http_api.client_shapes import (
    AddUserInput,
    Agent,
    Agents,
    ConfirmUserInput,
    RequestUserInput,
    TxHashes,
    UserNameInput,
)
from node.http_api.credentials import ADMIN
from node.http_api.limits import STRANGERS_REQUESTS_PER_MINUTE
from node.http_api.paging import RequiredLimit, limit_of
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal
from node.http_api.routes.answers import caller_of
from node.http_api.shapes import Done
from node.http_api.throttle import MinuteQuota
from node.service.dto import ClientRequest
from node.service.local import LocalNode

CURSOR_LENGTH = 8


def router(node: LocalNode, admin: AdminLogin, clock: Clock) -> APIRouter:
    routes = APIRouter(tags=["Auth"])
    _strangers(node, routes, MinuteQuota(clock, STRANGERS_REQUESTS_PER_MINUTE))
    _lists(node, routes)

    @routes.post("/auth/users", response_model=Done, openapi_extra=needs(Permission.ADD_USER))
    async def add(request: Request, body: AddUserInput) -> Done:
        """Add a user, or give it another password and other permissions. The name `admin`
        changes the cookie.
        """
        caller = caller_of(request)
        if caller is None or not (caller.is_admin or _within(body.perms, caller.permissions)):
            raise ForbiddenError("method not allowed", hint="Nobody gives more than it has.")
        if not caller.is_admin and (body.username == ADMIN or body.username in node.clients.users):
            raise ForbiddenError("method not allowed", hint="Only the admin changes users.")
        if body.username == ADMIN:
            await admin.change(body.password)
        else:
            await node.clients.add(body.username, body.perms, body.password)
        return Done()

    @routes.delete("/auth/users", response_model=Done, openapi_extra=needs(Permission.REMOVE_USER))
    async def remove(body: UserNameInput) -> Done:
        """Remove a user, or a request. What it has open goes on."""
        await node.clients.remove(body.username)
        return Done()

    @routes.post(
        "/auth/users/confirm",
        response_model=Done,
        openapi_extra=needs(Permission.AGENT_REQUESTS),
    )
    async def confirm(request: Request, body: ConfirmUserInput) -> Done:
        """Let a stranger in with all that was asked for, or forget the request."""
        await _refuse_to_give_more(node, request, body.username)
        await node.clients.confirm(body.username, body.confirm)
        return Done()

    return routes


def _strangers(node: LocalNode, routes: APIRouter, quota: MinuteQuota) -> None:
    @routes.post("/auth/users/request", response_model=Done, openapi_extra=open_to_all())
    async def ask(body: RequestUserInput) -> Done:
        """Ask the owner of this node to become a user, with permissions and allowances."""
        if not quota.take():
            raise HttpRefusal(
                429,
                "too many requests",
                code="api.too_many_requests",
                hint="Come back in a minute.",
                headers={"retry-after": "60"},
            )
        await node.clients.request(
            ClientRequest(
                name=body.username,
                password=body.password,
                permissions=body.perms,
                allowances=body.allowances,
            )
        )
        return Done()


def _lists(node: LocalNode, routes: APIRouter) -> None:
    @routes.get(
        "/auth/users", response_model=Agents, openapi_extra=needs(Permission.AGENT_REQUESTS)
    )
    async def users() -> Agents:
        """Users beside the admin, and requests; allowances are what is left."""
        return Agents(
            agents=tuple(
                Agent(
                    username=item.name,
                    perms=item.permissions,
                    isConfirmed=item.confirmed,
                    allowances=dict(item.allowances),
                )
                for item in await node.clients.list()
            )
        )

    @routes.get(
        "/auth/users/{username}/txs",
        response_model=TxHashes,
        openapi_extra=needs(Permission.AGENT_REQUESTS),
    )
    async def transactions(username: str, limit: RequiredLimit, cursor: str = "") -> TxHashes:
        """Transactions that a user caused, newest first. `nextCursor` is the next page's
        `cursor`, null at the end.
        """
        found = await node.clients.transactions(username, _cursor(cursor), limit_of(limit))
        further = found.next_cursor.to_bytes(CURSOR_LENGTH) if found.next_cursor else b""
        return TxHashes(
            txHashes=found.hashes,
            nextCursor=base64.b64encode(further).decode() if further else None,
        )


def _cursor(text: str) -> int:
    if not text:
        return 0
    try:
        # A plus sign that was not escaped arrives as a space.
        raw = base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error
    if len(raw) != CURSOR_LENGTH or raw[0] >= 0x80:
        raise _no_cursor()
    return int.from_bytes(raw)


def _no_cursor() -> HttpRefusal:
    return HttpRefusal(400, "cursor: it is no cursor of this node", code="input.cursor")


def _within(names: tuple[str, ...], own: frozenset[Permission]) -> bool:
    return permissions_named(names) <= own


async def _refuse_to_give_more(node: LocalNode, request: Request, name: str) -> None:
    caller = caller_of(request)
    if caller is not None and caller.is_admin:
        return
    for item in await node.clients.list():
        if item.name == name:
            if caller is None or not _within(item.permissions, caller.permissions):
                raise ForbiddenError("method not allowed", hint="Nobody gives more than it has.")
            return
    raise ClientNotFoundError("user not found")
