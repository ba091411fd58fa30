"""Tag Auth: how a program on this computer finds its credentials."""

from fastapi import APIRouter

from node.http_api.access import open_to_all
from node.http_api.shapes import CookiePath
from node.service.local import LocalNode


def router(node: LocalNode) -> APIRouter:
    routes = APIRouter(tags=["Auth"])

    @routes.get("/auth/cookie/path", response_model=CookiePath, openapi_extra=open_to_all())
    async def cookie_path() -> CookiePath:
        """Absolute path of the cookie file; only this user can read what is in it."""
        return CookiePath(path=str(node.api.cookie_file or ""))

    return routes
