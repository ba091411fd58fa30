"""Groups of the public node that are no part of this one: a reason instead of 404."""

from fastapi import APIRouter

from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal

_METHODS = ["GET", "POST", "DELETE"]


def router() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/ipfs/{rest:path}", methods=_METHODS, openapi_extra=needs(Permission.IPFS))
    async def ipfs(rest: str) -> None:
        if rest == "version":
            # Clients ask this first and cope with exactly this answer.
            raise HttpRefusal(500, "IPFS node is not ready", code="node.not_supported")
        raise _absent("IPFS")

    @routes.api_route(
        "/docker/{rest:path}", methods=_METHODS, openapi_extra=needs(Permission.DOCKER)
    )
    async def docker(rest: str) -> None:
        raise _absent("Docker")

    @routes.get("/files", openapi_extra=needs(Permission.SYSTEM_CONFIG))
    async def files() -> None:
        raise _absent("The list of open files")

    return routes


def _absent(what: str) -> HttpRefusal:
    return HttpRefusal(501, f"{what} is not part of this node", code="node.not_supported")
