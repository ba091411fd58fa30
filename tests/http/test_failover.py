"""A provider dies under a client: what programs of each kind and the window are told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import openai
import pytest

from node.service.dto import ChatEvent, ChatMessage, ChatRequest, ChatTarget, TextDelta, TurnNotice
from tests.http.api_market import ApiMarket, open_api_market

pytestmark = pytest.mark.chain
PROMPT = {"messages": [{"role": "user", "content": "Who is there?"}]}


@pytest.fixture
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiMarket]:
    async with open_api_market(tmp_path_factory.mktemp("failing")) as opened:
        yield opened


async def test_peers_get_two_json_strings_and_others_comments(market: ApiMarket) -> None:
    session_id = await market.open()
    await market.kill_provider_of(session_id)
    headers = {"session_id": session_id}
    reply = await market.client.post(
        "/v1/chat/completions", headers=headers, json={**PROMPT, "stream": True}
    )
    events = [line for line in reply.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in events), "no comments for Basic"
    values = [json.loads(line[6:]) for line in events[:-1]]
    assert values[0] == "provider failed, failover enabled"
    assert values[1].startswith("new session opened: 0x")
    new_session = values[1].partition(": ")[2]
    assert len(new_session) == 66
    assert new_session != session_id
    text = "".join(value["choices"][0]["delta"].get("content", "") for value in values[2:])
    assert text.endswith(" answers.")
    assert events[-1] == "data: [DONE]"

    await market.kill_provider_of(new_session)
    async with openai.AsyncOpenAI(
        base_url=f"{market.hosted.url}/v1", api_key=market.hosted.token, max_retries=0
    ) as client:
        stream = await client.chat.completions.create(
            model="Guide", messages=[{"role": "user", "content": "And now?"}], stream=True
        )
        words = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(words).endswith(" answers."), "an SDK sees nothing of it"


async def test_comments_say_who_failed_what_is_locked_and_who_answers(market: ApiMarket) -> None:
    session_id = await market.open()
    await market.kill_provider_of(session_id)
    async with httpx.AsyncClient(base_url=market.hosted.url, trust_env=False, timeout=60) as client:
        reply = await client.post(
            "/v1/chat/completions",
            headers={**market.bearer, "session_id": session_id},
            json={**PROMPT, "stream": True},
        )
    assert reply.headers["x-morpheus-session"] == session_id, "who was asked first"
    comments = [line[2:] for line in reply.text.split("\n\n") if line.startswith(": ")]
    assert "failed" in comments[0]
    assert "locks" in comments[1]
    assert "MOR" in comments[1]
    assert "answers now" in comments[2]
    assert comments[3].startswith("session 0x")
    data = [line[6:] for line in reply.text.split("\n\n") if line.startswith("data: ")]
    assert all(isinstance(json.loads(item), dict) for item in data[:-1])


async def test_a_whole_answer_stays_json_and_names_the_session(market: ApiMarket) -> None:
    session_id = await market.open()
    await market.kill_provider_of(session_id)
    reply = await market.client.post(
        "/v1/chat/completions", headers={"session_id": session_id}, json=PROMPT
    )
    assert reply.json()["choices"][0]["message"]["content"].endswith(" answers.")
    moved_to = reply.headers["x-morpheus-session"]
    assert moved_to != session_id
    again = await market.client.post(
        "/v1/chat/completions", headers={"session_id": session_id}, json=PROMPT
    )
    assert again.headers["x-morpheus-session"] == moved_to, "the old id leads to the new session"


async def test_without_consent_the_failure_is_told(market: ApiMarket) -> None:
    session_id = await market.open(failover=False)
    await market.kill_provider_of(session_id)
    reply = await market.client.post(
        "/v1/chat/completions", headers={"session_id": session_id}, json=PROMPT
    )
    assert reply.status_code == 502
    assert reply.json()["code"] == "provider.unreachable"


async def test_the_chat_shows_who_answers_and_what_it_locked(market: ApiMarket) -> None:
    session_id = await market.open()
    await market.kill_provider_of(session_id)
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session_id),
        messages=(ChatMessage(role="user", content="Who is there?"),),
    )

    async def turn() -> list[ChatEvent]:
        async with aclosing(market.hosted.thread.node.chat.send(request)) as events:
            return [event async for event in events]

    events = await asyncio.wrap_future(market.hosted.thread.submit(turn()))
    notices = [event for event in events if isinstance(event, TurnNotice)]
    assert [notice.kind for notice in notices] == ["failover"] * 3
    assert "MOR" in notices[1].text
    assert "answers now" in notices[2].text
    first_text = next(i for i, event in enumerate(events) if isinstance(event, TextDelta))
    assert events.index(notices[-1]) < first_text
