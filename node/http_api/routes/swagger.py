"""The API's documentation page, from our own files, behind authentication."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from node.core.paths import resource_path
from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.refusal import HttpRefusal
from node.http_api.routes.answers import reply

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Morpheus Desktop node: HTTP API</title>
<link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "doc.json",
  dom_id: "#swagger-ui",
  validatorUrl: null,
  deepLinking: true,
});
"""


def router() -> APIRouter:
    routes = APIRouter(prefix="/swagger", include_in_schema=False)
    extra: dict[str, Any] = needs(Permission.GET_LOCAL_MODELS)

    @routes.get("/doc.json", openapi_extra=extra)
    async def document(request: Request) -> Response:
        return reply(request.app.openapi())

    @routes.get("/{name}", openapi_extra=extra)
    async def page(name: str) -> Response:
        if name == "index.html":
            return HTMLResponse(_PAGE, headers={"content-security-policy": PAGE_POLICY})
        if name == "start.js":
            return Response(_START, media_type="text/javascript")
        if name not in _TYPES:
            raise HttpRefusal(404, "there is no such page", code="api.no_page")
        return FileResponse(resource_path("swagger", name), media_type=_TYPES[name])

    return routes
