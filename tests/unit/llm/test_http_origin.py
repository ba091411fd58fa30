import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from node.core.errors import BackendUnavailableError
from node.llm.http_origin import HttpOrigin

_Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _server(handler: _Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    yield f"{'https' if tls else 'http'}://localhost:{port}/x?q=1"
    server.close()


def _origin(url: str, tls: ssl.SSLContext | None = None) -> HttpOrigin:
    return HttpOrigin(url, connect_timeout_s=5, tls=tls)


async def _fetch(origin: HttpOrigin, url: str, silence_s: float = 10) -> bytes:
    async with origin.request(
        "POST", url, headers={"accept": "text/plain"}, body=b"{}", silence_s=silence_s
    ) as response:
        body = b""
        while part := await response.read():
            body += part
        return body


def _answering(raw: bytes) -> _Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(raw)
        await writer.drain()

    return handler


async def test_request_on_the_wire_and_reuse_of_the_connection() -> None:
    requests: list[bytes] = []
    connections = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            requests.append(await reader.readuntil(b"\r\n\r\n{}"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with _server(handler) as url:
        origin = _origin(url)
        assert [await _fetch(origin, url) for _ in range(3)] == [b"ok"] * 3
        origin.close()
    host = url.split("/")[2]
    head = f"POST /x?q=1 HTTP/1.1\r\nhost: {host}\r\naccept: text/plain\r\n"
    assert requests[0] == head.encode() + b"content-length: 2\r\n\r\n{}"
    assert connections == 1


async def test_a_connection_the_server_closed_meanwhile_is_replaced() -> None:
    closed = asyncio.Event()
    connections = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with _server(handler) as url:
        origin = _origin(url)
        for count in (1, 2):
            closed.clear()
            assert await _fetch(origin, url) == b"ok"
            await closed.wait()
            assert connections == count
        origin.close()


async def test_interim_answers_are_skipped_and_headers_joined() -> None:
    raw = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:  2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    async with _server(_answering(raw)) as url:
        origin = _origin(url)
        async with origin.request("POST", url, headers={}, body=b"{}", silence_s=9) as response:
            assert response.headers["x-a"] == "1, 2"
            assert await response.read() == b"abc"
            assert await response.read() == b""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/2 200\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n",
        b"x" * 70_000,
    ],
)
async def test_broken_answers_are_reported(raw: bytes) -> None:
    async with _server(_answering(raw)) as url:
        with pytest.raises(BackendUnavailableError) as caught:
            await _fetch(_origin(url), url)
    assert "localhost" not in caught.value.message


async def test_silence_ends_the_wait() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nfirst")
        await reader.read()
        await reader.read()

    async with _server(handler) as url:
        with pytest.raises(BackendUnavailableError) as caught:
            await _fetch(_origin(url), url, silence_s=0.05)
    assert caught.value.code == "backend.timeout"


async def test_a_slow_reader_slows_the_server_down() -> None:
    sent = 0
    total = 32 * 1024 * 1024
    stuck = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < total:
            writer.write(b"x" * 65536)
            sent += 65536
            try:
                async with asyncio.timeout(0.2):
                    await writer.drain()
            except TimeoutError:
                stuck.set()
                await writer.drain()

    async with _server(handler) as url:
        origin = _origin(url)
        async with origin.request("POST", url, headers={}, body=b"{}", silence_s=9) as response:
            received = len(await response.read())
            await stuck.wait()
            assert sent < total
            while part := await response.read():
                received += len(part)
        assert received == total


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server for `localhost` and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))


async def test_tls_needs_a_trusted_certificate(tmp_path: Path) -> None:
    server_tls, client_tls = _certificate(tmp_path)
    raw = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    async with _server(_answering(raw), server_tls) as url:
        assert await _fetch(_origin(url, client_tls), url) == b"ok"
        with pytest.raises(BackendUnavailableError, match="cannot be reached"):
            await _fetch(_origin(url), url)
