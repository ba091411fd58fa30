"""The stream of events: order, end mark, failures, silence and clients that leave."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from node.core.errors import BackendUnavailableError
from node.http_api.asgi import Message
from node.http_api.sse import EventStream
from node.service.dto import CompletionChunk

CHUNK = {"object": "chat.completion.chunk", "choices": []}


class Client:
    """The other end: keeps what was sent, leaves when told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.leaving = asyncio.Event()
        self.got = asyncio.Event()

    async def receive(self) -> Message:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.got.set()

    @property
    def body(self) -> bytes:
        return b"".join(item.get("body", b"") for item in self.sent)

    def stream(self, **options: Any) -> EventStream:
        return EventStream(receive=self.receive, send=self.send, openai=False, **options)


async def source(
    *items: dict[str, Any], failure: Exception | None = None
) -> AsyncGenerator[CompletionChunk, None]:
    for item in items:
        yield CompletionChunk(data=item)
    if failure is not None:
        raise failure


async def test_a_complete_stream_ends_with_the_mark() -> None:
    client = Client()
    await client.stream().run(source(CHUNK, CHUNK))
    line = b'data: {"choices":[],"object":"chat.completion.chunk"}\n\n'
    assert client.body == line + line + b"data: [DONE]\n\n"
    assert client.sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream") in client.sent[0]["headers"]
    assert not client.sent[-1].get("more_body")


async def test_each_event_is_sent_on_its_own() -> None:
    client = Client()
    await client.stream().run(source(CHUNK, CHUNK))
    assert [item["body"].count(b"data:") for item in client.sent[1:]] == [1, 1, 1, 0]


async def test_a_whole_object_for_a_stream_has_no_end_mark() -> None:
    client = Client()
    await client.stream().run(source({"object": "chat.completion", "choices": []}))
    assert b"[DONE]" not in client.body


async def test_a_failure_before_the_first_event_is_left_to_the_caller() -> None:
    client = Client()
    with pytest.raises(BackendUnavailableError):
        await client.stream().run(source(failure=BackendUnavailableError("down")))
    assert client.sent == []


async def test_a_later_failure_is_an_event_and_there_is_no_end_mark() -> None:
    client = Client()
    await client.stream().run(source(CHUNK, failure=BackendUnavailableError("down")))
    last = client.body.split(b"\n\n")[-2]
    assert last.startswith(b'data: {"error":"down"')
    assert b'"code":"backend.unavailable"' in last
    assert b"[DONE]" not in client.body
    assert not client.sent[-1].get("more_body")


async def test_a_fault_of_ours_tells_nothing_of_it() -> None:
    client = Client()
    await client.stream().run(source(CHUNK, failure=ValueError("secret /path")))
    assert b"secret" not in client.body
    assert b'"code":"node.internal"' in client.body


@pytest.mark.parametrize(
    ("openai", "line"),
    [
        (False, b'data: "new session opened: 0x12"\n\n'),
        (True, b": new session opened: 0x12\n\n"),
    ],
)
async def test_notices_of_the_node_do_not_disturb_clients(openai: bool, line: bytes) -> None:
    client = Client()

    async def noticed() -> AsyncGenerator[CompletionChunk, None]:
        yield CompletionChunk(data={}, control="new session opened: 0x12")
        yield CompletionChunk(data=CHUNK)

    stream = EventStream(receive=client.receive, send=client.send, openai=openai)
    await stream.run(noticed())
    assert client.body.startswith(line)
    assert client.body.endswith(b"data: [DONE]\n\n")


async def test_who_answers_stands_in_a_header_and_changes_in_comments() -> None:
    client = Client()

    async def moved() -> AsyncGenerator[CompletionChunk, None]:
        yield CompletionChunk(data={}, session_id="0x01")
        yield CompletionChunk(data={}, control="provider failed, failover enabled", remark="gone")
        yield CompletionChunk(data={}, remark="locks 5 MOR")
        yield CompletionChunk(data={}, session_id="0x02")
        yield CompletionChunk(data=CHUNK)

    await EventStream(receive=client.receive, send=client.send, openai=True).run(moved())
    assert (b"x-morpheus-session", b"0x01") in client.sent[0]["headers"]
    assert client.body.startswith(b": gone\n\n: locks 5 MOR\n\n: session 0x02\n\ndata: {")


async def test_peers_get_neither_remarks_nor_comments() -> None:
    client = Client()

    async def moved() -> AsyncGenerator[CompletionChunk, None]:
        yield CompletionChunk(data={}, session_id="0x01")
        yield CompletionChunk(data={}, remark="locks 5 MOR")
        yield CompletionChunk(data=CHUNK)

    await client.stream().run(moved())
    assert client.body.startswith(b"data: {")


async def test_silence_is_broken_by_a_comment_also_before_the_first_word() -> None:
    client, go_on = Client(), asyncio.Event()

    async def slow() -> AsyncGenerator[CompletionChunk, None]:
        await go_on.wait()
        yield CompletionChunk(data=CHUNK)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.stream(silence_s=0.01).run(slow()))
        async with asyncio.timeout(5):
            await client.got.wait()
            while client.body.count(b": waiting\n\n") < 2:
                client.got.clear()
                await client.got.wait()
        go_on.set()
    assert client.body.endswith(b"data: [DONE]\n\n")


async def test_a_client_that_leaves_ends_the_answer() -> None:
    client, closed = Client(), asyncio.Event()

    async def endless() -> AsyncGenerator[CompletionChunk, None]:
        try:
            yield CompletionChunk(data=CHUNK)
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(client.stream().run(endless()))
        await client.got.wait()
        client.leaving.set()
    assert closed.is_set()


async def test_a_client_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.http_api.sse.STUCK_CLIENT_S", 0.01)
    client, closed = Client(), asyncio.Event()

    async def stuck(message: Message) -> None:
        await asyncio.Event().wait()

    async def endless() -> AsyncGenerator[CompletionChunk, None]:
        try:
            while True:
                yield CompletionChunk(data=CHUNK)
        finally:
            closed.set()

    async with asyncio.timeout(5):
        await EventStream(receive=client.receive, send=stuck, openai=False).run(endless())
    assert closed.is_set()
