"""OpenAPI of OpenAI's bodies: what is read here; all other members go to the model unchanged."""

from typing import Any

_OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


COMPLETION_BODY = _body(
    {
        **_OBJECT,
        "required": ["messages"],
        "properties": {
            "model": {
                "type": "string",
                "description": "Name or id; not read with a target header.",
            },
            "messages": {"type": "array", "minItems": 1, "items": _OBJECT},
            "stream": {"type": "boolean", "default": False},
        },
    }
)
EMBEDDINGS_BODY = _body(
    {
        **_OBJECT,
        "required": ["input"],
        "properties": {
            "model": {"type": "string"},
            "input": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        },
    }
)
COMPLETION_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One completion, or with `stream` its chunks as events.",
        "content": {
            "application/json": {"schema": _OBJECT},
            "text/event-stream": {"schema": {}},
        },
    }
}
EMBEDDINGS_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Embeddings", "content": {"application/json": {"schema": _OBJECT}}}
}
MODELS_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "OpenAI's list object, or the array of local models",
        "content": {
            "application/json": {
                "schema": {"anyOf": [_OBJECT, {"type": "array", "items": _OBJECT}]}
            }
        },
    }
}
