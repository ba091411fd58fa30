"""Chats that a client names: kept, remembered, renamed, deleted."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from tests.http.test_recorded_shapes import RECORDED, differences
from tests.unit.llm.model_server import DONE_LINE, Exchange, ModelServer, chunk_line, last_line

CHAT = "0x" + "ab" * 32
MODEL = "0x" + "11" * 32


async def answer(exchange: Exchange) -> None:
    """Says how many messages it got; breaks off when it is told to."""
    count = f"{len(exchange.body['messages'])} messages"
    if "break" in str(exchange.body["messages"][-1]):
        await exchange.stream(chunk_line("half"))
        return
    if exchange.body.get("stream"):
        await exchange.stream(chunk_line(count), last_line(), DONE_LINE)
        return
    message = {"role": "assistant", "content": count}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = json.dumps({"object": "chat.completion", "choices": [choice]})
    await exchange.send(200, "application/json", body.encode())


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(answer) as made:
        yield made


@pytest.fixture
async def client(
    tmp_path: Path, server: ModelServer, request: pytest.FixtureRequest
) -> AsyncIterator[HttpClient]:
    config = tmp_path / "models.json"
    _write(config, server.url)
    environment = {"WEB_ADDRESS": "127.0.0.1:0", "MODELS_CONFIG_PATH": str(config)}
    environment |= getattr(request, "param", {})
    settings = load_settings(file=None, environment=environment)
    options = NodeOptions(dirs=AppDirs.under(tmp_path), settings=settings)
    async with (
        open_hosted_node(options) as node,
        open_http_client(base_url=node.api.url) as made,
    ):
        made.auth = ("admin", node.api.token)
        yield made


def _write(path: Path, url: str) -> None:
    model = {"modelId": MODEL, "modelName": "m", "apiType": "openai", "apiUrl": url}
    path.write_text(json.dumps({"models": [model]}))


async def ask(client: HttpClient, text: Any, *, chat: str = CHAT, stream: bool = False) -> str:
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": text}]}
    headers = {"chat_id": chat} if chat else {}
    reply = await client.post("/v1/chat/completions", json=body, headers=headers)
    assert reply.status_code == 200
    return reply.text


async def history(client: HttpClient, chat: str = CHAT) -> list[tuple[str, str]]:
    found = (await client.get(f"/v1/chats/{chat}")).json()["messages"]
    return [(item["prompt"]["messages"][0]["content"], item["response"]) for item in found]


async def test_turns_of_a_chat_are_kept_and_sent_again(
    client: HttpClient, server: ModelServer
) -> None:
    assert "1 messages" in await ask(client, "first", stream=True)
    assert "3 messages" in await ask(client, "second")
    assert await history(client) == [("first", "1 messages"), ("second", "3 messages")]
    sent = server.requests[-1].body["messages"]
    assert [item["content"] for item in sent] == ["first", "1 messages", "second"]
    assert [item["role"] for item in sent] == ["user", "assistant", "user"]


async def test_the_shapes_are_the_recorded_ones(client: HttpClient) -> None:
    await ask(client, "first question")
    listed = (await client.get("/v1/chats")).json()
    recorded = json.loads(RECORDED["GET", "/v1/chats", "consumer"]["body"])
    assert differences(recorded, listed) == []
    assert (listed[0]["chatId"], listed[0]["modelId"]) == (CHAT, MODEL)
    assert listed[0]["isLocal"] is True
    path = f"/v1/chats/{CHAT}"
    one = (await client.get(path)).json()
    expected = json.loads(RECORDED["GET", path, "consumer"]["body"])
    for message in expected["messages"]:
        message["prompt"] = {"messages": message["prompt"]["messages"]}
    assert differences(expected, one) == []


async def test_a_chat_is_found_in_each_spelling_of_its_id(client: HttpClient) -> None:
    await ask(client, "hi", chat="AB" * 32)
    assert await history(client, "ab" * 32) == await history(client)
    assert (await client.post(f"/v1/chats/{CHAT[2:]}", json={"title": "New"})).json() == {
        "result": True
    }
    assert (await client.get("/v1/chats")).json()[0]["title"] == "New"
    assert (await client.delete(f"/v1/chats/{CHAT}")).json() == {"result": True}
    gone = await client.get(f"/v1/chats/{CHAT}")
    assert (gone.status_code, gone.json()["code"]) == (404, "chat.not_found")


async def test_a_client_that_sends_the_whole_talk_is_believed(
    client: HttpClient, server: ModelServer
) -> None:
    await ask(client, "first")
    whole = [{"role": "user", "content": "other"}, {"role": "user", "content": "talk"}]
    body = {"model": "m", "messages": whole}
    await client.post("/v1/chat/completions", json=body, headers={"chat_id": CHAT})
    assert server.requests[-1].body["messages"] == whole


async def test_an_answer_that_breaks_off_is_kept_as_far_as_it_came(client: HttpClient) -> None:
    await ask(client, "please break", stream=True)
    assert await history(client) == [("please break", "half")]


async def test_text_parts_are_kept_as_text(client: HttpClient) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    await ask(client, [{"type": "text", "text": "look"}, image, {"type": "text", "text": "here"}])
    assert (await history(client))[0][0] == "look\nhere"


async def test_requests_without_a_chat_are_not_kept(client: HttpClient) -> None:
    await ask(client, "quick", chat="")
    assert (await client.get("/v1/chats")).json() == []


@pytest.mark.parametrize("client", [{"PROXY_STORE_CHAT_CONTEXT": "false"}], indirect=True)
async def test_nothing_is_kept_against_the_users_wish(client: HttpClient) -> None:
    assert "1 messages" in await ask(client, "first")
    assert "1 messages" in await ask(client, "second")
    assert (await client.get("/v1/chats")).json() == []
