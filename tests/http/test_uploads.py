"""Forms that are too large, too slow, broken or hostile: refused, and nothing is left behind."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.http_client import HttpClient, HttpError, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from tests.support.wire_pair import until
from tests.unit.llm.model_server import Exchange, ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/audio/transcriptions"
BOUNDARY = "XBOUND"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


class Door:
    def __init__(self, node: LocalNode, client: HttpClient, server: ModelServer) -> None:
        self.node, self.client, self.server = node, client, server

    def left(self) -> list[Path]:
        folder = self.node.dirs.uploads
        return list(folder.iterdir()) if folder.exists() else []


async def hear(exchange: Exchange) -> None:
    await exchange.send(200, "text/plain", b"heard")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    home = tmp_path_factory.mktemp("uploads")
    async with ModelServer(hear) as server:
        config = home / "models-config.json"
        model = {"modelId": "0x" + "0" * 64, "modelName": "m", "apiType": "openai"}
        config.write_text(json.dumps({"models": [{**model, "apiUrl": server.url}]}))
        settings = load_settings(
            file=None,
            environment={"WEB_ADDRESS": "127.0.0.1:0", "MODELS_CONFIG_PATH": str(config)},
        )
        options = NodeOptions(dirs=AppDirs.under(home), settings=settings)
        async with (
            open_hosted_node(options) as node,
            open_http_client(base_url=node.api.url) as client,
        ):
            client.auth = ("admin", node.api.token)
            yield Door(node, client, server)


def part(name: str, content: bytes = b"x", file_name: str | None = None) -> bytes:
    extra = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
FILE = part("file", b"sound", "a.mp3")


async def test_a_plain_form_is_heard(door: Door) -> None:
    reply = await door.client.post(PATH, content=FILE + END, headers=FORM)
    assert (reply.status_code, reply.text) == (200, "heard")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (END, 400),
        (b"no form at all", 400),
        (FILE, 400),
        (FILE[:-9], 400),
        (part("model") + END, 400),
        (part("file", b"x") + END, 400),
        (FILE + FILE + END, 400),
        (part("format", b"xml") + FILE + END, 400),
        (part("temperature", b"hot") + FILE + END, 400),
        (part("temperature", b"nan") + FILE + END, 400),
        (part("prompt", b"\xff\xfe") + FILE + END, 400),
        (f"--{BOUNDARY}\r\n\r\nx\r\n".encode() + END, 400),
        (f"--{BOUNDARY}\r\nContent-Disposition: attachment\r\n\r\nx\r\n".encode() + END, 400),
        (part("prompt", b"x" * (64 * 1024 + 1)) + FILE + END, 413),
        (b"".join(part(f"f{number}") for number in range(129)) + FILE + END, 400),
        (part("x" * 100_000) + FILE + END, 400),
        (part("file", b"", "a.mp3") + END, 400),
        (part("other", b"dropped", "b.bin") + FILE + END, 200),
    ],
    ids=range(19),
)
async def test_forms_that_do_not_fit(door: Door, body: bytes, status: int) -> None:
    reply = await door.client.post(PATH, content=body, headers=FORM)
    assert reply.status_code == status
    await until(lambda: door.node.spool.files == 0)
    assert door.left() == []


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=x",
    ],
)
async def test_other_content_types_are_refused(door: Door, kind: str) -> None:
    reply = await door.client.post(PATH, content=b"{}", headers={"content-type": kind})
    assert reply.status_code == 415


async def test_forms_are_for_this_route_only(door: Door) -> None:
    for path in ("/v1/chat/completions", "/v1/audio/speech", "/v1/embeddings"):
        reply = await door.client.post(path, content=FILE + END, headers=FORM)
        assert reply.status_code == 415


async def test_a_form_needs_its_boundary(door: Door) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x"):
        reply = await door.client.post(PATH, content=FILE + END, headers={"content-type": kind})
        assert reply.status_code == 400


async def test_the_announced_length_alone_is_enough_to_refuse(door: Door) -> None:
    reader, writer = await asyncio.open_connection(*_address(door))
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{_address(door)[1]}\r\n"
        f"authorization: Bearer {door.node.api.token}\r\n"
        f"content-type: {FORM['content-type']}\r\ncontent-length: {200 << 20}\r\n\r\n"
    )
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert b" 413 " in await reader.readline()
    writer.close()


def _address(door: Door) -> tuple[str, int]:
    host, _, port = door.node.api.url.removeprefix("http://").partition(":")
    return host, int(port)


async def test_a_file_larger_than_allowed_is_cut_off(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.node.spool, "max_file", 1 << 20)

    async def pieces() -> AsyncIterator[bytes]:
        yield FILE[:-7]
        for _ in range(64):
            yield b"x" * (1 << 16)

    with suppress(HttpError):
        reply = await door.client.post(PATH, content=pieces(), headers=FORM)
        assert reply.status_code == 413
    await until(lambda: door.node.spool.files == 0)
    assert door.left() == []


async def test_uploads_at_the_same_time_have_a_bound(door: Door) -> None:
    """Each of unknown length counts as the largest there may be."""
    held = [door.node.spool.reserve() for _ in range(4)]
    try:
        reply = await door.client.post(PATH, content=_chunked(FILE + END), headers=FORM)
        assert (reply.status_code, reply.headers["retry-after"]) == (429, "5")
    finally:
        for file in held:
            file.discard()
    reply = await door.client.post(PATH, content=_chunked(FILE + END), headers=FORM)
    assert reply.text == "heard"


async def _chunked(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def test_a_slow_upload_is_ended(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.http_api.multipart_form.UPLOAD_PROGRESS_S", 0.05)
    reader, writer = await asyncio.open_connection(*_address(door))
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{_address(door)[1]}\r\n"
        f"authorization: Bearer {door.node.api.token}\r\n"
        f"content-type: {FORM['content-type']}\r\ncontent-length: 1000\r\n\r\n"
    )
    writer.write(head.encode() + FILE)
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    writer.close()
    await until(lambda: door.node.spool.files == 0)
    assert door.left() == []


async def test_a_client_that_goes_away_leaves_nothing(door: Door) -> None:
    _, writer = await asyncio.open_connection(*_address(door))
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{_address(door)[1]}\r\n"
        f"authorization: Bearer {door.node.api.token}\r\n"
        f"content-type: {FORM['content-type']}\r\ncontent-length: {10 << 20}\r\n\r\n"
    )
    writer.write(head.encode() + FILE[:-7] + b"x" * (1 << 20))
    await writer.drain()
    await until(lambda: bool(door.left()))
    writer.transport.abort()
    await until(lambda: door.node.spool.files == 0)
    assert door.left() == []


async def test_nobody_without_credentials_uploads(door: Door) -> None:
    reply = await door.client.post(PATH, content=FILE + END, headers=FORM, auth=None)
    assert reply.status_code == 401
    assert door.left() == []
