"""A close by another program is noticed from the chain's logs, by user and by provider."""

import asyncio
from pathlib import Path

import pytest

from node.core.events import SessionChanged
from node.service.local import open_node
from tests.support.mortal_consumer import open_session, options
from tests.support.small_market import CONSUMER, open_small_market

pytestmark = pytest.mark.chain


async def test_another_program_closes_the_session(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        environment = market.environment(CONSUMER, ETH_NODE_POLLING_INTERVAL="100ms")
        here, there = (options(str(tmp_path / name), environment) for name in ("here", "there"))
        async with open_node(here) as mine, open_node(there) as other:
            session = await open_session(mine, market.model_id)
            noticed = asyncio.Event()

            async def follow() -> None:
                async for event in mine.system.events():
                    if isinstance(event, SessionChanged) and event.state in {"closed", "settled"}:
                        noticed.set()

            async with asyncio.TaskGroup() as group:
                following = group.create_task(follow())
                await asyncio.sleep(0)
                await other.sessions.close(session.id)
                async with asyncio.timeout(20):
                    await noticed.wait()
                following.cancel()
            assert (await mine.sessions.get(session.id)).state == "closed"
