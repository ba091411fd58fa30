"""T-F11 at the HTTP API: slow senders of headers and of bodies are cut off and hurt nobody else.

The limits are a part of the real ones, so that it takes seconds. The times of honest requests have
room for busy test machines; what counts is that they do not wait for the slow ones.
"""

import asyncio
import contextlib
import functools
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from node.core.http_client import open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.core.tasks import TaskScope
from node.host import NodeOptions, open_hosted_node
from node.http_api.limits import BODY_TIME_S, HEADER_TIME_S
from node.http_api.request_body import read_body
from node.service.local import LocalNode

SOCKETS = 200
DRIP_S = 0.2
HEADERS_S, BODY_S = HEADER_TIME_S / 2.5, BODY_TIME_S / 10
HONEST_S, HONEST_MOST_S = 0.5, 5.0
ONLY_JSON = "content-type: application/json\r\ncontent-length: 1000000\r\n"


@pytest.fixture(autouse=True)
def quick_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.http_api.server.HEADER_TIME_S", HEADERS_S)
    quick = functools.partial(read_body, time_s=BODY_S)
    monkeypatch.setattr("node.http_api.guard.read_body", quick)


async def drip(node: LocalNode, head: bytes) -> tuple[float, bytes]:
    """Send `head`, then a byte now and then; returns when we were cut off, and what was said."""
    parts = urlsplit(node.api.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    started, said = time.monotonic(), b""
    try:
        writer.write(head)
        while True:
            writer.write(b"x")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRIP_S):
                    if not (data := await reader.read(1000)):
                        return time.monotonic() - started, said
                    said += data
    except ConnectionError:
        return time.monotonic() - started, said
    finally:
        writer.transport.abort()


async def asked(node: LocalNode, number: int) -> list[float]:
    """How long honest requests take, in seconds."""
    taken = []
    async with open_http_client(base_url=node.api.url) as client:
        client.headers["authorization"] = f"Bearer {node.api.token}"
        for _ in range(number):
            started = time.monotonic()
            assert (await client.get("/v1/models")).status_code == 200
            taken.append(time.monotonic() - started)
    return taken


async def test_slow_headers_and_slow_bodies_are_cut_off(tmp_path: Path) -> None:
    settings = load_settings(file=None, environment={"WEB_ADDRESS": "127.0.0.1:0"})
    options = NodeOptions(dirs=AppDirs.under(tmp_path), settings=settings)
    async with open_hosted_node(options) as node, TaskScope("slow") as scope:
        host = urlsplit(node.api.url).netloc
        line = f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\n"
        credentials = f"authorization: Bearer {node.api.token}\r\n"
        heads = {
            "header": f"{line}x-slow: ".encode(),
            "body": f"{line}{credentials}{ONLY_JSON}\r\n".encode(),
        }
        slow = {
            name: [scope.spawn(drip(node, head), name=name) for _ in range(SOCKETS // 2)]
            for name, head in heads.items()
        }
        taken = await asked(node, 30)
        async with asyncio.timeout(30):
            ended = {name: await asyncio.gather(*tasks) for name, tasks in slow.items()}
        assert max(lasted for lasted, _ in ended["header"]) < 3 * HEADERS_S
        assert max(lasted for lasted, _ in ended["body"]) < 3 * BODY_S
        assert {said.split(b" ")[1] for _, said in ended["body"]} == {b"408"}
        assert statistics.median(taken) <= HONEST_S
        assert max(taken) <= HONEST_MOST_S


RAW = [
    b"\0" * 1000,
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: %b\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: %b\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: %b\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(5_000)) + b"\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: %b\r\ncontent-length: -1\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: %b\r\ncontent-length: 9999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: %b\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    b"POST / HTTP/1.1\r\nhost: %b\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nhost: %b\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"GET / HTTP/1.1\r\nhost: %b\r\nhost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\n host: folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: %b\r\nx\0y: z\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


async def test_bytes_that_are_no_request_end_in_a_refusal_or_a_close(tmp_path: Path) -> None:
    """T-B6 below the level of requests: nothing is a fault of ours, and the next one is served."""
    settings = load_settings(file=None, environment={"WEB_ADDRESS": "127.0.0.1:0"})
    options = NodeOptions(dirs=AppDirs.under(tmp_path), settings=settings)
    async with open_hosted_node(options) as node:
        parts = urlsplit(node.api.url)
        for raw in RAW:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(raw.replace(b"%b", parts.netloc.encode()))
            said = b""
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(10):
                    said = await reader.read(20)
            writer.transport.abort()
            assert said == b"" or said.split(b" ")[1].startswith(b"4"), (raw[:60], said)
        assert await asked(node, 1)
