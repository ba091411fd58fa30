"""Tag Sessions: open, look at, close."""

from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import SecretStr

from node.core.errors import InternalError
from node.http_api.access import needs
from node.http_api.paging import Limit, Offset, Order, page_of
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal
from node.http_api.routes.answers import client_of
from node.http_api.routes.consent import told_how_to_consent
from node.http_api.routes.fields import HashPath, address_of, hash_text
from node.http_api.session_shapes import (
    OneSession,
    OpenByBidInput,
    OpenByModelInput,
    SessionId,
    Sessions,
)
from node.http_api.shape_of import session_shape
from node.http_api.shapes import Budget, Tx
from node.http_api.statuses import status_of_code
from node.service.api import NodeService
from node.service.dto import Quote, QuoteRequest

UserQuery = Annotated[str, Query(description="Address of the user.")]
ProviderQuery = Annotated[str, Query(description="Address of the provider.")]


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Sessions"])
    _lists(node, routes)
    _acts(node, routes)

    @routes.get(
        "/blockchain/sessions/budget",
        response_model=Budget,
        openapi_extra=needs(Permission.GET_BUDGET),
    )
    async def budget() -> Budget:
        """What the network pays providers today."""
        return Budget(budget=(await node.chain.figures()).todays_budget)

    @routes.get(
        "/blockchain/sessions/{id}",
        response_model=OneSession,
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def session(id: HashPath) -> OneSession:
        """One session of anybody."""
        return OneSession(session=session_shape(await node.chain.session(hash_text(id))))

    return routes


def _lists(node: NodeService, routes: APIRouter) -> None:
    @routes.get(
        "/blockchain/sessions/user",
        response_model=Sessions,
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def of_user(
        user: UserQuery = "", offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Sessions:
        """Sessions that a user opened; none without `user`."""
        page = page_of(offset, limit, order)
        found = await node.chain.user_sessions(address_of(user), page) if user else ()
        return Sessions(sessions=tuple(session_shape(item) for item in found))

    @routes.get(
        "/blockchain/sessions/user/ids",
        response_model=list[str],
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def ids_of_user(
        user: UserQuery = "", offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> list[str]:
        """Ids of the sessions that a user opened."""
        page = page_of(offset, limit, order)
        found = await node.chain.user_sessions(address_of(user), page) if user else ()
        return [item.id for item in found]

    @routes.get(
        "/blockchain/sessions/provider",
        response_model=Sessions,
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def of_provider(
        provider: ProviderQuery = "", offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Sessions:
        """Sessions that a provider serves or served; none without `provider`."""
        page = page_of(offset, limit, order)
        found = await node.chain.provider_sessions(address_of(provider), page) if provider else ()
        return Sessions(sessions=tuple(session_shape(item) for item in found))


def _acts(node: NodeService, routes: APIRouter) -> None:
    @routes.post(
        "/blockchain/models/{id}/session",
        response_model=SessionId,
        openapi_extra=needs(Permission.OPEN_SESSION),
    )
    async def open_by_model(request: Request, id: HashPath, body: OpenByModelInput) -> SessionId:
        """Open a session with the best provider of a model; answers when it is open."""
        wanted = QuoteRequest(
            model_id=hash_text(id),
            duration_s=body.sessionDuration,
            direct_payment=body.directPayment,
            failover=body.failover,
        )
        return SessionId(sessionID=await _open(node, wanted, client_of(request), body.password))

    @routes.post(
        "/blockchain/bids/{id}/session",
        response_model=SessionId,
        openapi_extra=needs(Permission.OPEN_SESSION),
    )
    async def open_by_bid(request: Request, id: HashPath, body: OpenByBidInput) -> SessionId:
        """Open a session on one bid; answers when it is open."""
        wanted = QuoteRequest(bid_id=hash_text(id), duration_s=body.sessionDuration)
        return SessionId(sessionID=await _open(node, wanted, client_of(request), body.password))

    @routes.post(
        "/blockchain/sessions/{id}/close",
        response_model=Tx,
        openapi_extra=needs(Permission.CLOSE_SESSION),
    )
    async def close(id: HashPath) -> Tx:
        """Close a session with the provider's report, or with an own one."""
        return Tx(tx=(await node.sessions.close(hash_text(id))).tx_hash)


async def _open(
    node: NodeService, request: QuoteRequest, client: str, password: SecretStr | None
) -> str:
    return await open_quoted(node, await node.sessions.quote(request), client, password)


async def open_quoted(
    node: NodeService, quote: Quote, client: str, password: SecretStr | None
) -> str:
    """Open only what the quote says can be opened; returns the session's id."""
    for problem in quote.problems:
        raise HttpRefusal(
            status_of_code(problem.code), problem.message, code=problem.code, hint=problem.hint
        )
    opened = ""
    # Typing an amount again is for people; a program names it once.
    opening = node.sessions.open(quote.id, password, quote.needs_typed, client)
    with told_how_to_consent():
        async with aclosing(opening) as steps:
            async for step in steps:
                if step.session is not None:
                    opened = step.session.id
    if not opened:
        raise InternalError("The session was not opened.")
    return opened
