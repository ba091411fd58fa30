"""`/config`, `/config/ethNode` and the health of a node that reads its chain over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.core.clock import SystemClock
from node.core.errors import ConfigError, StorageError, UserInputError
from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from node.store.db import Database
from tests.http.conftest import Hosted
from tests.http.test_recorded_shapes import differences, recorded

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = "0x" + "11" * 32


@dataclass
class Place:
    """A node on a chain of its own, the chain's server, and an admin's client."""

    devnet: Devnet
    server: DevnetServer
    node: LocalNode
    dirs: AppDirs
    client: HttpClient

    async def urls(self) -> list[str]:
        found = (await self.client.get("/config")).json()["DerivedConfig"]["EthNodeURLs"]
        return list(found)


def options(home: Path, devnet: Devnet, rpc: str, **environment: str) -> NodeOptions:
    dirs = AppDirs.under(home)
    dirs.ensure()
    dirs.settings_file.write_text(f'rpc_urls = ["{rpc}"]\n')
    settings = load_settings(
        file=dirs.settings_file,
        environment={
            "WEB_ADDRESS": "127.0.0.1:0",
            "MORPHEUS_NETWORK": "custom",
            "ETH_NODE_CHAIN_ID": "31337",
            "DIAMOND_CONTRACT_ADDRESS": devnet.marketplace_address.hex,
            "MOR_TOKEN_ADDRESS": devnet.token_address.hex,
            "MULTICALL3_ADDR": devnet.multicall_address.hex,
            "WALLET_PRIVATE_KEY": KEY,
            **environment,
        },
    )
    return NodeOptions(dirs=dirs, settings=settings)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with await Devnet.start(clock=SystemClock()) as devnet, DevnetServer(devnet) as server:
        chosen = options(tmp_path_factory.mktemp("rpc"), devnet, server.url)
        async with (
            open_hosted_node(chosen) as node,
            open_http_client(base_url=node.api.url) as client,
        ):
            client.auth = ("admin", node.api.token)
            yield Place(devnet, server, node, chosen.dirs, client)


@asynccontextmanager
async def answering(body: bytes | None) -> AsyncIterator[str]:
    """The URL of a server that answers everything with `body`, or nothing at all."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if body is None:
            await done.wait()
        else:
            head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


async def test_other_rpc_addresses_are_used_without_a_restart(place: Place) -> None:
    assert await place.urls() == [place.server.url]
    async with DevnetServer(place.devnet) as other:
        reply = await place.client.post("/config/ethNode", json={"urls": [f"{other.url}/?key=abc"]})
        assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
        assert await place.urls() == [other.url], "without the key"
        assert (await place.client.get("/blockchain/balance")).status_code == 200
        saved = load_settings(file=place.dirs.settings_file, environment={})
        assert saved.rpc_urls == (f"{other.url}/?key=abc",)
        back = await place.client.post("/config/ethNode", json={"urls": [place.server.url]})
        assert back.status_code == 200
    assert (await place.client.get("/blockchain/balance")).status_code == 200


async def test_addresses_that_are_of_no_use_change_nothing(place: Place) -> None:
    foreign = b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'
    async with answering(foreign) as other, answering(b"hello") as web, answering(None) as silent:
        for urls, word in (
            ([other], "belongs to network 1"),
            ([place.server.url, other], "belongs to network 1"),
            ([web], "does not answer"),
            ([silent], "does not answer"),
            (["http://127.0.0.1:9"], "does not answer"),
        ):
            started = asyncio.get_running_loop().time()
            reply = await place.client.post("/config/ethNode", json={"urls": urls})
            assert reply.status_code == 400, urls
            assert word in reply.json()["error"]
            assert asyncio.get_running_loop().time() - started < 4
    bodies: list[Any] = [{}, {"urls": []}, {"urls": "x"}, {"urls": ["ftp://a"]}, {"urls": [1]}]
    for body in bodies:
        assert (await place.client.post("/config/ethNode", json=body)).status_code == 400, body
    assert await place.urls() == [place.server.url]
    assert (await place.client.get("/blockchain/balance")).status_code == 200


async def test_a_server_is_tried_before_it_is_saved(place: Place) -> None:
    system = place.node.system
    answer = await system.check_rpc_url(f" {place.server.url}/?key=abc ")
    assert answer.host in place.server.url
    assert (answer.chain_id, answer.height >= 1) == (31337, True)
    foreign = b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'
    async with answering(foreign) as other:
        with pytest.raises(UserInputError, match="This server is not Custom"):
            await system.check_rpc_url(other)
    with pytest.raises(ConfigError):
        await system.check_rpc_url("http://rpc.example")
    assert await place.urls() == [place.server.url]


async def test_the_list_of_servers_shows_hosts_and_keeps_the_addresses(place: Place) -> None:
    url = f"{place.server.url}/?key=abc"
    await place.node.system.set_rpc_urls([url])
    found = await place.node.system.rpc_servers()
    await place.node.system.set_rpc_urls([place.server.url])
    assert [item.url.get_secret_value() for item in found.servers] == [url]
    assert "abc" not in str(found)
    assert (found.own, found.fixed, found.public) == (True, False, ())
    custom = next(item for item in await place.node.system.networks() if item.name == "custom")
    assert custom.hosts == (found.servers[0].host,)
    assert (await place.node.system.check_clock()).ok


async def test_a_network_without_public_addresses_keeps_its_own(place: Place) -> None:
    reply = await place.client.delete("/config/ethNode")
    assert (reply.status_code, reply.json()["code"]) == (400, "config.invalid")
    assert await place.urls() == [place.server.url]


async def test_an_address_of_the_environment_is_fixed(place: Place, tmp_path: Path) -> None:
    chosen = options(
        tmp_path, place.devnet, "http://127.0.0.1:9", ETH_NODE_ADDRESS=place.server.url
    )
    async with open_hosted_node(chosen) as node, open_http_client(base_url=node.api.url) as client:
        client.auth = ("admin", node.api.token)
        body = {"urls": [place.server.url]}
        for reply in (
            await client.post("/config/ethNode", json=body),
            await client.delete("/config/ethNode"),
        ):
            assert (reply.status_code, reply.json()["code"]) == (409, "config.fixed")


async def test_the_demo_has_no_rpc_address(hosted: Hosted, basic: HttpClient) -> None:
    reply = await basic.delete("/config/ethNode")
    assert (reply.status_code, reply.json()["code"]) == (409, "node.no_network")


async def test_the_configuration_has_all_members_of_the_public_nodes(place: Place) -> None:
    found = (await place.client.get("/config")).json()
    # This network has contracts of its own, the recorded one had the usual ones.
    assert differences(recorded("GET", "/config"), found) == [
        ".Config.Blockchain.Multicall3Addr: NoneType is str"
    ]
    assert KEY[2:] not in str(found)
    assert place.node.api.token not in str(found)


async def test_health_names_each_part_for_known_callers(place: Place) -> None:
    found = (await place.client.get("/healthcheck")).json()["components"]
    assert set(found) >= {"storage", "wallet", "models", "network", "rpc", "api"}
    assert found["storage"] == "healthy"
    assert found["rpc"] == "healthy, 1 of 1 endpoints usable"
    assert found["wallet"] == "healthy, in memory"


async def test_a_broken_database_is_degraded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Database) -> None:
        raise StorageError("journal.db is damaged.", code="storage.damaged")

    monkeypatch.setattr(Database, "check", broken)
    known = await place.client.get("/healthcheck")
    assert (known.status_code, known.json()["status"]) == (503, "degraded")
    assert known.json()["components"]["storage"] == "degraded, journal.db is damaged."
    async with open_http_client(base_url=place.node.api.url) as stranger:
        reply = await stranger.get("/healthcheck")
        assert (reply.status_code, reply.json()["components"]) == (503, {})
