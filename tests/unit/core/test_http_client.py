"""The HTTP client: what becomes of requests under way when it is closed."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from node.core.http_client import HttpConnectError, HttpError, open_http_client
from node.core.tasks import TaskScope


@dataclass
class Silent:
    """A server that takes requests and says nothing."""

    url: str
    asked: asyncio.Queue[bytes]


@pytest_asyncio.fixture
async def silent() -> AsyncIterator[Silent]:
    over, asked = asyncio.Event(), asyncio.Queue[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.put_nowait(await reader.read(1))
        await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield Silent(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked)
    over.set()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("turns", range(1, 15))
async def test_closing_ends_a_request_wherever_it_stands(silent: Silent, turns: int) -> None:
    """A connection that is just being made is closed, too."""
    client = open_http_client()
    async with TaskScope("test") as tasks, asyncio.timeout(10):
        asked = tasks.spawn(client.get(silent.url), name="ask")
        for _ in range(turns):
            await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(HttpError):
            await asked
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()


async def test_closing_does_not_wait_for_an_answer(silent: Silent) -> None:
    client = open_http_client(read_timeout_s=None)
    async with TaskScope("test") as tasks, asyncio.timeout(10):
        asked = [tasks.spawn(client.get(silent.url), name="ask") for _ in range(3)]
        for _ in asked:
            await silent.asked.get()
        await client.aclose()
        for item in asked:
            with pytest.raises(HttpConnectError):
                await item


async def test_a_closed_client_can_be_closed_again() -> None:
    client = open_http_client()
    await client.aclose()
    await client.aclose()
    assert client.is_closed
