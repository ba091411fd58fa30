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
SPEECH_BODY = _body(
    {
        **_OBJECT,
        "required": ["input"],
        "properties": {
            "model": {"type": "string"},
            "input": {"type": "string", "minLength": 1},
            "voice": {"type": "string"},
            "response_format": {
                "enum": ["mp3", "opus", "aac", "flac", "wav", "pcm"],
                "default": "mp3",
            },
            "speed": {"type": "number", "default": 1},
        },
    }
)
TRANSCRIPTION_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                **_OBJECT,
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "s3_presigned_url": {
                        "type": "string",
                        "description": "Instead of a file; only the model's server opens it.",
                    },
                    "model": {"type": "string"},
                    "format": {"enum": ["json", "verbose_json", "text", "srt", "vtt"]},
                    "response_format": {"type": "string"},
                    "language": {"type": "string"},
                    "prompt": {"type": "string"},
                    "temperature": {"type": "number"},
                    "timestamp_granularities": {"type": "string"},
                    "stream": {"type": "boolean", "default": False},
                },
            }
        }
    },
}
SPEECH_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Audio",
        "content": {
            f"audio/{name}": {"schema": {"type": "string", "format": "binary"}}
            for name in ("mpeg", "opus", "aac", "flac", "wav", "pcm")
        },
    }
}
TRANSCRIPTION_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The text in the form asked for; with `stream` events.",
        "content": {
            "application/json": {"schema": _OBJECT},
            "text/plain": {"schema": {"type": "string"}},
            "text/event-stream": {"schema": {}},
        },
    }
}
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
