"""Tag Models: models of the marketplace."""

from fastapi import APIRouter, Request

from node.http_api.access import needs
from node.http_api.market_shapes import CreateModelInput, Models, OneModel
from node.http_api.paging import Limit, Offset, Order, whole_or_page_of
from node.http_api.permissions import Permission
from node.http_api.routes.answers import client_of
from node.http_api.routes.consent import told_how_to_consent
from node.http_api.routes.fields import HashPath, hash_text
from node.http_api.shape_of import model_shape
from node.http_api.shapes import Tx
from node.service.api import NodeService


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Models"])

    @routes.get(
        "/blockchain/models", response_model=Models, openapi_extra=needs(Permission.GET_MODELS)
    )
    async def models(offset: Offset = "", limit: Limit = "", order: Order = "") -> Models:
        """Registered models; all of them without `limit`."""
        found = await node.chain.models(whole_or_page_of(offset, limit, order))
        return Models(models=tuple(model_shape(item) for item in found))

    @routes.post(
        "/blockchain/models",
        response_model=OneModel,
        openapi_extra=needs(Permission.CREATE_MODEL),
    )
    async def create(request: Request, body: CreateModelInput) -> OneModel:
        """Register a model; its id comes back in `Id`."""
        with told_how_to_consent():
            model_id = await node.provider.create_model(
                body.name,
                body.tags,
                body.stake,
                base_id=hash_text(body.id) if body.id else "",
                ipfs_cid=hash_text(body.ipfsID) if body.ipfsID else "",
                client=client_of(request),
                password=body.password,
            )
        return OneModel(model=model_shape(await node.chain.model(model_id)))

    @routes.delete(
        "/blockchain/models/{id}",
        response_model=Tx,
        openapi_extra=needs(Permission.DELETE_MODEL),
    )
    async def delete(id: HashPath) -> Tx:
        """Deregister an own model without active bids."""
        return Tx(tx=await node.provider.delete_model(hash_text(id)))

    return routes
