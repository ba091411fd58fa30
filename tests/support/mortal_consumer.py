"""A consumer in a process of its own that dies at a chosen point of one act."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.core.tasks import TaskScope
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    QuoteRequest,
    SessionView,
    TextDelta,
    TransactionView,
)
from node.service.local import LocalNode, NodeOptions, open_node
from tests.support.kill_points import Points, Record, die, killer

SENT_MOR = 7 * 10**18
SENT_ETH = 3 * 10**15
ALLOWED = 11 * 10**18
_IMPORTED_LATE = ("httpcore", "anyio._backends._asyncio", "h2.connection")


def process_context() -> Any:
    """A fork server that has imported the node already, so that each death costs no start-up."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_IMPORTED_LATE])
    return context


def options(home: str, environment: dict[str, str]) -> NodeOptions:
    return NodeOptions(
        dirs=AppDirs.under(Path(home)), settings=load_settings(file=None, environment=environment)
    )


async def open_session(node: LocalNode, model_id: str) -> SessionView:
    quote = await node.sessions.quote(QuoteRequest(model_id=model_id, duration_s=3600))
    return await _opened(node, quote.id)


async def _opened(node: LocalNode, quote_id: str) -> SessionView:
    opened = None
    async with aclosing(node.sessions.open(quote_id)) as steps:
        async for step in steps:
            opened = step.session or opened
    if opened is None:
        raise AssertionError("no session came out of opening")
    return opened


async def ask(node: LocalNode, session: SessionView, text: str) -> str:
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session.id),
        messages=(ChatMessage(role="user", content=text),),
    )
    async with aclosing(node.chat.send(request)) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a mortal consumer does, and where it ends.

    `point` empty: it lives on to the end and writes the points of its act to `record`.
    """

    home: str
    environment: dict[str, str]
    model_id: str
    act: str
    recipient: str
    point: str = ""
    record: str = ""


Act = Callable[[LocalNode, Life, Points], Awaitable[None]]


async def _open(node: LocalNode, life: Life, points: Points) -> None:
    quote = await node.sessions.quote(QuoteRequest(model_id=life.model_id, duration_s=3600))
    await points.drive(_opened(node, quote.id))


async def _close(node: LocalNode, life: Life, points: Points) -> None:
    session = await open_session(node, life.model_id)
    await points.drive(node.sessions.close(session.id))


async def _claim(node: LocalNode, life: Life, points: Points) -> None:
    await points.drive(node.wallet.withdraw_released())


async def _approve(node: LocalNode, life: Life, points: Points) -> None:
    draft = await node.wallet.draft_approval(ALLOWED)
    await points.drive(node.wallet.send(draft.id))


async def _send_mor(node: LocalNode, life: Life, points: Points) -> None:
    draft = await node.wallet.draft_send("MOR", life.recipient, SENT_MOR)
    await points.drive(node.wallet.send(draft.id))


async def _send_eth(node: LocalNode, life: Life, points: Points) -> None:
    draft = await node.wallet.draft_send("ETH", life.recipient, SENT_ETH)
    await points.drive(node.wallet.send(draft.id))


async def _speed_up(node: LocalNode, life: Life, points: Points) -> None:
    await _replaced(node, life, points, "speed_up")


async def _cancel(node: LocalNode, life: Life, points: Points) -> None:
    await _replaced(node, life, points, "cancel")


async def _replaced(
    node: LocalNode, life: Life, points: Points, verb: Literal["speed_up", "cancel"]
) -> None:
    """Nothing is mined meanwhile: the transfer waits, and so does what takes its place."""
    draft = await node.wallet.draft_send("MOR", life.recipient, SENT_MOR)
    async with TaskScope("sending") as tasks:
        tasks.spawn(node.wallet.send(draft.id), name="send")
        waiting = await _sent(node)
        plan = await node.wallet.draft_replace(waiting.hash, verb)
        await points.drive(node.wallet.replace(plan.id))


async def _sent(node: LocalNode) -> TransactionView:
    async with aclosing(node.system.events()) as events:
        async for _ in events:
            for item in await node.wallet.transactions(0, 10):
                if item.status == "sent":
                    return item
    raise AssertionError("the node ended before the transfer was sent")


ACTS: dict[str, Act] = {
    "open": _open,
    "close": _close,
    "claim": _claim,
    "approve": _approve,
    "send_mor": _send_mor,
    "send_eth": _send_eth,
    "speed_up": _speed_up,
    "cancel": _cancel,
}


async def _live(life: Life) -> None:
    record = Record()
    points = Points(killer(life.point) if life.point else record.seen)
    async with open_node(options(life.home, life.environment)) as node:
        await ACTS[life.act](node, life, points)
        if life.point:
            die()
    record.write(Path(life.record))


def live_and_die(life: Life) -> None:
    """Killed by the operating system's hardest signal at `life.point`, or when the act is over."""
    asyncio.run(_live(life))
