"""What a chat request may ask of the engine: fields by allow-list, numbers by range.

The engine's server trusts its clients (a negative `n_discard` once wrote outside its memory), and
on the provider's side these requests come from strangers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from node.core.errors import BackendRefusedError

_MAX_STOPS = 16
_MAX_STOP_LENGTH = 256
_MAX_TOKENS = 1_000_000
_MAX_GRAMMAR = 65_536

_NUMBERS: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 10),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "typical_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "repeat_penalty": (0, 4),
}
_INTEGERS: Mapping[str, tuple[int, int]] = {
    "max_tokens": (1, _MAX_TOKENS),
    "max_completion_tokens": (1, _MAX_TOKENS),
    "top_k": (0, 100_000),
    "seed": (-1, 2**32 - 1),
    "top_logprobs": (0, 20),
}
_SWITCHES = ("logprobs", "ignore_eos", "parallel_tool_calls", "return_progress", "cache_prompt")
_OBJECTS = ("response_format", "stream_options", "chat_template_kwargs", "logit_bias")
_LISTS = ("tools",)


def engine_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request for the engine: known fields of `body`, checked, always as a stream.

    Unknown fields (`user`, `metadata`, `store`, ...) are left out, explicit nulls too.

    Raises:
        BackendRefusedError: status 400 with an OpenAI-shaped body.
    """
    request: dict[str, Any] = {"messages": _messages(body.get("messages"))}
    for name, value in body.items():
        check = _CHECKS.get(name)
        if check is not None and value is not None:
            request[name] = check(name, value)
    if body.get("n") not in (None, 1):
        raise refused("n", "only one answer per request is possible")
    # The engine notices a client that left only while it streams, and during the prompt only when
    # it reports progress.
    request["stream"] = True
    request["return_progress"] = True
    if not body.get("stream"):
        request["stream_options"] = {"include_usage": True}
    return request


def refused(field: str, reason: str) -> BackendRefusedError:
    message = f"Invalid request: “{field}”: {reason}."
    error = {"message": message, "type": "invalid_request_error", "param": field, "code": 400}
    return BackendRefusedError(message, status=400, body={"error": error})


def _messages(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise refused("messages", "a list of at least one message is needed")
    for message in value:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise refused("messages", "each message is an object with a role")
        for part in _parts(message.get("content")):
            _check_image(part)
    return value


def _parts(content: Any) -> list[Any]:
    return content if isinstance(content, list) else []


def _check_image(part: Any) -> None:
    """The engine would fetch any address (or file) that a stranger names; only inline data pass."""
    if not isinstance(part, dict):
        raise refused("messages", "each part of a content is an object")
    for key in ("image_url", "input_audio", "video_url"):
        link = part.get(key)
        address = link.get("url") if isinstance(link, dict) else link
        if isinstance(address, str) and not address.startswith("data:"):
            raise refused("messages", "pictures and sounds must be sent inside the message")


def _number(name: str, value: Any) -> float:
    low, high = _NUMBERS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise refused(name, f"a number from {low:g} to {high:g} is needed")
    return value


def _integer(name: str, value: Any) -> int:
    low, high = _INTEGERS[name]
    if type(value) is not int or not low <= value <= high:
        raise refused(name, f"a whole number from {low} to {high} is needed")
    return value


def _switch(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise refused(name, "true or false is needed")
    return value


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise refused(name, "an object is needed")
    return value


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise refused(name, "a list is needed")
    return value


def _stop(name: str, value: Any) -> list[str]:
    stops = [value] if isinstance(value, str) else value
    if (
        not isinstance(stops, list)
        or len(stops) > _MAX_STOPS
        or any(not isinstance(item, str) or len(item) > _MAX_STOP_LENGTH for item in stops)
    ):
        raise refused(name, f"at most {_MAX_STOPS} texts of {_MAX_STOP_LENGTH} characters")
    return [item for item in stops if item]


def _grammar(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MAX_GRAMMAR:
        raise refused(name, "a text of at most 64 KiB is needed")
    return value


def _tool_choice(name: str, value: Any) -> Any:
    if not isinstance(value, str | dict):
        raise refused(name, "a text or an object is needed")
    return value


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_INTEGERS, _integer),
    **dict.fromkeys(_SWITCHES, _switch),
    **dict.fromkeys(_OBJECTS, _object),
    **dict.fromkeys(_LISTS, _list),
    "stop": _stop,
    "grammar": _grammar,
    "tool_choice": _tool_choice,
}
