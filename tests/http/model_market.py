"""A scripted model server behind two doors of one node: as a local model, and behind a session
with a provider that resells it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.host import NodeOptions, open_hosted_node
from node.service.dto import QuoteRequest
from node.service.local import LocalNode
from tests.support.small_market import (
    CONSUMER,
    SmallMarket,
    open_small_market,
    write_models_config,
)
from tests.unit.llm.model_server import Exchange, ModelServer

LOCAL_ID = "0x" + "11" * 32
LOCAL_NAME = "local stt and tts"
PICTURES_ID = "0x" + "33" * 32
Answer = Callable[[Exchange], Awaitable[None]]


@dataclass(kw_only=True)
class ModelMarket:
    """`answer` plays the model server; set it before each request."""

    server: ModelServer
    market: SmallMarket
    node: LocalNode
    client: HttpClient
    session_id: str
    answer: Answer | None = None

    def target(self, door: str) -> dict[str, str]:
        """Header that sends a request through the door `local` or `session`."""
        return {"model_id": LOCAL_ID} if door == "local" else {"session_id": self.session_id}

    @property
    def asked(self) -> Exchange:
        return self.server.requests[-1]

    def spooled(self) -> int:
        """Uploaded files that are still there, on either node."""
        return self.node.spool.files + self.market.provider.spool.files

    def plays(self, content_type: str, *parts: bytes) -> None:
        async def play(exchange: Exchange) -> None:
            await exchange.stream(*parts, content_type=content_type)

        self.answer = play

    def refuses(self, status: int, body: bytes) -> None:
        async def play(exchange: Exchange) -> None:
            await exchange.send(status, "application/json", body)

        self.answer = play


async def _opened_session(node: LocalNode, model_id: str) -> str:
    quote = await node.sessions.quote(QuoteRequest(model_id=model_id, duration_s=3600))
    steps = [step async for step in node.sessions.open(quote.id)]
    assert steps[-1].session is not None
    return steps[-1].session.id


@asynccontextmanager
async def open_model_market(folder: Path) -> AsyncGenerator[ModelMarket, None]:
    """Chain, provider, consumer with its API, one open session."""
    holder: list[ModelMarket] = []

    async def play(exchange: Exchange) -> None:
        assert holder[0].answer is not None
        await holder[0].answer(exchange)

    async with ModelServer(play) as server:
        entry = {"apiType": "openai", "apiUrl": server.url}
        config = write_models_config(
            folder / "consumer-models.json",
            [
                {"modelId": LOCAL_ID, "modelName": LOCAL_NAME, **entry},
                {"modelId": "0x" + "22" * 32, "modelName": "guide", "apiType": "guide"},
                {"modelId": PICTURES_ID, "modelName": "pictures", "apiType": "prodia-v2"},
            ],
        )
        async with open_small_market(folder, entry) as market:
            settings = market.settings(
                CONSUMER, WEB_ADDRESS="127.0.0.1:0", MODELS_CONFIG_PATH=str(config)
            )
            options = NodeOptions(dirs=AppDirs.under(folder / "consumer"), settings=settings)
            async with (
                open_hosted_node(options) as node,
                open_http_client(base_url=node.api.url) as client,
            ):
                client.auth = ("admin", node.api.token)
                session_id = await _opened_session(node, market.model_id)
                holder.append(
                    ModelMarket(
                        server=server,
                        market=market,
                        node=node,
                        client=client,
                        session_id=session_id,
                    )
                )
                yield holder[0]
