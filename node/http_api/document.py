"""The OpenAPI document: what the framework knows, plus authentication and the error shape."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from node.http_api.access import KEY, OPEN

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "description": "What happened; an OpenAI error object for Bearer callers of /v1/*.",
            "anyOf": [{"type": "string"}, {"type": "object"}],
        },
        "hint": {"type": "string", "description": "What to do next."},
        "code": {"type": "string", "description": "Stable name of the failure."},
    },
}
_MODEL_ERROR = {
    "type": "object",
    "required": ["providerModelError"],
    "properties": {"providerModelError": {"description": "What the model's server answered."}},
}
_SCHEMES = {
    "cookie": {
        "type": "http",
        "scheme": "basic",
        "description": "The line of the cookie file, or a user.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The password of the cookie, or base64 of user:password.",
    },
}
_METHODS = ("get", "post", "delete", "put", "patch")


def openapi(app: FastAPI) -> dict[str, Any]:
    """Build the document once per application."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        app.openapi_schema = _completed(found)
    return app.openapi_schema


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Error"] = _ERROR
    schemas["ModelError"] = _MODEL_ERROR
    components["securitySchemes"] = _SCHEMES
    found["security"] = [{"cookie": []}, {"token": []}]
    for path in found["paths"].values():
        for method in _METHODS:
            if method in path:
                _complete_operation(path[method])
    return found


def _complete_operation(operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)
    shapes = [{"$ref": "#/components/schemas/Error"}, {"$ref": "#/components/schemas/ModelError"}]
    responses["default"] = {
        "description": "Refused or failed",
        "content": {"application/json": {"schema": {"anyOf": shapes}}},
    }
    if operation.get(KEY) == OPEN:
        operation["security"] = []
