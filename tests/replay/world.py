"""The recorded run's world with our programs in it: its chain, two nodes and the model server."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.devnet.chain import Devnet
from node.devnet.genesis import GenesisConfig
from node.devnet.server import DevnetServer
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from tests.replay.upstream import FakeUpstream
from tests.support.small_market import chain_environment, free_port, write_models_config
from tests.support.vectors import load_vectors

META: dict[str, Any] = load_vectors("http-recorded")["meta"]
CHAIN_ID = META["chain"]["chainId"]
PROVIDER, CONSUMER = 2, 3
_WEI = 10**18
_PATHS = {
    "fake-chat": "/v1/chat/completions",
    "fake-embed": "/v1/embeddings",
    "fake-stt": "/v1/audio/transcriptions",
    "fake-tts": "/v1/audio/speech",
}
KEY_OF_THE_UPSTREAM = "upstream-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWorld:
    """`nodes` and `clients` (without credentials) by the recording's names of the two nodes."""

    chain: Devnet
    upstream: FakeUpstream
    nodes: dict[str, LocalNode]
    clients: dict[str, HttpClient]
    provider_port: int
    dead_port: int


@asynccontextmanager
async def open_replay_world(folder: Path) -> AsyncGenerator[ReplayWorld, None]:
    """Start everything as it was before the first recorded exchange."""
    config = GenesisConfig(
        mor={1: 1_000_000 * _WEI, PROVIDER: 100_000 * _WEI, CONSUMER: 100_000 * _WEI},
        eth=dict.fromkeys(range(7), 10_000 * _WEI),
    )
    async with (
        await Devnet.start(chain_id=CHAIN_ID, config=config, allow_public_chain_id=True) as chain,
        DevnetServer(chain) as server,
        FakeUpstream() as upstream,
    ):
        port = free_port()
        shared = {"COOKIE_CONTENT": "admin:admin", "WEB_ADDRESS": "127.0.0.1:0"}
        provider = chain_environment(
            chain,
            server.url,
            PROVIDER,
            **shared,
            PROXY_ADDRESS=f"127.0.0.1:{port}",
            MODELS_CONFIG_PATH=str(_provider_models(folder, upstream.url)),
            MORPHEUS_REQUESTS_PER_ADDRESS="10000",
            MORPHEUS_REQUESTS_PER_USER="10000",
        )
        consumer = chain_environment(
            chain,
            server.url,
            CONSUMER,
            **shared,
            MODELS_CONFIG_PATH=str(_consumer_models(folder, upstream.url)),
            MORPHEUS_ALLOW_PRIVATE_PROVIDERS="true",
        )
        async with (
            _open(folder / "provider", provider, hosting=True) as (serving, to_provider),
            _open(folder / "consumer", consumer) as (asking, to_consumer),
        ):
            yield ReplayWorld(
                chain=chain,
                upstream=upstream,
                nodes={"provider": serving, "consumer": asking},
                clients={"provider": to_provider, "consumer": to_consumer},
                provider_port=port,
                dead_port=free_port(),
            )


@asynccontextmanager
async def _open(
    folder: Path, environment: dict[str, str], *, hosting: bool = False
) -> AsyncGenerator[tuple[LocalNode, HttpClient], None]:
    settings = load_settings(file=None, environment=environment)
    options = NodeOptions(dirs=AppDirs.under(folder), settings=settings, hosting=hosting)
    async with (
        open_hosted_node(options) as node,
        open_http_client(base_url=node.api.url) as client,
    ):
        yield node, client


def _provider_models(folder: Path, url: str) -> Path:
    entries = [
        {
            "modelId": META["models"][name],
            "modelName": f"up-{name}",
            "apiType": "openai",
            "apiUrl": f"{url}{path}",
            "apiKey": KEY_OF_THE_UPSTREAM,
            "concurrentSlots": 1000,
            "capacityPolicy": "simple",
        }
        for name, path in _PATHS.items()
    ]
    return write_models_config(folder / "provider-models.json", entries)


def _consumer_models(folder: Path, url: str) -> Path:
    entries = [
        {
            "modelId": f"0x{number:064x}",
            "modelName": name,
            "apiType": "openai",
            "apiUrl": f"{url}/v1/chat/completions",
        }
        for number, name in enumerate(["fake-local", "fake-local-1"])
    ]
    return write_models_config(folder / "consumer-models.json", entries)
