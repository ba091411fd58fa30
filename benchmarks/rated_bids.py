"""How long the offers of one model take to read and rate.

The chain is a scripted endpoint in a process of its own that answers from memory: what is measured
is our reading, decoding and rating, and how often we ask. A public endpoint is imitated by 40 ms
per call.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

from benchmarks.children import helper_port
from benchmarks.rows import Row, Scale, median
from benchmarks.scripted_chain import CHAIN_ID, MARKETPLACE, MODEL
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import custom_network
from node.chain.rpc.pool import open_pool
from node.core.clock import SystemClock
from node.core.http_client import open_http_client
from node.core.ids import Address, ModelId
from node.router.rating import rate

COUNTS = (10, 100, 1000)
REMOTE_MS = 40


def run(scale: Scale) -> Iterator[Row]:
    for count in (10,) if scale.quick else COUNTS:
        yield from asyncio.run(_measure(count, 0, scale))
    yield from asyncio.run(_measure(10 if scale.quick else 1000, REMOTE_MS, scale))


async def _measure(count: int, delay_ms: int, scale: Scale) -> list[Row]:
    delay = f", {delay_ms} ms per call" if delay_ms else ""
    with helper_port("benchmarks.scripted_chain", str(count), str(delay_ms)) as port:
        async with _marketplace(port) as market:
            await _rated(market, count)
            cold, cached = [], []
            for _ in range(scale.of(5, 1)):
                market.forget_lists()
                cold.append(await _rated(market, count))
                cached.append(await _rated(market, count))
    rows = [Row(name=f"rated bids, {count} bids{delay}, cold", value=median(cold), unit="ms")]
    if not delay_ms:
        name = f"rated bids, {count} bids, from cache"
        rows.append(Row(name=name, value=median(cached), unit="ms"))
    return rows


async def _rated(market: ContractMarketplace, count: int) -> float:
    began = time.perf_counter()
    rated = rate(await market.model_bids(ModelId(MODEL)))
    elapsed = (time.perf_counter() - began) * 1000
    if len(rated) != count or rated[0].score is None:
        raise RuntimeError(f"{len(rated)} of {count} bids were rated")
    return elapsed


@asynccontextmanager
async def _marketplace(port: int) -> AsyncGenerator[ContractMarketplace, None]:
    clock = SystemClock()
    network = custom_network(
        chain_id=CHAIN_ID,
        marketplace=Address(MARKETPLACE),
        token=Address(MARKETPLACE),
        rpc_urls=(f"http://127.0.0.1:{port}",),
    )
    async with open_http_client() as client:
        rpc = open_pool(network, client, clock)
        yield ContractMarketplace(rpc, network, ChainHead(rpc, clock), clock)
