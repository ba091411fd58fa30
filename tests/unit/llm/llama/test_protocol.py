from typing import Any

import orjson
import pytest

from node.core.errors import EngineError
from node.llm.llama.options import EngineOptions
from node.llm.llama.protocol import (
    Event,
    Failed,
    LoadSpec,
    Ready,
    Stage,
    decode_event,
    decode_spec,
    decode_stop,
    encode_event,
    encode_spec,
    encode_stop,
)

_SPEC = LoadSpec(
    engine="xllamacpp",
    model="/models/ü \n.gguf",
    alias="Model",
    key="00" * 32,
    socket="/run/x.sock",
    parent_pid=7,
    rss_mb=900,
    options=EngineOptions(slots=3),
)


def test_start_message_round_trip_on_one_line() -> None:
    line = encode_spec(_SPEC)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert decode_spec(line) == _SPEC
    assert orjson.loads(line)["listen"] == "unix"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"extra": 1},
        {"engine": "other"},
        {"listen": "tcp"},
        {"limits": {"rss_mb": 1, "more": 2}},
        {"limits": {}},
        {"options": {"unknown": 1}},
        {"options": None},
    ],
)
def test_start_messages_of_another_form_are_refused(change: dict[str, Any]) -> None:
    values = {**orjson.loads(encode_spec(_SPEC)), **change}
    with pytest.raises(EngineError):
        decode_spec(orjson.dumps(values))


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"not json", b'{"v": 1}'])
def test_nonsense_is_refused(line: bytes) -> None:
    for decode in (decode_spec, decode_event, decode_stop):
        with pytest.raises(EngineError) as caught:
            decode(line)
        assert caught.value.code == "engine.protocol"


@pytest.mark.parametrize(
    "event",
    [
        Stage(stage="load", seconds=1.5),
        Ready(url="unix:///x", pid=3, slot_context=512, slots=2, build="b1"),
        Failed(code="engine.failed", detail="line\nline"),
    ],
)
def test_events_round_trip(event: Event) -> None:
    line = encode_event(event)
    assert line.count(b"\n") == 1
    assert decode_event(line) == event


def test_stop_command() -> None:
    assert decode_stop(encode_stop(2.5)) == 2.5
