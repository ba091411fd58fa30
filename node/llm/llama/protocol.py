"""Start protocol between the node and its model worker: JSON lines over the worker's pipes.

The node writes one start line to the worker's stdin and then keeps the pipe open; its end means
"stop at once". The worker answers with event lines on stdout. Nothing travels by argv.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from node.core.errors import EngineError
from node.llm.llama.options import EngineOptions

VERSION = 1
MAX_LINE_BYTES = 1024 * 1024
FAILED_EXIT = 3
ENGINES = ("xllamacpp", "llama-cpp-python")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpec:
    """What a worker shall serve. `socket` is a path for a unix socket, empty for loopback TCP.

    `rss_mb` is the memory the worker may use before it stops itself; 0 means no limit.
    """

    engine: str
    model: str
    alias: str
    key: str
    socket: str
    parent_pid: int
    rss_mb: int
    options: EngineOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`stage` is import, load or warmup; `seconds` since the worker began."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    url: str
    pid: int
    slot_context: int
    slots: int
    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    code: str
    detail: str


Event = Stage | Ready | Failed


def encode_spec(spec: LoadSpec) -> bytes:
    return _line(
        {
            "v": VERSION,
            "engine": spec.engine,
            "model": spec.model,
            "alias": spec.alias,
            "key": spec.key,
            "listen": "unix" if spec.socket else "tcp",
            "socket": spec.socket,
            "parent_pid": spec.parent_pid,
            "options": spec.options.to_json(),
            "limits": {"rss_mb": spec.rss_mb},
        }
    )


def decode_spec(line: bytes) -> LoadSpec:
    """Raises EngineError (`engine.protocol`, `engine.bad_option`) for anything unexpected."""
    values = _object(line)
    try:
        version, listen = values.pop("v"), values.pop("listen")
        options, limits = values.pop("options"), values.pop("limits")
        spec = LoadSpec(
            options=EngineOptions.from_json(options), rss_mb=limits.pop("rss_mb"), **values
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise _protocol_error("The start message is not valid.") from error
    if version != VERSION or limits or spec.engine not in ENGINES:
        raise _protocol_error("The start message is of another version.")
    if (listen == "unix") != bool(spec.socket):
        raise _protocol_error("The start message contradicts itself.")
    return spec


def encode_stop(grace_s: float) -> bytes:
    return _line({"cmd": "stop", "grace_s": grace_s})


def decode_stop(line: bytes) -> float:
    """Seconds of grace of a stop command."""
    values = _object(line)
    if values.get("cmd") != "stop" or not isinstance(values.get("grace_s"), int | float):
        raise _protocol_error("The command is not known.")
    return float(values["grace_s"])


def encode_event(event: Event) -> bytes:
    match event:
        case Stage():
            return _line({"event": "stage", "stage": event.stage, "t": round(event.seconds, 3)})
        case Ready():
            return _line(
                {
                    "event": "ready",
                    "url": event.url,
                    "pid": event.pid,
                    "n_ctx_slot": event.slot_context,
                    "slots": event.slots,
                    "build": event.build,
                }
            )
        case Failed():
            return _line({"event": "failed", "code": event.code, "detail": event.detail})


def decode_event(line: bytes) -> Event:
    values = _object(line)
    try:
        match values.pop("event"):
            case "stage":
                return Stage(stage=str(values["stage"]), seconds=float(values["t"]))
            case "ready":
                return Ready(
                    url=str(values["url"]),
                    pid=int(values["pid"]),
                    slot_context=int(values["n_ctx_slot"]),
                    slots=int(values["slots"]),
                    build=str(values["build"]),
                )
            case "failed":
                return Failed(code=str(values["code"]), detail=str(values["detail"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _protocol_error("The worker sent an event that is not valid.") from error
    raise _protocol_error("The worker sent an event that is not known.")


def _line(values: Mapping[str, Any]) -> bytes:
    return orjson.dumps(values) + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _protocol_error("A message is no valid JSON.") from error
    if not isinstance(values, dict):
        raise _protocol_error("A message is no JSON object.")
    return values


def _protocol_error(message: str) -> EngineError:
    return EngineError(message, code="engine.protocol")
