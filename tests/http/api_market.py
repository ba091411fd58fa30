"""A node with its API beside three providers that can be taken away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.devnet.accounts import CONSUMER
from node.devnet.server import DevnetServer
from node.host import NodeOptions, NodeThread, open_hosted_node
from tests.http.conftest import Hosted
from tests.support.provider_trio import Trio, open_trio
from tests.support.small_market import chain_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiMarket:
    """`client` speaks Basic, as clients of the public node do."""

    trio: Trio
    hosted: Hosted
    client: httpx.AsyncClient

    @property
    def base_url(self) -> str:
        return f"{self.hosted.url}/v1"

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.hosted.token}"}

    async def open(self, *, failover: bool = True) -> str:
        reply = await self.client.post(
            f"/blockchain/models/{self.trio.model.hex}/session",
            json={"sessionDuration": 3600, "failover": failover},
        )
        assert reply.status_code == 200, reply.text
        return str(reply.json()["sessionID"])

    async def kill_provider_of(self, session_id: str) -> None:
        reply = await self.client.get(f"/blockchain/sessions/{session_id}")
        provider = reply.json()["session"]["Provider"].lower()
        found = (item for who, item in self.trio.providers.items() if who.hex == provider)
        await next(found).kill()


@asynccontextmanager
async def open_api_market(folder: Path, **settings: str) -> AsyncIterator[ApiMarket]:
    """`settings`: environment of the consumer's node."""
    async with open_trio(folder) as trio, DevnetServer(trio.world.devnet) as server:
        environment = chain_environment(
            trio.world.devnet, server.url, CONSUMER, WEB_ADDRESS="127.0.0.1:0", **settings
        )
        dirs = AppDirs.under(folder / "consumer")
        options = NodeOptions(dirs=dirs, settings=load_settings(file=None, environment=environment))
        thread = NodeThread(lambda: open_hosted_node(options))
        node = await asyncio.wrap_future(thread.start())
        try:
            access = await asyncio.wrap_future(thread.submit(node.system.api_access()))
            hosted = Hosted(thread=thread, dirs=dirs, access=access)
            async with httpx.AsyncClient(
                base_url=hosted.url, auth=hosted.cookie, timeout=60, trust_env=False
            ) as client:
                yield ApiMarket(trio=trio, hosted=hosted, client=client)
        finally:
            await asyncio.to_thread(thread.stop)
