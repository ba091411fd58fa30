"""A provider that falls silent: what came is kept, and the wait has an end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from node.core.errors import IncompleteAnswerError, ProviderTimeoutError
from node.wire.limits import WireLimits
from node.wire.messages import PromptRequest
from node.wire.plaintexts import AnswerPart
from tests.support.wire_pair import (
    PROVIDER,
    SESSION,
    delta,
    knowing_consumer,
    running,
)

IMPATIENT = WireLimits(first_response_s=0.2, first_response_waits=1, idle_s=0.2)
TEXT = '{"messages":[{"role":"user","content":"Hi"}],"stream":true}'


async def silent_after(words: tuple[str, ...], parts: list[AnswerPart]) -> None:
    async def chunks(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        for word in words:
            yield delta(word)
        await asyncio.Event().wait()

    async with running(knowing_consumer(chunks)) as pair, asyncio.timeout(10):
        client = pair.client(limits=IMPATIENT)
        async for part in client.prompt(pair.endpoint, SESSION, TEXT, PROVIDER.public_key):
            parts.append(part)


async def test_in_the_middle_of_an_answer() -> None:
    parts: list[AnswerPart] = []
    with pytest.raises(IncompleteAnswerError) as caught:
        await silent_after(("The ", "answer "), parts)
    assert caught.value.message == "The provider stopped answering."
    texts = [part.value["choices"][0]["delta"]["content"] for part in parts]
    assert "".join(texts) == "The answer "


async def test_before_its_first_word() -> None:
    parts: list[AnswerPart] = []
    with pytest.raises(ProviderTimeoutError) as caught:
        await silent_after((), parts)
    assert caught.value.message == "The provider does not answer."
    assert parts == []
