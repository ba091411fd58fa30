from typing import Any

import pytest

from node.core.errors import BackendRefusedError
from node.llm.llama.requests import engine_request

_MESSAGES = [{"role": "user", "content": "Hi"}]


def _request(**fields: Any) -> dict[str, Any]:
    return engine_request({"messages": _MESSAGES, **fields})


def test_the_engine_always_streams_and_reports_progress() -> None:
    for stream in (True, False, None):
        request = _request(stream=stream)
        assert request["stream"] is True
        assert request["return_progress"] is True
    assert _request(stream=False)["stream_options"] == {"include_usage": True}
    assert "stream_options" not in _request(stream=True)


def test_known_fields_pass_and_others_are_left_out() -> None:
    request = _request(
        stream=True,
        temperature=0,
        max_tokens=10,
        seed=None,
        stop="END",
        user="me",
        n_discard=-1,
        id_slot=0,
        n=1,
        model="x",
    )
    assert request == {
        "messages": _MESSAGES,
        "stream": True,
        "return_progress": True,
        "temperature": 0,
        "max_tokens": 10,
        "stop": ["END"],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -1),
        ("temperature", "hot"),
        ("temperature", float("nan")),
        ("temperature", True),
        ("max_tokens", 0),
        ("max_tokens", -1),
        ("max_tokens", 1.5),
        ("top_k", -5),
        ("seed", 1 << 40),
        ("stop", ["x"] * 17),
        ("stop", [1]),
        ("stop", "x" * 300),
        ("n", 2),
        ("logprobs", 1),
        ("tools", {}),
        ("response_format", "json"),
        ("grammar", "x" * 70_000),
        ("tool_choice", 3),
        ("messages", []),
        ("messages", None),
        ("messages", "Hi"),
        ("messages", [{"content": "no role"}]),
        ("messages", [{"role": "user", "content": ["text"]}]),
    ],
)
def test_values_out_of_range_are_refused(field: str, value: Any) -> None:
    with pytest.raises(BackendRefusedError) as caught:
        _request(**{field: value})
    assert caught.value.status == 400
    assert caught.value.body["error"]["param"] == field
    assert caught.value.body["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}},
        {"type": "image_url", "image_url": "file:///etc/passwd"},
        {"type": "video_url", "video_url": {"url": "https://example.org/v"}},
    ],
)
def test_the_engine_fetches_nothing_for_strangers(part: dict[str, Any]) -> None:
    with pytest.raises(BackendRefusedError, match="inside the message"):
        _request(messages=[{"role": "user", "content": [part]}])


def test_inline_pictures_pass() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [{"role": "user", "content": [part]}]
    assert _request(messages=messages)["messages"] == messages
