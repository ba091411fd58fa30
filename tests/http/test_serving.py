"""The life of the server: starting, clients that leave, stopping with work under way."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from node.core.errors import AddressInUseError, ConfigError
from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from node.service.runtime_file import read_runtime
from tests.unit.llm.model_server import Exchange, ModelServer

CHUNK = (
    b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
)


async def unfinished(exchange: Exchange) -> None:
    """Send one piece of an answer that never ends; the server goes on reading and so notices when
    the client leaves.
    """
    exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + CHUNK)
    await exchange.writer.drain()


@pytest.fixture
async def upstream() -> AsyncIterator[ModelServer]:
    async with ModelServer(unfinished) as server:
        yield server


def options(home: Path, upstream: ModelServer | None = None, **environment: str) -> NodeOptions:
    if upstream is not None:
        config = home / "models.json"
        model = {
            "modelId": "0x" + "11" * 32,
            "modelName": "m",
            "apiType": "openai",
            "apiUrl": upstream.url,
        }
        config.write_text(json.dumps({"models": [model]}))
        environment["MODELS_CONFIG_PATH"] = str(config)
    environment = {"WEB_ADDRESS": "127.0.0.1:0", **environment}
    settings = load_settings(file=None, environment=environment)
    return NodeOptions(dirs=AppDirs.under(home), settings=settings)


def client_of(node: LocalNode) -> HttpClient:
    headers = {"authorization": f"Bearer {node.api.token}"}
    return open_http_client(base_url=node.api.url, headers=headers)


PROMPT = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "hi"}]}


async def test_a_client_that_leaves_cancels_the_work(tmp_path: Path, upstream: ModelServer) -> None:
    async with open_hosted_node(options(tmp_path, upstream)) as node, client_of(node) as client:
        async with client.stream("POST", "/v1/chat/completions", json=PROMPT) as reply:
            async for _ in reply.aiter_bytes():
                break
        async with asyncio.timeout(5):
            await upstream.client_left.wait()


async def test_a_plain_request_that_is_given_up_cancels_the_work(
    tmp_path: Path, upstream: ModelServer
) -> None:
    plain = {**PROMPT, "stream": False}
    async with open_hosted_node(options(tmp_path, upstream)) as node:
        async with client_of(node) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await client.post("/v1/chat/completions", json=plain)
        async with asyncio.timeout(5):
            await upstream.client_left.wait()


async def test_stopping_with_streams_under_way_takes_less_than_five_seconds(
    tmp_path: Path, upstream: ModelServer
) -> None:
    loop = asyncio.get_running_loop()
    begun, received = asyncio.Event(), bytearray()

    async def listen(client: HttpClient) -> None:
        async with client.stream("POST", "/v1/chat/completions", json=PROMPT) as reply:
            async for piece in reply.aiter_bytes():
                received.extend(piece)
                begun.set()

    async with asyncio.TaskGroup() as tasks:
        async with open_hosted_node(options(tmp_path, upstream)) as node:
            client = client_of(node)
            tasks.create_task(listen(client))
            await begun.wait()
            url, dirs = node.api.url, node.dirs
            started = loop.time()
        assert loop.time() - started < 5
    await client.aclose()
    assert b'"code":"node.stopped"' in received.split(b"\n\n")[-2]
    assert node.api.url == node.api.token == ""
    assert not dirs.runtime_file.exists()
    parts = urlsplit(url)
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await asyncio.open_connection(parts.hostname, parts.port)


async def test_a_fixed_port_that_is_taken_leaves_nothing_open(tmp_path: Path) -> None:
    async with open_hosted_node(options(tmp_path / "first")) as first:
        taken = {"WEB_ADDRESS": urlsplit(first.api.url).netloc}
        with pytest.raises(AddressInUseError):
            async with open_hosted_node(options(tmp_path / "second", **taken), fixed_port=True):
                pytest.fail("the port was free")
        async with open_hosted_node(options(tmp_path / "second", **taken)) as second:
            assert second.api.url != first.api.url
            runtime = read_runtime(second.dirs)
            assert runtime is not None
            assert runtime.url == second.api.url


async def test_a_restart_keeps_the_credentials(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        async with open_hosted_node(options(tmp_path)) as node:
            tokens.append(node.api.token)
    assert tokens[0] == tokens[1]


async def test_given_cookie_content_and_place_are_used(tmp_path: Path) -> None:
    place = tmp_path / "else" / ".cookie"
    given = {"COOKIE_CONTENT": "operator:a password", "COOKIE_FILE_PATH": str(place)}
    async with (
        open_hosted_node(options(tmp_path, **given)) as node,
        open_http_client(base_url=node.api.url) as client,
    ):
        reply = await client.get("/v1/models", auth=("operator", "a password"))
        assert reply.status_code == 200
        assert (await client.get("/auth/cookie/path")).json() == {"path": str(place)}
    with pytest.raises(ConfigError):
        async with open_hosted_node(options(tmp_path / "x", COOKIE_CONTENT="nocolon")):
            pytest.fail("the content has no colon")


async def test_a_node_bound_wide_still_asks_for_credentials(tmp_path: Path) -> None:
    wide = options(tmp_path, WEB_ADDRESS="0.0.0.0:0")
    async with open_hosted_node(wide) as node, client_of(node) as client:
        assert node.api.url.startswith("http://127.0.0.1:")
        named = {"host": "node.example:9000"}
        assert (await client.get("/v1/models", headers=named)).status_code == 200
        assert (
            await client.get("/v1/models", headers={**named, "authorization": ""})
        ).status_code == 401
        foreign = {**named, "origin": "https://evil.example"}
        assert (await client.get("/v1/models", headers=foreign)).status_code == 403


async def test_guessing_is_slowed_down_but_the_right_token_passes(tmp_path: Path) -> None:
    async with open_hosted_node(options(tmp_path)) as node, client_of(node) as client:
        wrong = {"authorization": "Bearer guess"}
        statuses = [(await client.get("/v1/models", headers=wrong)).status_code for _ in range(21)]
        assert statuses == [401] * 20 + [429]
        assert (await client.get("/v1/models")).status_code == 200


async def test_requests_under_way_do_not_wait_for_each_other(
    tmp_path: Path, upstream: ModelServer
) -> None:
    async with (
        open_hosted_node(options(tmp_path, upstream)) as node,
        client_of(node) as client,
        client.stream("POST", "/v1/chat/completions", json=PROMPT) as reply,
    ):
        assert await anext(reply.aiter_bytes())
        async with asyncio.timeout(2):
            assert (await client.get("/healthcheck")).status_code == 200
