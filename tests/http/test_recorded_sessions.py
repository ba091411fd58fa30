"""Recorded byte streams of prompts through a session: a provider that resells a scripted server.

The public node's faults (see docs/compatibility.md) are written out here.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from node.core.http_client import HttpResponse
from node.core.units import UnixSeconds
from tests.http.model_market import ModelMarket, open_model_market
from tests.support.small_market import MODEL_NAME
from tests.support.vectors import load_vectors
from tests.unit.llm.model_server import Exchange

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
CASES = {item["name"]: item for item in load_vectors("sse")["cases"]}
REMOTE = {name for name in CASES if name.startswith("remote")}
DONE = "data: [DONE]\n\n"
SAME_BYTES = [
    "remote stream",
    "remote stream with usage-only last chunk",
    "remote non-stream",
    "remote stream, html characters",
]
NO_MARK, REFUSED = "remote stream, no done marker", "remote stream, upstream 401"
EXPIRED = "remote stream, session expired one hour ago"
FAILOVER = {"remote stream, failover", "remote non-stream, failover"}
"""Played with a provider that dies in `test_failover.py`: the two events are quoted there, so that
the public node's own window can read them, and a whole answer stays one JSON object.
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ModelMarket]:
    async with open_model_market(tmp_path_factory.mktemp("sessions")) as opened:
        yield opened


async def play(world: ModelMarket, name: str, session_id: str = "") -> HttpResponse:
    answer = CASES[name]["upstream_response"]

    async def upstream(exchange: Exchange) -> None:
        await exchange.send(answer["status"], answer["content_type"], answer["body"].encode())

    world.answer = upstream
    request = CASES[name]["request"]
    headers = {"content-type": "application/json", "session_id": session_id or world.session_id}
    return await world.client.post(
        "/v1/chat/completions", content=request["body"].encode(), headers=headers
    )


def asked_for(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CASES[name]["upstream_request_body"])
    return {"stream": False, **body, "model": MODEL_NAME}


async def test_every_recorded_session_is_played_somewhere() -> None:
    assert {*SAME_BYTES, NO_MARK, REFUSED, EXPIRED, *FAILOVER} == REMOTE


@pytest.mark.parametrize("name", SAME_BYTES)
async def test_the_same_bytes_as_two_public_nodes(world: ModelMarket, name: str) -> None:
    reply = await play(world, name)
    expected = CASES[name]["expect"]
    assert reply.status_code == expected["status"]
    assert reply.headers["content-type"] == expected["headers"]["Content-Type"]
    assert reply.content.decode() == expected["body"]
    assert {"stream": False, **world.asked.body} == asked_for(name)


async def test_the_end_mark_is_there_although_the_server_sent_none(world: ModelMarket) -> None:
    reply = await play(world, NO_MARK)
    assert reply.content.decode() == CASES[NO_MARK]["expect"]["body"] + DONE


async def test_the_model_servers_error_comes_through_encrypted(world: ModelMarket) -> None:
    reply = await play(world, REFUSED)
    expected = CASES[REFUSED]["expect"]
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/json")
    assert reply.json() == json.loads(expected["body"])


async def test_a_provider_that_streams_unasked_gives_one_object(world: ModelMarket) -> None:
    """The public node writes the pieces one after the other, which is no JSON."""
    reply = await play(world, "local non-stream, upstream answers with SSE")
    answer = reply.json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["content"] == "Hello"
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = {"completion_tokens": 1, "prompt_tokens": 5, "total_tokens": 6}
    assert (answer["usage_from_provider"], answer["usage_from_consumer"]) == (usage, usage)


async def test_an_ended_session_is_refused_before_anything_is_sent(world: ModelMarket) -> None:
    """The public node asks its provider, answers 500 and calls the error a stream of events."""
    target = await world.node.chat._targets.session(world.session_id)
    journal = target.stack.wallet.journal
    past = UnixSeconds(target.stack.chain.clock.unix_seconds() - 3600)
    await journal.save(replace(target.entry, ends_at=past))
    count = len(world.server.requests)
    try:
        reply = await world.client.post(
            "/v1/chat/completions",
            content=CASES[EXPIRED]["request"]["body"].encode(),
            headers={"content-type": "application/json", "session_id": world.session_id},
        )
    finally:
        await journal.save(target.entry)
    assert (reply.status_code, reply.json()["error"]) == (409, "session expired")
    assert reply.headers["content-type"].startswith("application/json")
    assert len(world.server.requests) == count
