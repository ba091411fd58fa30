"""Openings that are cancelled, doubled or watched by recovery while they run."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
import pytest_asyncio

from node.core.errors import NodeError, SessionBusyError, SessionClosedError
from node.core.ports import Intent
from node.core.tasks import TaskScope
from node.core.units import Mor
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall
from node.router.quotes import QuoteOrder, SessionQuote
from node.store.journal_records import OPENING_STATES, SessionState
from tests.support.stacks import DemoStack, all_steps, open_demo_stack
from tests.support.truth import assert_settled, close_all, open_on_chain, row, rows, sent_of

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("life")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def demo(world: DemoStack) -> AsyncGenerator[DemoStack, None]:
    """No allowance before; afterwards everything must settle and close."""
    await world.stack.sender.send_alone(world.stack.chain.calls.approve(Mor(0)))
    yield world
    await world.stack.recovery.run()
    await close_all(world.stack)
    await assert_settled(world.stack)


async def _quote(demo: DemoStack, name: str = "Guide", seconds: int = 600) -> SessionQuote:
    model = await demo.guide(name)
    quote = await demo.stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=seconds))
    return demo.stack.quotes.take(quote.id)


@pytest.mark.parametrize("taken", range(1, 6))
async def test_an_opening_nobody_waits_for_is_finished_or_given_up(
    demo: DemoStack, taken: int
) -> None:
    """Steps: asking, allowing, allowance sent, opening, opening sent."""
    stack = demo.stack
    entry = None
    async with aclosing(stack.opener.open(await _quote(demo))) as steps:
        for _ in range(taken):
            entry = (await anext(steps)).entry
    assert entry is not None
    assert entry.intent_id not in stack.wallet.at_work
    await stack.recovery.run()
    expected = SessionState.ACTIVE if taken == 5 else SessionState.ABANDONED
    assert (await row(stack, entry.intent_id)).state is expected
    await assert_settled(stack)
    again = (await all_steps(stack.opener.open(await _quote(demo))))[-1].entry
    assert again.state is SessionState.ACTIVE, "an opening given up stands in the way"


async def test_a_cancelled_task_leaves_nothing_behind(demo: DemoStack) -> None:
    stack = demo.stack
    quote = await _quote(demo)
    waiting = asyncio.Event()

    async def run() -> None:
        async with aclosing(stack.opener.open(quote)) as steps:
            async for step in steps:
                if step.name == "opening":
                    waiting.set()

    async with TaskScope("opening") as scope:
        task = scope.spawn(run(), name="open")
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await stack.recovery.run()
    await assert_settled(stack)


async def test_recovery_leaves_an_opening_under_way_alone(demo: DemoStack) -> None:
    stack = demo.stack
    before = len(await rows(stack))
    last = None
    async with aclosing(stack.opener.open(await _quote(demo))) as steps:
        async for step in steps:
            await stack.recovery.run()
            await stack.recovery.adopt_from_chain()
            last = step
    assert last is not None
    assert last.name == "ready"
    assert len(await rows(stack)) == before + 1
    assert last.entry.session_id in {item.id for item in await open_on_chain(stack)}


async def test_recovery_all_the_time_beside_open_and_close(demo: DemoStack) -> None:
    stack = demo.stack
    before = len(await rows(stack))
    done = asyncio.Event()

    async def recover() -> None:
        while not done.is_set():
            await stack.recovery.run()

    async def live() -> None:
        try:
            entry = (await all_steps(stack.opener.open(await _quote(demo))))[-1].entry
            await stack.closer.close(entry)
        finally:
            done.set()

    await asyncio.gather(recover(), live())
    assert len(await rows(stack)) == before + 1


async def test_two_openings_at_once_have_their_own_rows_and_nonces(demo: DemoStack) -> None:
    stack = demo.stack
    quotes = [await _quote(demo, "Guide", 600), await _quote(demo, "Guide Patient", 900)]
    ends = await asyncio.gather(*(all_steps(stack.opener.open(item)) for item in quotes))
    entries = [steps[-1].entry for steps in ends]
    assert [entry.state for entry in entries] == [SessionState.ACTIVE] * 2
    assert len({entry.session_id for entry in entries}) == 2
    nonces = [
        record.nonce
        for entry in entries
        for intent in (Intent.APPROVE, Intent.OPEN_SESSION)
        for record in await sent_of(stack, entry.intent_id, intent)
    ]
    assert len(nonces) == 4
    assert len(set(nonces)) == 4
    balances = await stack.chain.market.balances(stack.wallet.address)
    assert balances.allowance == Mor(0)


async def test_a_second_opening_of_the_same_model_is_refused_and_costs_nothing(
    demo: DemoStack,
) -> None:
    stack = demo.stack
    quotes = [await _quote(demo), await _quote(demo)]
    ends = await asyncio.gather(
        *(all_steps(stack.opener.open(item)) for item in quotes), return_exceptions=True
    )
    refused = [item for item in ends if isinstance(item, BaseException)]
    assert [type(item) for item in refused] == [SessionBusyError]
    assert len(await open_on_chain(stack)) == 1


async def test_what_an_abandoned_opening_allowed_is_seen_and_used(demo: DemoStack) -> None:
    stack = demo.stack
    quote = await _quote(demo)
    async with aclosing(stack.opener.open(quote)) as steps:
        async for step in steps:
            if step.name == "opening":
                break
    left = (await stack.chain.market.balances(stack.wallet.address)).allowance
    assert left == quote.plan.stake
    second = await _quote(demo, seconds=500)
    assert second.approve_amount == Mor(0)
    steps_taken = await all_steps(stack.opener.open(second))
    assert "allowing" not in [step.name for step in steps_taken]


async def test_mor_spent_since_the_quote_is_noticed_before_anything_is_signed(
    demo: DemoStack,
) -> None:
    stack = demo.stack
    balances = await stack.chain.market.balances(stack.wallet.address)
    quote = await _quote(demo)
    friend = demo.world.devnet.accounts[0].address
    sent = Mor(balances.mor.base - quote.plan.stake.base + 1)
    await stack.sender.send_alone(stack.chain.calls.send_mor(friend, sent))
    try:
        with pytest.raises(NodeError) as caught:
            await all_steps(stack.opener.open(quote))
        assert caught.value.code == "funds.not_enough_mor"
        last = (await rows(stack))[0]
        assert last.state is SessionState.FAILED
        assert await stack.wallet.journal.transactions_of(last.intent_id) == ()
    finally:
        back = artifact("Token").call(
            "transfer(address,uint256)", stack.wallet.address.raw, sent.base
        )
        devnet = demo.world.devnet
        call = AccountCall(account=devnet.accounts[0], to=devnet.token_address, data=back)
        await devnet.transact([call])


async def test_two_clicks_on_close_close_once_also_after_the_end(demo: DemoStack) -> None:
    stack = demo.stack
    entry = (await all_steps(stack.opener.open(await _quote(demo))))[-1].entry
    await demo.world.devnet.advance_to(entry.ends_at + 1)
    ends = await asyncio.gather(
        stack.closer.close(entry), stack.closer.close(entry), return_exceptions=True
    )
    refused = [item for item in ends if isinstance(item, BaseException)]
    assert all(isinstance(item, SessionClosedError) for item in refused)
    kept = await row(stack, entry.intent_id)
    assert kept.state is SessionState.SETTLED
    assert kept.returned == entry.stake
    assert len(await sent_of(stack, entry.intent_id, Intent.CLOSE_SESSION)) == 1
    assert not [item for item in await rows(stack) if item.state in OPENING_STATES]
