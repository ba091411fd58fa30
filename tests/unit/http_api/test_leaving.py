"""Work ends with its client, and only then."""

import asyncio

import pytest

from node.http_api.asgi import Message
from node.http_api.leaving import unless_gone


async def stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def leaves() -> Message:
    return {"type": "http.disconnect"}


async def test_the_result_comes_back_while_the_client_waits() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await unless_gone(stays, work()) == 7


async def test_a_failure_comes_back_unchanged() -> None:
    failure = ValueError("x")

    async def work() -> int:
        raise failure

    with pytest.raises(ValueError, match="x") as caught:
        await unless_gone(stays, work())
    assert caught.value is failure


async def test_a_client_that_left_cancels_the_work() -> None:
    ended = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    async with asyncio.timeout(5):
        assert await unless_gone(leaves, work()) is None
    assert ended.is_set()


async def test_the_rest_of_a_body_is_not_the_end() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"x", "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await stays()

    async def work() -> int:
        for _ in range(5):
            await asyncio.sleep(0)
        return 7

    assert await unless_gone(receive, work()) == 7
