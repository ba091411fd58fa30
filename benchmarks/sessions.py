"""How long opening and closing a session takes on an instant chain.

Devnet, provider and consumer are processes of their own; the commands reach the consumer through
its API, as `mor-cli` and other programs do.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

from benchmarks.rows import Row, Scale, median
from node.core.paths import AppDirs
from node.service.dto import QuoteRequest
from node.service.remote import RemoteNode, running_node
from tests.support.process_market import ProcessMarket, open_process_market

PRICE = 10**13
SESSION_S = 600
PLENTY = 900 * 10**18


def run(scale: Scale) -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="morpheus-bench-") as folder,
        open_process_market(
            Path(folder), {"modelName": "Guide", "apiType": "guide"}, price=PRICE, stake="100"
        ) as market,
    ):
        yield from asyncio.run(_measure(market, scale))


async def _measure(market: ProcessMarket, scale: Scale) -> list[Row]:
    runtime = running_node(AppDirs.under(market.consumer.home))
    if runtime is None:
        raise RuntimeError("the consumer does not answer")
    quoted: list[float] = []
    with_allowance: list[float] = []
    without: list[float] = []
    closed: list[float] = []
    async with RemoteNode(runtime) as node:
        for number in range(2 * scale.of(6, 1)):
            allowance = number % 2 == 1
            await node.chain.approve(PLENTY if allowance else 0)
            began = time.perf_counter()
            quote = await node.sessions.quote(
                QuoteRequest(model_id=market.model_id, duration_s=SESSION_S)
            )
            quoted.append(_since(began))
            began = time.perf_counter()
            async with aclosing(node.sessions.open(quote.id)) as steps:
                last = [step async for step in steps][-1]
            (with_allowance if allowance else without).append(_since(began))
            if last.session is None:
                raise RuntimeError("no session was opened")
            began = time.perf_counter()
            await node.sessions.close(last.session.id)
            closed.append(_since(began))
    note = f"median of {len(without)}"
    return [
        Row(name="quote a session", value=median(quoted), unit="ms"),
        Row(
            name="open a session, allowance there",
            value=median(with_allowance),
            unit="ms",
            note=note,
        ),
        Row(
            name="open a session, allowance granted first",
            value=median(without),
            unit="ms",
            note=f"{note}; one transaction more",
        ),
        Row(name="close a session", value=median(closed), unit="ms", note="with the report"),
    ]


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
