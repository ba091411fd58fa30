"""OpenAI's chat request in the shape of Anthropic's Messages API.

https://docs.anthropic.com/en/api/messages
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from node.core.errors import InvalidPromptError

DEFAULT_MAX_TOKENS = 4096
_DATA_URL = re.compile(r"data:(image/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_OPENING = "Continue the conversation."
"""The first turn is the user's; a conversation that begins with an answer gets this before it."""


def messages_request(body: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Members that the Messages API knows; it refuses unknown ones, so no other goes on.

    Raises:
        InvalidPromptError: an image that is neither data nor an address.
    """
    system, turns = _split(body.get("messages") or ())
    request: dict[str, Any] = {
        "model": model,
        "max_tokens": _max_tokens(body),
        "messages": turns,
        "stream": bool(body.get("stream")),
    }
    if system:
        request["system"] = system
    stops = body.get("stop")
    sequences = [stops] if isinstance(stops, str) else stops if isinstance(stops, list) else []
    kept = [item for item in sequences if isinstance(item, str) and item.strip()]
    if kept:
        request["stop_sequences"] = kept
    if isinstance(body.get("temperature"), int | float):
        request["temperature"] = min(1, body["temperature"])  # OpenAI's range ends at 2
    for name in ("top_p", "top_k"):
        if isinstance(body.get(name), int | float):
            request[name] = body[name]
    if isinstance(body.get("user"), str):
        request["metadata"] = {"user_id": body["user"]}
    return {**request, **_tools(body)}


def _max_tokens(body: Mapping[str, Any]) -> int:
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if isinstance(value, int) and value > 0:
            return value
    return DEFAULT_MAX_TOKENS


def _split(messages: Iterable[Any]) -> tuple[str, list[dict[str, Any]]]:
    """The system text, and turns of user and assistant that alternate."""
    system: list[str] = []
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = message.get("role")
        if role in ("system", "developer"):
            system += [block["text"] for block in _blocks(message) if block["type"] == "text"]
            continue
        blocks = _result(message) if role in ("tool", "function") else _blocks(message)
        speaker = "assistant" if role == "assistant" else "user"
        if not blocks:
            continue
        if turns and turns[-1]["role"] == speaker:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": speaker, "content": blocks})
    if turns and turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [{"type": "text", "text": _OPENING}]})
    return "\n\n".join(system), turns


def _blocks(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or ()
    blocks = [block for part in parts if (block := _block(part)) is not None]
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        blocks.append(
            {
                "type": "tool_use",
                "id": call.get("id", ""),
                "name": function.get("name", ""),
                "input": _arguments(function.get("arguments")),
            }
        )
    return blocks


def _block(part: Any) -> dict[str, Any] | None:
    """One part of a message; blank texts are left out, for the API refuses them."""
    if not isinstance(part, Mapping):
        return None
    if part.get("type") in ("text", "input_text"):
        text = part.get("text")
        is_said = isinstance(text, str) and text.strip()
        return {"type": "text", "text": text} if is_said else None
    if part.get("type") == "image_url":
        image = part.get("image_url")
        return _image(image.get("url") if isinstance(image, Mapping) else image)
    return None


def _image(url: Any) -> dict[str, Any]:
    if isinstance(url, str):
        found = _DATA_URL.fullmatch(url)
        if found is not None:
            media, data = found[1].lower(), "".join(found[2].split())
            source = {"type": "base64", "media_type": media, "data": data}
            return {"type": "image", "source": source}
        if url.startswith(("http://", "https://")):
            return {"type": "image", "source": {"type": "url", "url": url}}
    raise InvalidPromptError("An image of the request cannot be read.")


def _result(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = [block["text"] for block in _blocks(message) if block["type"] == "text"]
    return [
        {
            "type": "tool_result",
            "tool_use_id": message.get("tool_call_id") or message.get("name") or "",
            "content": "\n".join(texts),
        }
    ]


def _arguments(text: Any) -> dict[str, Any]:
    try:
        # Not with json: deep nesting in outside text can take the whole process down there.
        value = orjson.loads(text) if isinstance(text, str) and text.strip() else {}
    except orjson.JSONDecodeError:
        return {"arguments": text}
    return value if isinstance(value, dict) else {"arguments": value}


def _tools(body: Mapping[str, Any]) -> dict[str, Any]:
    functions = [
        tool["function"]
        for tool in body.get("tools") or ()
        if isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping)
    ]
    if not functions:
        return {}
    tools = [
        {
            "name": function.get("name", ""),
            "description": function.get("description") or "",
            "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
        }
        for function in functions
    ]
    choice = _choice(body.get("tool_choice"))
    if body.get("parallel_tool_calls") is False and choice.get("type") != "none":
        choice = {"type": "auto", **choice, "disable_parallel_tool_use": True}
    return {"tools": tools, **({"tool_choice": choice} if choice else {})}


def _choice(wanted: Any) -> dict[str, Any]:
    if isinstance(wanted, Mapping) and isinstance(wanted.get("function"), Mapping):
        return {"type": "tool", "name": wanted["function"].get("name", "")}
    names = {"auto": "auto", "none": "none", "required": "any"}
    return {"type": names[wanted]} if isinstance(wanted, str) and wanted in names else {}
