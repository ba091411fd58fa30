"""Tag System: health and configuration."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from node import __version__
from node.core.errors import NoWalletError
from node.http_api.access import needs, open_to_all
from node.http_api.permissions import Permission
from node.http_api.redacted_config import config_of
from node.http_api.refusal import HttpRefusal
from node.http_api.routes.answers import ExactJson, caller_of, reply
from node.http_api.shapes import Input, Status
from node.service.dto import NodeStatus
from node.service.local import LocalNode

_VITAL = "storage"


class Health(BaseModel):
    """`components` has details for authorised callers only."""

    status: str
    version: str
    uptime: str
    components: dict[str, str]


class EthNodeInput(Input):
    urls: Annotated[tuple[Annotated[str, Field(max_length=2048)], ...], Field(min_length=1)]


class Config(BaseModel):
    """Amount and spelling of members as in the public node; secrets and URL tails are left out."""

    Version: str
    Commit: str
    DerivedConfig: dict[str, Any]
    Config: dict[str, Any]


def router(node: LocalNode) -> APIRouter:
    routes = APIRouter(tags=["System"])

    @routes.get(
        "/healthcheck",
        response_model=Health,
        responses={503: {"model": Health, "description": "Degraded"}},
        openapi_extra=open_to_all(),
    )
    async def healthcheck(request: Request) -> ExactJson:
        """Whether the node works. Needs no authentication; then without details."""
        status = await node.system.status()
        healthy = all(item.ok for item in status.components if item.name == _VITAL)
        body = {
            "status": "healthy" if healthy else "degraded",
            "version": __version__,
            "uptime": f"{int(status.uptime_s)}s",
            "components": _components(status) if caller_of(request) else {},
        }
        return reply(body, 200 if healthy else 503)

    @routes.get("/config", response_model=Config, openapi_extra=needs(Permission.SYSTEM_CONFIG))
    async def config() -> dict[str, Any]:
        """The configuration in force, without keys and tails of addresses."""
        wallet = await node.wallet.status()
        if not wallet.address:
            # Clients take this status and text as the sign that a wallet must be made first.
            raise HttpRefusal(
                500,
                "wallet not set",
                code=NoWalletError.default_code,
                hint=NoWalletError.default_hint,
            )
        return await config_of(node, wallet.address)

    _eth_node(node, routes)
    return routes


def _eth_node(node: LocalNode, routes: APIRouter) -> None:
    @routes.post(
        "/config/ethNode", response_model=Status, openapi_extra=needs(Permission.SYSTEM_CONFIG)
    )
    async def use_own(body: EthNodeInput) -> Status:
        """Reach the chain through these RPC addresses from now on. Each must answer with the right
        chain id within 2 s.
        """
        await node.system.set_rpc_urls(body.urls)
        return Status(status="ok")

    @routes.delete(
        "/config/ethNode", response_model=Status, openapi_extra=needs(Permission.SYSTEM_CONFIG)
    )
    async def use_public() -> Status:
        """Go back to the public RPC addresses of the network."""
        await node.system.set_rpc_urls(())
        return Status(status="ok")


def _components(status: NodeStatus) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in status.components:
        state = "healthy" if item.ok else "degraded"
        found[item.name] = f"{state}, {item.detail}" if item.detail else state
    return found
