"""The chain over HTTP: proper answers to good and bad clients."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.core.clock import FakeClock
from node.core.errors import AddressInUseError, ConfigError
from node.devnet.chain import Devnet
from node.devnet.server import MAX_BODY, DevnetServer

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
CHAIN_ID = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def devnet() -> AsyncIterator[Devnet]:
    async with await Devnet.start(clock=FakeClock()) as devnet:
        yield devnet


@pytest_asyncio.fixture(loop_scope="module")
async def server(devnet: Devnet) -> AsyncIterator[DevnetServer]:
    async with DevnetServer(devnet) as server:
        yield server


class Client:
    """A plain HTTP connection: sends exactly the bytes that a test wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, server: DevnetServer) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", server.port))

    async def send(self, body: bytes, *headers: str, method: str = "POST") -> tuple[int, Any]:
        names = {header.partition(":")[0].lower() for header in headers}
        lines = [f"{method} / HTTP/1.1", *headers]
        if "host" not in names:
            lines.append("Host: 127.0.0.1")
        if "content-length" not in names:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return await self.answer()

    async def answer(self) -> tuple[int, Any]:
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            status = int(head.split(" ")[1])
            if status == 100:
                return await self.answer()
            length = int(head.lower().partition("content-length: ")[2].partition("\r")[0])
            body = await self.reader.readexactly(length)
        return status, orjson.loads(body) if body else None

    async def aclose(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    async def is_closed(self) -> bool:
        async with asyncio.timeout(10):
            return await self.reader.read(1) == b""


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: DevnetServer) -> AsyncIterator[Client]:
    client = await Client.connect(server)
    yield client
    await client.aclose()


async def ask(server: DevnetServer, body: bytes) -> tuple[int, Any]:
    """One request on a connection of its own."""
    client = await Client.connect(server)
    try:
        return await client.send(body)
    finally:
        await client.aclose()


async def test_a_request_and_a_batch_on_one_connection(client: Client) -> None:
    status, answer = await client.send(CHAIN_ID)
    assert (status, answer) == (200, {"jsonrpc": "2.0", "id": 1, "result": "0x7a69"})
    status, answers = await client.send(b"[" + CHAIN_ID + b"," + CHAIN_ID + b"]")
    assert [item["result"] for item in answers] == ["0x7a69", "0x7a69"]


async def test_notifications_get_no_content(client: Client) -> None:
    status, answer = await client.send(b'{"jsonrpc":"2.0","method":"eth_chainId"}')
    assert (status, answer) == (204, None)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nothing", b"[" * 100_000])
async def test_bad_json(client: Client, body: bytes) -> None:
    status, answer = await client.send(body)
    assert status == 200
    assert answer["error"]["code"] == -32700
    assert answer["id"] is None


async def test_unknown_method(client: Client) -> None:
    _, answer = await client.send(b'{"jsonrpc":"2.0","id":9,"method":"eth_x"}')
    assert (answer["id"], answer["error"]["code"]) == (9, -32601)


async def test_oversized_bodies_are_refused_unread(server: DevnetServer, client: Client) -> None:
    status, answer = await client.send(b"", f"Content-Length: {MAX_BODY + 1}")
    assert status == 413
    assert answer["error"]["code"] == -32600
    assert (await ask(server, b" " * (MAX_BODY + 1)))[0] == 413
    assert (await ask(server, CHAIN_ID + b" " * (MAX_BODY - len(CHAIN_ID))))[0] == 200


async def test_too_long_a_batch(client: Client) -> None:
    _, answer = await client.send(b"[" + b"1," * 1000 + b"1]")
    assert answer["error"]["code"] == -32600


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]"])
async def test_other_host_names_are_refused(client: Client, host: str) -> None:
    status, answer = await client.send(CHAIN_ID, f"Host: {host}")
    assert status == 403
    assert "result" not in answer


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8545", "[::1]:8545", "LOCALHOST:1"])
async def test_loopback_names_are_served(client: Client, host: str) -> None:
    assert (await client.send(CHAIN_ID, f"Host: {host}"))[0] == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 200)],
)
async def test_web_pages_of_others_are_refused(client: Client, origin: str, status: int) -> None:
    assert (await client.send(CHAIN_ID, f"Origin: {origin}"))[0] == status


async def test_only_post(client: Client) -> None:
    assert (await client.send(b"", method="GET"))[0] == 405


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"POST /\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", 431),
    ],
)
async def test_malformed_requests_end_the_connection(
    server: DevnetServer, client: Client, raw: bytes, status: int
) -> None:
    client.writer.write(raw)
    client.writer.write_eof()
    assert (await client.answer())[0] == status
    assert await client.is_closed()
    assert (await ask(server, CHAIN_ID))[0] == 200


async def test_a_client_that_asks_first_is_told_to_go_on(client: Client) -> None:
    status, answer = await client.send(CHAIN_ID, "Expect: 100-continue")
    assert (status, answer["result"]) == (200, "0x7a69")


async def test_connection_close_is_respected(client: Client) -> None:
    assert (await client.send(CHAIN_ID, "Connection: close"))[0] == 200
    assert await client.is_closed()


async def test_closing_ends_open_connections(server: DevnetServer, client: Client) -> None:
    await client.send(CHAIN_ID)
    await server.aclose()
    assert await client.is_closed()


async def test_a_taken_port_and_a_public_address(devnet: Devnet, server: DevnetServer) -> None:
    with pytest.raises(AddressInUseError):
        await DevnetServer(devnet, port=server.port).start()
    with pytest.raises(ConfigError) as caught:
        DevnetServer(devnet, host="0.0.0.0")
    assert caught.value.code == "devnet.not_loopback"


@pytest.mark.parametrize("turns", range(8))
async def test_the_end_leaves_no_connection_open(devnet: Devnet, turns: int) -> None:
    """However far the server has come with a new connection when it is told to end."""
    async with DevnetServer(devnet) as server:
        client = await Client.connect(server)
        for _ in range(turns):
            await asyncio.sleep(0)
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            assert await client.reader.read() == b""
    client.writer.close()
