"""Tag Sessions: stake of sessions that were closed early, and taking it back."""

from typing import Annotated

from fastapi import APIRouter, Query

from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.session_shapes import StakesOnHold, WithdrawInput
from node.http_api.shapes import Tx
from node.service.api import NodeService

Iterations = Annotated[
    int | None, Query(ge=1, le=255, description="Instead of the member of the body.")
]


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Sessions"])

    @routes.get(
        "/blockchain/stakes/onhold",
        response_model=StakesOnHold,
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def on_hold() -> StakesOnHold:
        """Stake of the wallet that the marketplace holds after early closes."""
        found = await node.chain.on_hold()
        return StakesOnHold(available=found.available, hold=found.locked)

    @routes.post(
        "/blockchain/stakes/withdraw",
        response_model=Tx,
        openapi_extra=needs(Permission.CLOSE_SESSION),
    )
    async def withdraw(body: WithdrawInput | None = None, iterations: Iterations = None) -> Tx:
        """Take released stake back into the wallet, up to `iterations` entries of it."""
        wanted = iterations or (body or WithdrawInput()).iterations
        return Tx(tx=await node.chain.withdraw_on_hold(wanted))

    return routes
