"""Prompts over the real wire to the demo's providers."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from node.core.errors import (
    ProviderModelError,
    ProviderUnreachableError,
    SessionClosedError,
    SessionExpiredError,
)
from node.core.units import UnixSeconds
from node.router.consumer import AnswerChunk, AnswerEnd
from node.store.journal_records import SessionEntry
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


def body(text: str = "What is a session?", **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "stream": True, **more}


async def answer(demo: DemoStack, entry: SessionEntry, request: dict[str, Any]) -> list[Any]:
    async with aclosing(demo.stack.consumer.prompt(entry, request)) as items:
        return [item async for item in items]


async def test_a_streamed_answer_is_counted_and_complete(demo: DemoStack) -> None:
    entry = await demo.open()
    items = await answer(demo, entry, body())
    end = items[-1]
    assert isinstance(end, AnswerEnd)
    assert end.complete
    assert end.finish_reason == "stop"
    assert end.stats.output_tokens > 20
    last = [item.data for item in items if isinstance(item, AnswerChunk)][-1]
    assert last["usage_from_consumer"]["completion_tokens"] == end.stats.output_tokens
    assert last["usage_from_provider"] == last["usage_from_consumer"]
    totals = await demo.stack.stats.totals(entry.session_id, "consumer")
    assert totals.prompts == 1


async def test_an_answer_in_one_piece(demo: DemoStack) -> None:
    entry = await demo.open()
    items = await answer(demo, entry, body(stream=False))
    chunks = [item for item in items if isinstance(item, AnswerChunk)]
    assert len(chunks) == 1
    assert chunks[0].data["object"] == "chat.completion"


async def test_prompts_of_one_session_run_one_after_the_other(demo: DemoStack) -> None:
    entry = await demo.open()
    results = await asyncio.gather(*(answer(demo, entry, body()) for _ in range(3)))
    assert all(isinstance(items[-1], AnswerEnd) for items in results)


async def test_closing_the_iterator_frees_the_session(demo: DemoStack) -> None:
    entry = await demo.open()
    async with aclosing(demo.stack.consumer.prompt(entry, body())) as items:
        await anext(items)
    assert isinstance((await answer(demo, entry, body()))[-1], AnswerEnd)


async def test_the_providers_key_is_recovered_from_a_ping(demo: DemoStack) -> None:
    entry = await demo.open()
    lost = replace(entry, provider_public_key=b"")
    await demo.stack.wallet.journal.save(lost)
    assert await demo.stack.consumer.provider_key(lost) == entry.provider_public_key
    assert isinstance((await answer(demo, lost, body()))[-1], AnswerEnd)


async def test_ended_and_closed_sessions_send_nothing(demo: DemoStack) -> None:
    entry = await demo.open()
    ended = replace(entry, ends_at=UnixSeconds(demo.stack.chain.clock.unix_seconds()))
    with pytest.raises(SessionExpiredError):
        await answer(demo, ended, body())
    closed = (await demo.stack.closer.close(entry)).entry
    with pytest.raises(SessionClosedError):
        await answer(demo, closed, body())


async def test_a_model_error_arrives_as_the_model_sent_it(demo: DemoStack) -> None:
    entry = await demo.open("Guide Moody")
    for _ in range(3):
        await answer(demo, entry, body())
    with pytest.raises(ProviderModelError) as caught:
        await answer(demo, entry, body())
    assert caught.value.body["error"]["code"] == 503


async def test_a_dead_provider_is_named_as_such(demo: DemoStack) -> None:
    entry = replace(await demo.open(), endpoint="127.0.0.1:1999")
    with pytest.raises(ProviderUnreachableError):
        await answer(demo, entry, body())
