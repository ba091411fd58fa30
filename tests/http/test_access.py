"""Who may call a real server, and the limits on what they send."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from node.core.http_client import HttpClient, open_http_client
from tests.http.conftest import Hosted


async def raw(hosted: Hosted, request: bytes) -> bytes:
    """Send bytes, return all that comes until the server closes or five seconds passed."""
    parts = urlsplit(hosted.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_strangers_get_the_recorded_texts(hosted: Hosted) -> None:
    async with open_http_client(base_url=hosted.url) as client:
        reply = await client.get("/wallet")
        assert (reply.status_code, reply.json()["error"]) == (401, "no basic auth provided")
        reply = await client.get("/wallet", auth=("admin", "wrong"))
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid username or password")
        openai = await client.get("/v1/models", headers={"authorization": "Bearer wrong"})
        assert openai.json()["error"]["type"] == "authentication_error"


async def test_health_has_details_for_known_callers_only(hosted: Hosted, basic: HttpClient) -> None:
    async with open_http_client(base_url=hosted.url) as stranger:
        assert (await stranger.get("/healthcheck")).json()["components"] == {}
    known = (await basic.get("/healthcheck")).json()
    assert known["status"] == "healthy"
    assert known["components"]["storage"] == "healthy"


async def test_a_program_finds_its_credentials(hosted: Hosted) -> None:
    async with open_http_client(base_url=hosted.url) as client:
        path = (await client.get("/auth/cookie/path")).json()["path"]
        assert path == hosted.access.cookie_file
        assert (await client.get("/wallet", auth=hosted.cookie)).status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are those of POSIX")
def test_files_with_credentials_are_for_the_user_only(hosted: Hosted) -> None:
    cookie = Path(hosted.access.cookie_file)
    assert stat.S_IMODE(cookie.stat().st_mode) == 0o600
    assert stat.S_IMODE(cookie.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(hosted.dirs.runtime_file.stat().st_mode) == 0o600


def test_the_runtime_file_tells_where_but_not_the_token(hosted: Hosted) -> None:
    text = hosted.dirs.runtime_file.read_text()
    assert json.loads(text) == {
        "url": hosted.url,
        "cookie_file": hosted.access.cookie_file,
        "pid": os.getpid(),
    }
    assert hosted.token not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 415),
    ],
)
async def test_web_pages_are_refused_even_with_credentials(
    basic: HttpClient, headers: dict[str, str], status: int
) -> None:
    reply = await basic.post(
        "/blockchain/send/eth",
        content=b"{}",
        headers={"content-type": "application/json"} | headers,
    )
    assert reply.status_code == status
    assert set(reply.json()) == {"error", "hint", "code"}


async def test_oversized_bodies_are_not_read(hosted: Hosted) -> None:
    head = (
        f"POST /v1/embeddings HTTP/1.1\r\nhost: {urlsplit(hosted.url).netloc}\r\n"
        f"authorization: Bearer {hosted.token}\r\ncontent-type: application/json\r\n"
    )
    announced = await raw(hosted, f"{head}content-length: 16777217\r\n\r\n".encode())
    assert announced.startswith(b"HTTP/1.1 413 ")
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    chunked = f"{head}transfer-encoding: chunked\r\n\r\n".encode() + piece * 16 + b"1\r\nx\r\n"
    assert (await raw(hosted, chunked)).startswith(b"HTTP/1.1 413 ")


async def test_headers_that_drip_are_cut_off(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.http_api.server.HEADER_TIME_S", 0.2)
    assert await raw(hosted, b"GET /healthcheck HTTP/1.1\r\nhost: 127") == b""
    assert await raw(hosted, b"") == b""


async def test_a_second_request_on_a_connection_has_its_own_time(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.http_api.server.HEADER_TIME_S", 0.2)
    one = f"GET /healthcheck HTTP/1.1\r\nhost: {urlsplit(hosted.url).netloc}\r\n\r\n".encode()
    answered = await raw(hosted, one + b"GET /hea")
    assert answered.count(b"HTTP/1.1 200 ") == 1


async def test_nonsense_is_no_request(hosted: Hosted) -> None:
    assert (await raw(hosted, b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")).startswith(b"HTTP/1.1 400")


async def test_answers_to_small_requests_come_at_once(basic: HttpClient) -> None:
    """Nagle's delay would add 40 ms to each."""
    loop = asyncio.get_running_loop()
    await basic.get("/wallet")
    started = loop.time()
    for _ in range(20):
        await basic.get("/wallet")
    assert (loop.time() - started) / 20 < 0.03


async def test_a_fault_of_ours_is_told_in_our_own_shape(
    basic: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("/home/me/secret.py")

    monkeypatch.setattr("node.service.chain_service.ChainService.figures", broken)
    reply = await basic.get("/blockchain/latestBlock")
    assert (reply.status_code, reply.json()["code"]) == (500, "node.internal")
    assert "secret" not in reply.text
    assert reply.headers["x-request-id"]
