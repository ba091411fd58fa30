"""A market for tests: the demo chain over loopback HTTP and one provider that serves the Guide."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.core.keccak import keccak256
from node.core.paths import AppDirs
from node.core.settings import NodeSettings, load_settings
from node.devnet.accounts import DemoAccount
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.service.local import LocalNode, NodeOptions, open_node

BASE_ID = "0x" + "07" * 32
PRICE = 2 * 10**13
PROVIDER = 2
CONSUMER = 3
MODEL_NAME = "Test Guide"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallMarket:
    """`provider` runs in this process; consumers may be anywhere on this computer."""

    chain: Devnet
    url: str
    provider: LocalNode
    model_id: str
    bid_id: str

    def account(self, index: int) -> DemoAccount:
        return self.chain.accounts[index]

    def environment(self, index: int, **more: str) -> dict[str, str]:
        return chain_environment(self.chain, self.url, index, **more)

    def settings(self, index: int, **more: str) -> NodeSettings:
        return load_settings(file=None, environment=self.environment(index, **more))


def chain_environment(chain: Devnet, url: str, index: int, **more: str) -> dict[str, str]:
    """The Go node's environment names for one account of the demo chain."""
    return {
        "ETH_NODE_ADDRESS": url,
        "ETH_NODE_CHAIN_ID": str(chain.chain_id),
        "DIAMOND_CONTRACT_ADDRESS": chain.marketplace_address.checksum,
        "MOR_TOKEN_ADDRESS": chain.token_address.checksum,
        "WALLET_PRIVATE_KEY": "0x" + chain.accounts[index].private_key.hex(),
        **more,
    }


def write_models_config(path: Path, entries: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"models": entries}), "utf-8")
    return path


def model_id_of(account: DemoAccount) -> str:
    return "0x" + keccak256(account.address.raw + bytes.fromhex(BASE_ID[2:])).hex()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def open_small_market(
    folder: Path, entry: dict[str, Any] | None = None, **environment: str
) -> AsyncGenerator[SmallMarket, None]:
    """Start chain and provider; the provider registers itself with a model and a bid.

    `entry` replaces the model's way of running (apiType, apiUrl, path …); `environment` is added
    to the provider's.
    """
    async with await Devnet.start() as chain, DevnetServer(chain) as server:
        account = chain.accounts[PROVIDER]
        port = free_port()
        config = write_models_config(
            folder / "models-config.json",
            [
                {
                    "modelId": model_id_of(account),
                    "modelName": MODEL_NAME,
                    **(entry or {"apiType": "guide"}),
                }
            ],
        )
        settings = load_settings(
            file=None,
            environment=chain_environment(
                chain,
                server.url,
                PROVIDER,
                PROXY_ADDRESS=f"127.0.0.1:{port}",
                MODELS_CONFIG_PATH=str(config),
                MORPHEUS_REQUESTS_PER_ADDRESS="10000",
                MORPHEUS_REQUESTS_PER_USER="10000",
                **environment,
            ),
        )
        dirs = AppDirs.under(folder / "provider")
        async with open_node(NodeOptions(dirs=dirs, settings=settings, hosting=True)) as node:
            await node.provider.register(1000 * 10**18, f"127.0.0.1:{port}")
            model_id = await node.provider.create_model(
                MODEL_NAME, ["LLM"], 10**17, base_id=BASE_ID
            )
            bid_id = await node.provider.post_bid(model_id, PRICE)
            yield SmallMarket(
                chain=chain, url=server.url, provider=node, model_id=model_id, bid_id=bid_id
            )
