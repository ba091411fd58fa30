"""kill -9 of the consumer at every step of opening and closing: nothing is ever lost."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.tasks import TaskScope
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall
from node.service.dto import SessionView
from node.service.local import LocalNode, open_node
from tests.support.mortal_consumer import live_and_die, options, process_context
from tests.support.small_market import CONSUMER, SmallMarket, open_small_market

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform == "win32", reason="no fork server and no SIGKILL there"),
]
POINTS = (
    "open.draft.before",
    "open.draft.after",
    "open.provider_ok.before",
    "open.provider_ok.after",
    "approve.signed.before",
    "approve.signed.after",
    "approve.sent.before",
    "approve.sent.after",
    "approve.mined.after",
    "open.signed.before",
    "open.signed.after",
    "open.sent.before",
    "open.sent.after",
    "open.mined.before",
    "open.mined.after",
    "open.active.after",
    "close.report.after",
    "close.signed.before",
    "close.signed.after",
    "close.sent.before",
    "close.sent.after",
    "close.mined.before",
    "close.closed.after",
    *(f"store.commit.after:{number}" for number in (2, 5, 8, 11, 14)),
    *(f"store.commit.before:{number}" for number in (3, 6, 9, 12)),
)
ALL_MOR = 1000 * 10**18
UNDER_WAY = {"opening", "closing"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SmallMarket, None]:
    async with open_small_market(tmp_path_factory.mktemp("market")) as small:
        yield small


async def _settled(node: LocalNode) -> tuple[SessionView, ...]:
    """Sessions once nothing is under way any more."""
    changed = asyncio.Event()

    async def follow() -> None:
        async for _ in node.system.events():
            changed.set()

    async with asyncio.timeout(30), TaskScope("follow") as tasks:
        tasks.spawn(follow(), name="events")
        while True:
            changed.clear()
            sessions = await node.sessions.list()
            if not any(session.state in UNDER_WAY for session in sessions):
                return sessions
            await changed.wait()


async def _without_allowance(market: SmallMarket) -> None:
    """Each life starts without an allowance, so that it passes the step of granting one."""
    revoke = artifact("Token").call(
        "approve(address,uint256)", market.chain.marketplace_address.raw, 0
    )
    account = market.account(CONSUMER)
    call = AccountCall(account=account, to=market.chain.token_address, data=revoke)
    await market.chain.transact([call])


@pytest.mark.parametrize("point", POINTS)
async def test_nothing_is_lost_when_the_consumer_dies(
    market: SmallMarket, tmp_path: Path, point: str
) -> None:
    environment = market.environment(CONSUMER)
    await _without_allowance(market)
    before = await _sessions_on_chain(market)
    process = process_context().Process(
        target=live_and_die, args=(str(tmp_path), environment, market.model_id, point)
    )
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL, f"the consumer did not pass {point}"

    async with open_node(options(str(tmp_path), environment)) as node:
        sessions = await _settled(node)
        opened = await _sessions_on_chain(market) - before
        assert opened <= 1, "one confirmation opened two sessions"
        overview = await node.wallet.overview()
        assert overview.total == ALL_MOR
        active = [session for session in sessions if session.state == "active"]
        assert sum(session.stake for session in active) == overview.in_sessions
        for session in active:
            await node.sessions.close(session.id)
        after = await node.wallet.overview()
        assert after.in_sessions == 0
        assert after.total == ALL_MOR
        waiting = await node.wallet.transactions(0, 50)
        assert [item.status for item in waiting if item.status in {"signed", "sent"}] == []


async def _sessions_on_chain(market: SmallMarket) -> int:
    return len(await market.provider.provider.sessions())
