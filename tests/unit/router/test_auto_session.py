"""Sessions opened for programs stay inside what the user granted."""

import asyncio

import pytest

from node.core.errors import NoTargetError, SpendLimitError
from node.core.units import Mor
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


async def test_nothing_is_locked_without_a_grant(demo: DemoStack) -> None:
    model = await demo.guide("Guide Patient")
    with pytest.raises(NoTargetError):
        await demo.stack.auto_sessions.ensure(model.id, cap=Mor(0), duration_s=600)


async def test_a_dearer_session_is_refused_before_anything_is_sent(demo: DemoStack) -> None:
    model = await demo.guide("Guide Patient")
    before = await demo.stack.chain.market.balances(demo.stack.wallet.address)
    with pytest.raises(SpendLimitError):
        await demo.stack.auto_sessions.ensure(model.id, cap=Mor(1), duration_s=600)
    assert (await demo.stack.chain.market.balances(demo.stack.wallet.address)).eth == before.eth


async def test_many_requests_open_one_session(demo: DemoStack) -> None:
    model = await demo.guide("Guide Patient")
    cap = Mor(100 * 10**18)
    entries = await asyncio.gather(
        *(demo.stack.auto_sessions.ensure(model.id, cap=cap, duration_s=600) for _ in range(4))
    )
    assert len({entry.session_id for entry in entries}) == 1
    assert entries[0].stake <= cap
