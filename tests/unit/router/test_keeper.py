"""Sessions that end are closed by themselves; released stake is seen."""

import asyncio

import pytest

from node.core.events import SessionChanged
from node.core.units import Mor
from node.router.holdings import holdings_of
from node.store.journal_records import SessionState
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


async def test_an_ended_session_is_closed_and_all_comes_back(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open("Guide Patient", 600)
    await demo.world.devnet.advance_to(entry.ends_at + 1)
    with stack.wallet.bus.subscribe() as events:
        stack.keeper.wake()
        async with asyncio.timeout(20):
            async for event in events:
                if isinstance(event, SessionChanged) and event.state == "settled":
                    break
    kept = await stack.wallet.journal.entry(entry.intent_id)
    assert kept is not None
    assert kept.state is SessionState.SETTLED
    assert kept.returned == entry.stake
    found = await holdings_of(stack.chain.market, stack.wallet.address)
    assert found.total == Mor(1000 * 10**18)


async def test_a_defect_in_one_round_does_not_end_the_looking_after(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    entry = await demo.open("Guide Patient", 600)
    await demo.world.devnet.advance_to(entry.ends_at + 1)
    failed, close_ended = asyncio.Event(), stack.keeper.close_ended

    async def defect() -> int:
        monkeypatch.setattr(stack.keeper, "close_ended", close_ended)
        failed.set()
        raise ZeroDivisionError

    monkeypatch.setattr(stack.keeper, "close_ended", defect)
    with stack.wallet.bus.subscribe() as events:
        stack.keeper.wake()
        async with asyncio.timeout(20):
            await failed.wait()
            stack.keeper.wake()
            async for event in events:
                if isinstance(event, SessionChanged) and event.state == "settled":
                    break
    kept = await stack.wallet.journal.entry(entry.intent_id)
    assert kept is not None
    assert kept.state is SessionState.SETTLED
