"""Devnet, fake model server, provider and consumer, each a process of its own."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.children import helper_port
from benchmarks.load import Door
from node.core.paths import AppDirs
from node.service.dto import QuoteRequest
from node.service.remote import RemoteNode, running_node
from tests.support.process_market import ProcessMarket, credentials, open_process_market

PRICE = 10**13
SESSION_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`direct` leads to the model server, each of `sessions` through both nodes to it.

    `relayed` goes through two processes that only pass bytes on: the floor of this machine.
    """

    market: ProcessMarket
    direct: Door
    relayed: Door
    sessions: tuple[Door, ...]

    def cpu_s(self) -> tuple[float, float]:
        """Processor time so far of consumer and provider."""
        programs = (self.market.consumer, self.market.provider)
        times = [program.process.cpu_times() for program in programs]
        return times[0].user + times[0].system, times[1].user + times[1].system

    def memory_mib(self) -> float:
        """Resident memory of both nodes."""
        programs: tuple[psutil.Process, ...] = (
            self.market.consumer.process,
            self.market.provider.process,
        )
        return float(sum(program.memory_info().rss for program in programs)) / 2**20


@asynccontextmanager
async def open_pair(sessions: int) -> AsyncGenerator[Pair, None]:
    """Everything running, with open sessions: a session answers one prompt at a time."""
    with (
        tempfile.TemporaryDirectory(prefix="morpheus-bench-") as folder,
        helper_port("benchmarks.fake_backend") as port,
        helper_port("benchmarks.relay", str(port)) as inner,
        helper_port("benchmarks.relay", str(inner)) as outer,
        open_process_market(
            Path(folder),
            {
                "modelName": "Bench",
                "apiType": "openai",
                "apiUrl": f"http://127.0.0.1:{port}/v1/chat/completions",
            },
            price=PRICE,
            stake="100",
        ) as market,
    ):
        _, password = credentials(market.consumer)
        api_port = int(market.api_url.rpartition(":")[2])
        opened = await _open_sessions(market, sessions)
        doors = [
            Door(
                port=api_port,
                headers=(("authorization", f"Bearer {password}"), ("session_id", session)),
            )
            for session in opened
        ]
        yield Pair(
            market=market,
            direct=Door(port=port),
            relayed=Door(port=outer),
            sessions=tuple(doors),
        )


async def _open_sessions(market: ProcessMarket, count: int) -> list[str]:
    runtime = running_node(AppDirs.under(market.consumer.home))
    assert runtime is not None
    opened = []
    async with RemoteNode(runtime) as node:
        for _ in range(count):
            request = QuoteRequest(model_id=market.model_id, duration_s=SESSION_S)
            quote = await node.sessions.quote(request)
            async with aclosing(node.sessions.open(quote.id)) as steps:
                last = [step async for step in steps][-1]
            assert last.session is not None
            opened.append(last.session.id)
    return opened
