"""Tag Sessions: a handshake that the client makes itself, in two steps."""

from fastapi import APIRouter, Request

from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.routes.answers import client_of
from node.http_api.routes.fields import address_of, hash_text
from node.http_api.routes.sessions import open_quoted
from node.http_api.session_shapes import Initiated, InitiateInput, OpenApprovedInput, SessionId
from node.service.api import NodeService
from node.service.dto import ApprovedSession, InitiateRequest


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Sessions"])

    @routes.post(
        "/proxy/sessions/initiate",
        response_model=Initiated,
        openapi_extra=needs(Permission.INITIATE_SESSION),
    )
    async def initiate(body: InitiateInput) -> Initiated:
        """Ask the provider of a bid for its consent, at its endpoint on chain. Costs nothing."""
        wanted = InitiateRequest(
            user=address_of(body.user),
            provider=address_of(body.provider),
            bid_id=hash_text(body.bidId),
            spend=body.spend,
        )
        found = await node.sessions.initiate(wanted)
        return Initiated(
            message=found.provider_public_key,
            approval=found.approval,
            approvalSig=found.approval_signature,
            user=found.user.lower(),
            timestamp=found.issued_at_ms,
        )

    @routes.post(
        "/blockchain/sessions",
        response_model=SessionId,
        openapi_extra=needs(Permission.OPEN_SESSION),
    )
    async def open_approved(request: Request, body: OpenApprovedInput) -> SessionId:
        """Open a session with a provider's consent; answers when it is open."""
        quote = await node.sessions.quote_approved(
            ApprovedSession(
                approval=body.approval.lower(),
                approval_signature=body.approvalSig.lower(),
                stake=body.stake,
                direct_payment=body.directPayment,
            )
        )
        return SessionId(
            sessionID=await open_quoted(node, quote, client_of(request), body.password)
        )

    return routes
