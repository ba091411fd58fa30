"""Byte streams of `/v1/chat/completions` against the recorded ones, with a scripted model server.

Where the public node is at fault (see docs/compatibility.md) the expectation is written out here.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.core.http_client import HttpClient, HttpResponse, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from tests.support.vectors import load_vectors
from tests.unit.llm.model_server import Exchange, ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
CASES = {item["name"]: item for item in load_vectors("sse")["cases"]}
MODEL_ID = "0x" + "11" * 32
DONE = "data: [DONE]\n\n"


@dataclass
class Upstream:
    """The model server's next answer, and what it was asked."""

    server: ModelServer
    client: HttpClient
    token: str
    answer: dict[str, Any]

    async def play(self, case: dict[str, Any]) -> HttpResponse:
        self.answer = case["upstream_response"]
        headers = {name: str(value) for name, value in case["request"]["headers"].items()}
        body = case["request"]["body"].encode()
        return await self.client.post("/v1/chat/completions", content=body, headers=headers)

    async def respond(self, exchange: Exchange) -> None:
        body = self.answer["body"].encode()
        await exchange.send(self.answer["status"], self.answer["content_type"], body)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def upstream(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Upstream]:
    """A node without a network and with one configured model, as the recordings had it."""
    home = tmp_path_factory.mktemp("recorded")
    holder: list[Upstream] = []
    async with ModelServer(lambda exchange: holder[0].respond(exchange)) as server:
        config = home / "models-config.json"
        _write_config(config, server.url)
        settings = load_settings(
            file=None,
            environment={"WEB_ADDRESS": "127.0.0.1:0", "MODELS_CONFIG_PATH": str(config)},
        )
        options = NodeOptions(dirs=AppDirs.under(home), settings=settings)
        async with (
            open_hosted_node(options) as node,
            open_http_client(base_url=node.api.url) as client,
        ):
            client.auth = ("admin", node.api.token)
            holder.append(Upstream(server=server, client=client, token=node.api.token, answer={}))
            yield holder[0]


def _write_config(path: Path, url: str) -> None:
    model = {
        "modelId": MODEL_ID,
        "modelName": "m1",
        "apiType": "openai",
        "apiUrl": f"{url}/v1/chat/completions",
    }
    path.write_text(json.dumps({"models": [model]}))


SAME_BYTES = [
    "local stream",
    "local stream with usage-only last chunk",
    "local stream, html characters",
    "local stream, upstream comments and event lines",
    "local non-stream",
    "local stream, upstream answers with JSON",
]


@pytest.mark.parametrize("name", SAME_BYTES)
async def test_the_same_bytes_as_the_public_node(upstream: Upstream, name: str) -> None:
    case = CASES[name]
    reply = await upstream.play(case)
    expected = case["expect"]
    assert reply.status_code == expected["status"]
    assert reply.headers["content-type"] == expected["headers"]["Content-Type"]
    assert reply.content.decode() == expected["body"]
    asked = {"stream": False, **json.loads(case["upstream_request_body"])}
    assert {"stream": False, **upstream.server.requests[-1].body} == asked


async def test_the_end_mark_is_there_although_the_server_sent_none(upstream: Upstream) -> None:
    """The answer is complete by its finish reason; clients wait for the mark."""
    case = CASES["local stream, upstream sends no done marker"]
    reply = await upstream.play(case)
    assert reply.content.decode() == case["expect"]["body"] + DONE


async def test_the_text_of_the_mark_inside_an_answer_ends_nothing(upstream: Upstream) -> None:
    case = CASES["local stream, content contains the done marker"]
    reply = await upstream.play(case)
    sent = case["upstream_response"]["body"].count("data:")
    assert reply.content.count(b"data: ") == sent
    assert reply.content.endswith(DONE.encode())


async def test_lines_of_any_length_pass(upstream: Upstream) -> None:
    """The public node stops at 64 KiB."""
    case = CASES["local stream"]
    body = case["upstream_response"]["body"].replace("Hel", "x" * 70_000)
    reply = await upstream.play(
        {**case, "upstream_response": {**case["upstream_response"], "body": body}}
    )
    assert reply.content.decode() == case["expect"]["body"].replace("Hel", "x" * 70_000)


async def test_a_stream_for_a_plain_request_becomes_one_object(upstream: Upstream) -> None:
    reply = await upstream.play(CASES["local non-stream, upstream answers with SSE"])
    answer = reply.json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["content"] == "Hello"
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    "name", ["local stream, upstream 401 JSON error", "local non-stream, upstream 502 text error"]
)
async def test_errors_of_the_model_server(upstream: Upstream, name: str) -> None:
    case = CASES[name]
    reply = await upstream.play(case)
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == json.loads(case["expect"]["body"])


@pytest.mark.parametrize(
    ("name", "status"),
    [("local, unknown model_id", 404), ("bad model_id header", 400), ("bad JSON body", 400)],
)
async def test_refusals_say_the_same_with_a_status_of_their_own(
    upstream: Upstream, name: str, status: int
) -> None:
    case = CASES[name]
    headers = {key: str(value) for key, value in case["request"]["headers"].items()}
    reply = await upstream.client.post(
        "/v1/chat/completions", content=case["request"]["body"].encode(), headers=headers
    )
    expected = case["expect"]
    assert reply.status_code == status
    assert reply.headers["content-type"] == expected["headers"]["Content-Type"]
    assert reply.json()["error"] == json.loads(expected["body"])["error"]


async def test_every_recorded_stream_is_played_somewhere() -> None:
    """Those of sessions in `test_recorded_sessions.py`."""
    played = {
        *SAME_BYTES,
        "local stream, upstream sends no done marker",
        "local stream, content contains the done marker",
        "local stream, upstream line above 64 KiB",
        "local non-stream, upstream answers with SSE",
        "local stream, upstream 401 JSON error",
        "local non-stream, upstream 502 text error",
        "local, unknown model_id",
        "bad model_id header",
        "bad JSON body",
    }
    assert {name for name in CASES if not name.startswith("remote")} == played


async def test_bearer_clients_get_the_same_error_as_openai_writes_it(upstream: Upstream) -> None:
    upstream.answer = CASES["local stream, upstream 401 JSON error"]["upstream_response"]
    reply = await upstream.client.post(
        "/v1/chat/completions",
        json={"model": "m1", "messages": [{"role": "user", "content": "hi"}]},
        headers={"authorization": f"Bearer {upstream.token}"},
        auth=None,
    )
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "invalid_api_key"


async def test_a_server_that_breaks_off_is_told_inside_the_stream(upstream: Upstream) -> None:
    case = CASES["local stream"]
    whole = case["upstream_response"]["body"]
    cut = {
        **case,
        "upstream_response": {**case["upstream_response"], "body": whole.split("\n\n")[0] + "\n\n"},
    }
    reply = await upstream.play(cut)
    last = reply.content.decode().split("\n\n")[-2]
    assert reply.status_code == 200
    assert json.loads(last.removeprefix("data: "))["code"] == "backend.unavailable"
    assert DONE not in reply.content.decode()


async def test_local_models_are_listed_in_both_shapes(upstream: Upstream) -> None:
    (model,) = (await upstream.client.get("/v1/models")).json()
    assert (model["Id"], model["Name"], model["ApiType"]) == (MODEL_ID, "m1", "openai")
    assert model["ApiUrl"] == upstream.server.url, "the path could hold a key"
    listed = (await upstream.client.get("/v1/models?format=openai")).json()
    assert [item["id"] for item in listed["data"]] == ["m1"]


async def test_without_a_network_chain_routes_say_so(upstream: Upstream) -> None:
    reply = await upstream.client.get("/blockchain/balance")
    assert (reply.status_code, reply.json()["code"]) == (409, "node.no_network")
    config = await upstream.client.get("/config")
    assert (config.status_code, config.json()["error"]) == (500, "wallet not set")
