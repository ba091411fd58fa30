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
    with pytest.raises(openai.APIStatusError) as closed:
        await client.chat.completions.create(model="Guide Patient", messages=QUESTION)
    assert closed.value.status_code == 402
    assert closed.value.code == "session.none_open"
    assert closed.value.type == "insufficient_quota"
    assert "mor-cli session open" in closed.value.message
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
    async def grant(**values: object) -> None:
        settings = hosted.thread.node.system.set_settings(values)
        await asyncio.wrap_future(hosted.thread.submit(settings))

    rules = ("Guide Moody = reuse",)
    await grant(auto_session_policy="open", auto_session_max_stake="20", session_policies=rules)
    try:
        listed = {model.id for model in (await client.models.list()).data}
        assert {"Guide", "Guide Patient", "Guide Grand"} <= listed
        assert "Guide Moody" not in listed
        raw = await client.chat.completions.with_raw_response.create(
            model="Guide Patient", messages=QUESTION
        )
        assert raw.parse().choices[0].message.content
        assert len(raw.headers["x-morpheus-session"]) == 66
        for model, code in (
            ("Guide Grand", "funds.spend_limit"),
            ("Guide Moody", "session.none_open"),
        ):
            with pytest.raises(openai.APIStatusError) as refused:
                await client.chat.completions.create(model=model, messages=QUESTION)
            assert refused.value.status_code == 402
            assert refused.value.code == code
        await grant(auto_session_day_stake="0.001")
        with pytest.raises(openai.APIStatusError) as spent:
            await client.chat.completions.create(model="Guide Grand", messages=QUESTION)
        assert spent.value.status_code == 402
    finally:
        await grant(auto_session_policy="reuse", auto_session_day_stake="100", session_policies=())
    assert "Guide Patient" in {model.id for model in (await client.models.list()).data}
    assert "Guide Grand" not in {model.id for model in (await client.models.list()).data}
