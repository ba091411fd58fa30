"""Devnet, provider and consumer as three processes, put together with `mor-cli` alone."""

import json
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import custom_network
from node.chain.rpc.pool import open_pool
from node.core.clock import SystemClock
from node.core.http_client import open_http_client
from node.core.ids import Address, SessionId
from node.core.keccak import keccak256
from node.core.records import Provider, Session
from tests.support.programs import Program, cli
from tests.support.small_market import BASE_ID, free_port, write_models_config

PROVIDER, CONSUMER = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMarket:
    """`devnet`, `provider` and `consumer` run; the provider offers one model."""

    devnet: Program
    provider: Program
    consumer: Program
    model_id: str
    bid_id: str

    @property
    def api_url(self) -> str:
        return str(self.consumer.announced["api_url"])

    def on_provider(self, *arguments: str) -> Any:
        """A command of the provider's operator; it reaches the running node."""
        return cli(self.provider.home, *arguments, environment=self.public_environment)

    def on_consumer(self, *arguments: str) -> Any:
        return cli(self.consumer.home, *arguments, environment=self.public_environment)

    @property
    def public_environment(self) -> dict[str, str]:
        return chain_environment(self.devnet)

    def private_key(self, index: int) -> str:
        return str(self.devnet.announced["accounts"][index]["private_key"])

    def address(self, index: int) -> Address:
        return Address.parse(self.devnet.announced["accounts"][index]["address"])

    def rpc(self, method: str, *params: Any) -> Any:
        """One call of the devnet's JSON-RPC by the plainest client there is."""
        return json_rpc(str(self.devnet.announced["url"]), method, *params)

    async def session(self, session_id: str) -> Session:
        async with open_http_client() as client:
            return await self._marketplace(client).session(SessionId.parse(session_id))

    async def provider_record(self) -> Provider:
        async with open_http_client() as client:
            found = await self._marketplace(client).provider(self.address(PROVIDER))
        assert found is not None
        return found

    async def mor_of(self, index: int) -> int:
        async with open_http_client() as client:
            return (await self._marketplace(client).balances(self.address(index))).mor.base

    def _marketplace(self, client: Any) -> ContractMarketplace:
        announced, clock = self.devnet.announced, SystemClock()
        network = custom_network(
            chain_id=announced["chain_id"],
            marketplace=Address.parse(announced["marketplace"]),
            token=Address.parse(announced["token"]),
            rpc_urls=(announced["url"],),
        )
        rpc = open_pool(network, client, clock)
        return ContractMarketplace(rpc, network, ChainHead(rpc, clock), clock)


def credentials(node: Program) -> tuple[str, str]:
    """User name and password of a node's API, from its cookie file."""
    text = Path(node.announced["cookie_file"]).read_text("utf-8")
    name, _, password = text.strip().partition(":")
    return name, password


def json_rpc(url: str, method: str, *params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        answer = json.load(response)
    assert "error" not in answer, answer
    return answer["result"]


def chain_environment(devnet: Program) -> dict[str, str]:
    """The Go node's names for this chain; no secret is in it."""
    announced = devnet.announced
    return {
        "ETH_NODE_ADDRESS": announced["url"],
        "ETH_NODE_CHAIN_ID": str(announced["chain_id"]),
        "DIAMOND_CONTRACT_ADDRESS": announced["marketplace"],
        "MOR_TOKEN_ADDRESS": announced["token"],
    }


def node_environment(devnet: Program, index: int, **more: str) -> dict[str, str]:
    key = str(devnet.announced["accounts"][index]["private_key"])
    return {**chain_environment(devnet), "WALLET_PRIVATE_KEY": key, **more}


@contextmanager
def open_process_market(
    folder: Path, entry: dict[str, Any], *, price: int, stake: str
) -> Generator[ProcessMarket, None, None]:
    """Start everything; the provider's operator registers, creates the model and posts the bid.

    `entry` says how the model runs (`modelName`, `apiType` and what belongs to it).
    """
    with Program(folder / "devnet", "devnet", "--port", "0") as devnet:
        owner = Address.parse(devnet.announced["accounts"][PROVIDER]["address"])
        model_id = "0x" + keccak256(owner.raw + bytes.fromhex(BASE_ID[2:])).hex()
        config = write_models_config(folder / "models.json", [{"modelId": model_id, **entry}])
        port = free_port()
        serving = node_environment(
            devnet,
            PROVIDER,
            PROXY_ADDRESS=f"127.0.0.1:{port}",
            WEB_ADDRESS="127.0.0.1:0",
            MODELS_CONFIG_PATH=str(config),
            MORPHEUS_REQUESTS_PER_ADDRESS="10000",
            MORPHEUS_REQUESTS_PER_USER="10000",
        )
        consuming = node_environment(devnet, CONSUMER, WEB_ADDRESS="127.0.0.1:0")
        with (
            Program(folder / "provider", "serve", environment=serving) as provider,
            Program(folder / "consumer", "serve", environment=consuming) as consumer,
        ):
            public = chain_environment(devnet)

            def on_provider(*arguments: str) -> Any:
                return cli(provider.home, "provider", *arguments, "--yes", environment=public)

            on_provider("register", f"127.0.0.1:{port}", "--stake", stake)
            created = on_provider("create-model", entry["modelName"], "--base-id", BASE_ID)
            assert created == {"model_id": model_id}
            posted = on_provider("post-bid", model_id, str(price))
            yield ProcessMarket(
                devnet=devnet,
                provider=provider,
                consumer=consumer,
                model_id=model_id,
                bid_id=posted["bid_id"],
            )
