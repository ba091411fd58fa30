"""T-B6: bodies and parameters of any kind; an answer every time, and never a fault of ours."""

import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.http.conftest import Hosted

EXPECTED_FAILURES = {501, 502, 503, 504}
BOUNDED = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
WRITES = [
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/chats/x",
    "/blockchain/providers",
    "/blockchain/models",
    "/blockchain/bids",
    "/blockchain/send/eth",
    "/blockchain/send/mor",
    f"/blockchain/models/0x{'1' * 64}/session",
    f"/blockchain/bids/0x{'1' * 64}/session",
    f"/blockchain/sessions/0x{'1' * 64}/close",
    "/proxy/provider/ping",
    "/wallet/privateKey",
    "/wallet/mnemonic",
    "/node/chat/complete",
    "/node/sessions/quote",
    "/node/wallet/draft_send",
    "/node/system/set_settings",
]
NAMES = [
    "model",
    "messages",
    "stream",
    "input",
    "title",
    "stake",
    "endpoint",
    "tags",
    "name",
    "modelID",
    "pricePerSecond",
    "to",
    "amount",
    "sessionDuration",
    "providerAddr",
    "privateKey",
    "mnemonic",
    "request",
    "body",
    "values",
    "asset",
    "model_id",
    "duration_s",
]
texts = st.text(max_size=12) | st.sampled_from(["0x" + "1" * 64, "0x" + "2" * 40, "1", "nobody"])
numbers = st.integers(-(2**270), 2**270) | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "role", "content"]), inner, max_size=4)
    ),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(NAMES), values, max_size=5) | values
queries = st.dictionaries(
    st.sampled_from(["offset", "limit", "order", "user", "provider", "spender", "format"]),
    st.text(max_size=8) | st.integers().map(str),
    max_size=3,
)


def ask(hosted: Hosted, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    parts = urlsplit(hosted.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"authorization": f"Bearer {hosted.token}", "content-type": "application/json"}
    try:
        connection.request(method, path, body=body, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def check(status: int, content: bytes) -> None:
    assert status < 500 or status in EXPECTED_FAILURES, content
    if status >= 400 and status != 404:
        assert "error" in json.loads(content) or "providerModelError" in json.loads(content)


@BOUNDED
@given(path=st.sampled_from(WRITES), body=bodies)
def test_json_of_any_kind(hosted: Hosted, path: str, body: Any) -> None:
    check(*ask(hosted, "POST", path, json.dumps(body).encode()))


@BOUNDED
@given(path=st.sampled_from(WRITES), body=st.binary(max_size=40))
def test_bytes_of_any_kind(hosted: Hosted, path: str, body: bytes) -> None:
    check(*ask(hosted, "POST", path, body))


@BOUNDED
@given(
    path=st.sampled_from(
        [
            "/blockchain/models",
            "/blockchain/providers",
            "/blockchain/sessions/user",
            "/blockchain/sessions/user/ids",
            "/blockchain/sessions/provider",
            "/blockchain/allowance",
            f"/blockchain/models/0x{'1' * 64}/bids",
            f"/blockchain/providers/0x{'1' * 40}/bids",
            "/v1/models",
        ]
    ),
    query=queries,
)
def test_parameters_of_any_kind(hosted: Hosted, path: str, query: dict[str, str]) -> None:
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    check(*ask(hosted, "GET", f"{path}?{text}"))


@BOUNDED
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD"]),
    path=st.text(max_size=20).map(lambda text: "/" + quote(text, safe="/")),
)
def test_paths_of_any_kind(hosted: Hosted, method: str, path: str) -> None:
    status, _ = ask(hosted, method, path)
    assert status < 500


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
def test_deep_nesting_is_refused(hosted: Hosted, depth: int) -> None:
    for path in ("/v1/chat/completions", "/blockchain/send/mor", "/node/chat/complete"):
        body = b'{"messages":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
        for deep in (b"[" * depth + b"]" * depth, body):
            assert ask(hosted, "POST", path, deep)[0] == 400
