"""The unmodified `openai` package against a session of the demo."""

import asyncio
from collections.abc import AsyncIterator

import openai
import pytest

from tests.http.conftest import Hosted

QUESTION = [{"role": "user", "content": "What is a session?"}]


@pytest.fixture
async def client(hosted: Hosted, guide_session: str) -> AsyncIterator[openai.AsyncOpenAI]:
    assert guide_session
    async with openai.AsyncOpenAI(
        base_url=f"{hosted.url}/v1", api_key=hosted.token, max_retries=0
    ) as made:
        yield made


async def test_a_stream_by_model_name(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="Guide", messages=QUESTION, stream=True)
    words, reasons = [], []
    async for chunk in stream:
        for choice in chunk.choices:
            words.append(choice.delta.content or "")
            reasons.append(choice.finish_reason)
    text = "".join(words)
    assert len(words) > 10, "the answer comes word by word"
    assert "session" in text
    assert reasons[-1] == "stop"


async def test_a_plain_answer_by_session_header(
    client: openai.AsyncOpenAI, guide_session: str
) -> None:
    answer = await client.chat.completions.create(
        model="whatever", messages=QUESTION, extra_headers={"session_id": guide_session}
    )
    assert answer.object == "chat.completion"
    assert "session" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model_extra is not None
    assert answer.model_extra["usage_from_provider"]["total_tokens"] > 0
    assert answer.model_extra["usage_from_consumer"]["total_tokens"] > 0


async def test_the_list_names_models_with_open_sessions(client: openai.AsyncOpenAI) -> None:
    listed = await client.models.list()
    assert "Guide" in [model.id for model in listed.data]


async def test_errors_are_the_packages_own(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        await client.chat.completions.create(model="no such model", messages=QUESTION)
    assert unknown.value.code == "market.model_not_found"
    assert unknown.value.type == "invalid_request_error"
    with pytest.raises(openai.ConflictError) as closed:
        await client.chat.completions.create(model="Guide Patient", messages=QUESTION)
    assert closed.value.code == "session.none_open"
    wrong = client.with_options(api_key="wrong")
    with pytest.raises(openai.AuthenticationError):
        await wrong.chat.completions.create(model="Guide", messages=QUESTION)


async def test_a_stream_that_is_closed_frees_the_session(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="Guide", messages=QUESTION, stream=True)
    async for _ in stream:
        break
    await stream.close()
    async with asyncio.timeout(10):
        answer = await client.chat.completions.create(model="Guide", messages=QUESTION)
    assert answer.choices[0].finish_reason == "stop"


async def test_four_requests_share_one_session_in_turn(client: openai.AsyncOpenAI) -> None:
    async def ask() -> str:
        answer = await client.chat.completions.create(model="Guide", messages=QUESTION)
        return answer.choices[0].message.content or ""

    answers = await asyncio.gather(*(ask() for _ in range(4)))
    assert len(set(answers)) == 1
    assert answers[0]


async def test_a_granted_amount_lets_requests_open_sessions(
    client: openai.AsyncOpenAI, hosted: Hosted
) -> None:
    async def grant(mor: str) -> None:
        settings = hosted.thread.node.system.set_settings({"auto_session_max_stake": mor})
        await asyncio.wrap_future(hosted.thread.submit(settings))

    await grant("20")
    try:
        listed = {model.id for model in (await client.models.list()).data}
        assert {"Guide", "Guide Patient", "Guide Moody", "Guide Grand"} <= listed
        answer = await client.chat.completions.create(model="Guide Patient", messages=QUESTION)
        assert answer.choices[0].message.content
        with pytest.raises(openai.ConflictError) as dear:
            await client.chat.completions.create(model="Guide Grand", messages=QUESTION)
        assert dear.value.code in ("funds.spend_limit", "funds.not_enough_mor")
    finally:
        await grant("0")
    assert "Guide Patient" in {model.id for model in (await client.models.list()).data}
    assert "Guide Grand" not in {model.id for model in (await client.models.list()).data}
