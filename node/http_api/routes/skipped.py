"""Routes of the public node that are no part of this one: a reason instead of 404."""

from fastapi import APIRouter

from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal

_P = Permission
_IPFS = (
    ("POST", "/ipfs/add", _P.IPFS_ADD),
    ("POST", "/ipfs/pin", _P.IPFS_PIN),
    ("POST", "/ipfs/unpin", _P.IPFS_UNPIN),
    ("GET", "/ipfs/pin", _P.IPFS_PINNED),
    ("GET", "/ipfs/download/{cid}", _P.IPFS_GET),
    ("GET", "/ipfs/download/stream/{cid}", _P.IPFS_GET),
)
_DOCKER = (
    ("POST", "/docker/build", _P.DOCKER_BUILD),
    ("POST", "/docker/build/stream", _P.DOCKER_BUILD),
    ("POST", "/docker/container/start", _P.DOCKER_MANAGE),
    ("POST", "/docker/container/stop", _P.DOCKER_MANAGE),
    ("POST", "/docker/container/remove", _P.DOCKER_MANAGE),
    ("GET", "/docker/container/{id}", _P.DOCKER_MANAGE),
    ("POST", "/docker/containers", _P.DOCKER_MANAGE),
    ("GET", "/docker/container/{id}/logs", _P.DOCKER_MANAGE),
    ("GET", "/docker/container/{id}/logs/stream", _P.DOCKER_MANAGE),
    ("GET", "/docker/version", _P.DOCKER_VERSION),
    ("POST", "/docker/prune/images", _P.DOCKER_MANAGE),
    ("POST", "/docker/prune/containers", _P.DOCKER_MANAGE),
)
_FILES = (("GET", "/files", _P.SYSTEM_CONFIG),)


def router() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/ipfs/version", openapi_extra=needs(_P.IPFS_VERSION))
    async def ipfs_version() -> None:
        # Clients ask this first and cope with exactly this answer.
        raise HttpRefusal(500, "IPFS node is not ready", code="node.not_supported")

    for what, table in (
        ("IPFS", _IPFS),
        ("Docker", _DOCKER),
        ("The list of open files", _FILES),
    ):
        for method, path, permission in table:
            _add(routes, method, path, permission, what)
    return routes


def _add(routes: APIRouter, method: str, path: str, permission: Permission, what: str) -> None:
    @routes.api_route(path, methods=[method], openapi_extra=needs(permission))
    async def absent() -> None:
        raise HttpRefusal(501, f"{what} is not part of this node", code="node.not_supported")
