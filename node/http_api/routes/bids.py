"""Tag Bids: offers of providers."""

from fastapi import APIRouter, Request

from node.http_api.access import needs
from node.http_api.market_shapes import Bids, CreateBidInput, OneBid, ScoredBids
from node.http_api.paging import Limit, Offset, Order, page_of
from node.http_api.permissions import Permission
from node.http_api.routes.answers import client_of
from node.http_api.routes.consent import told_how_to_consent
from node.http_api.routes.fields import AddressPath, HashPath, address_of, hash_text
from node.http_api.shape_of import bid_shape, scored_bid_shape
from node.http_api.shapes import Tx
from node.service.api import NodeService


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Bids"])
    _lists(node, routes)

    @routes.post(
        "/blockchain/bids", response_model=OneBid, openapi_extra=needs(Permission.CREATE_BID)
    )
    async def create(request: Request, body: CreateBidInput) -> OneBid:
        """Post the own bid on a model, in place of an earlier one. The bid fee is not returned."""
        with told_how_to_consent():
            bid_id = await node.provider.post_bid(
                hash_text(body.modelID), body.pricePerSecond, client_of(request), body.password
            )
        return OneBid(bid=bid_shape(await node.chain.bid(bid_id)))

    @routes.get(
        "/blockchain/bids/{id}", response_model=OneBid, openapi_extra=needs(Permission.GET_BIDS)
    )
    async def bid(id: HashPath) -> OneBid:
        """One bid; an unknown one has only zeros."""
        return OneBid(bid=bid_shape(await node.chain.bid(hash_text(id))))

    @routes.delete(
        "/blockchain/bids/{id}", response_model=Tx, openapi_extra=needs(Permission.DELETE_BIDS)
    )
    async def delete(id: HashPath) -> Tx:
        """Take an own bid back."""
        return Tx(tx=await node.provider.delete_bid(hash_text(id)))

    return routes


def _lists(node: NodeService, routes: APIRouter) -> None:
    @routes.get(
        "/blockchain/models/{id}/bids",
        response_model=Bids,
        openapi_extra=needs(Permission.GET_BIDS),
    )
    async def of_model(
        id: HashPath, offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Bids:
        """All bids on a model, deleted ones too."""
        found = await node.chain.model_bids(hash_text(id), page_of(offset, limit, order))
        return Bids(bids=tuple(bid_shape(item) for item in found))

    @routes.get(
        "/blockchain/models/{id}/bids/rated",
        response_model=ScoredBids,
        openapi_extra=needs(Permission.GET_BIDS),
    )
    async def rated(id: HashPath) -> ScoredBids:
        """Active bids on a model, best first."""
        found = await node.chain.rated_bids(hash_text(id))
        return ScoredBids(bids=tuple(scored_bid_shape(item) for item in found))

    @routes.get(
        "/blockchain/models/{id}/bids/active",
        response_model=Bids,
        openapi_extra=needs(Permission.GET_BIDS),
    )
    async def active_of_model(
        id: HashPath, offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Bids:
        """Active bids on a model."""
        page = page_of(offset, limit, order)
        found = await node.chain.model_bids(hash_text(id), page, active_only=True)
        return Bids(bids=tuple(bid_shape(item) for item in found))

    @routes.get(
        "/blockchain/providers/{id}/bids",
        response_model=Bids,
        openapi_extra=needs(Permission.GET_BIDS),
    )
    async def of_provider(
        id: AddressPath, offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Bids:
        """All bids of a provider, deleted ones too."""
        found = await node.chain.provider_bids(address_of(id), page_of(offset, limit, order))
        return Bids(bids=tuple(bid_shape(item) for item in found))

    @routes.get(
        "/blockchain/providers/{id}/bids/active",
        response_model=Bids,
        openapi_extra=needs(Permission.GET_BIDS),
    )
    async def active_of_provider(
        id: AddressPath, offset: Offset = "", limit: Limit = "", order: Order = ""
    ) -> Bids:
        """Active bids of a provider."""
        page = page_of(offset, limit, order)
        found = await node.chain.provider_bids(address_of(id), page, active_only=True)
        return Bids(bids=tuple(bid_shape(item) for item in found))
