"""Tag Providers: the registry, the own record, pings, claims."""

from fastapi import APIRouter, Request

from node.core.errors import SessionError
from node.http_api.access import needs
from node.http_api.market_shapes import (
    OneProvider,
    Ping,
    PingInput,
    Providers,
    RegisterProviderInput,
)
from node.http_api.paging import Limit, Offset, Order, whole_or_page_of
from node.http_api.permissions import Permission
from node.http_api.routes.answers import client_of
from node.http_api.routes.consent import told_how_to_consent
from node.http_api.routes.fields import AddressPath, HashPath, address_of, hash_text
from node.http_api.session_shapes import ClaimableBalance
from node.http_api.shape_of import provider_shape
from node.http_api.shapes import Tx
from node.service.api import NodeService

_NOT_ENDED = "session not ended or does not exist"


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Providers"])

    @routes.get(
        "/blockchain/providers",
        response_model=Providers,
        openapi_extra=needs(Permission.GET_PROVIDERS),
    )
    async def providers(offset: Offset = "", limit: Limit = "", order: Order = "") -> Providers:
        """Registered providers; all of them without `limit`."""
        found = await node.chain.providers(whole_or_page_of(offset, limit, order))
        return Providers(providers=tuple(provider_shape(item) for item in found))

    @routes.post(
        "/blockchain/providers",
        response_model=OneProvider,
        openapi_extra=needs(Permission.CREATE_PROVIDER),
    )
    async def register(request: Request, body: RegisterProviderInput) -> OneProvider:
        """Register the own wallet, or add stake and change the endpoint."""
        with told_how_to_consent():
            await node.provider.register(
                body.stake, body.endpoint, client_of(request), body.password
            )
        own = (await node.wallet.status()).address
        return OneProvider(provider=provider_shape(await node.chain.provider(own)))

    @routes.delete(
        "/blockchain/providers/{id}",
        response_model=Tx,
        openapi_extra=needs(Permission.DELETE_PROVIDER),
    )
    async def deregister(id: AddressPath) -> Tx:
        """Deregister the own wallet. `id` is checked for its form only."""
        address_of(id)
        return Tx(tx=await node.provider.deregister())

    @routes.post(
        "/proxy/provider/ping",
        response_model=Ping,
        openapi_extra=needs(Permission.INITIATE_SESSION),
    )
    async def ping(body: PingInput) -> Ping:
        """Ping a provider at `providerUrl` and check that it is who it should be."""
        found = await node.market.ping(address_of(body.providerAddr), body.providerUrl)
        return Ping(ping=found.rtt_ms, version=found.version)

    @routes.get(
        "/proxy/sessions/{id}/providerClaimableBalance",
        response_model=ClaimableBalance,
        openapi_extra=needs(Permission.GET_SESSIONS),
    )
    async def claimable(id: HashPath) -> ClaimableBalance:
        """What the own wallet can claim now for a session that it served."""
        return ClaimableBalance(balance=await _claimable(node, hash_text(id)))

    @routes.post(
        "/proxy/sessions/{id}/providerClaim",
        response_model=Tx,
        openapi_extra=needs(Permission.SESSION_PROVIDER_CLAIM),
    )
    async def claim(id: HashPath) -> Tx:
        """Claim the pay of a session that the own wallet served."""
        return Tx(tx=(await node.provider.claim(hash_text(id))).tx_hash)

    return routes


async def _claimable(node: NodeService, session_id: str) -> int:
    try:
        found = await node.provider.session(session_id)
    except SessionError as error:
        raise SessionError(_NOT_ENDED) from error
    if found.session.state == "active":
        raise SessionError(_NOT_ENDED)
    return found.claimable_now
