"""The chain's endpoint fails in each state of opening and closing: nothing is lost or doubled."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from node.chain.rpc import pool
from node.core.errors import NodeError, RpcUnavailableError, TxStuckError, WrongNetworkError
from node.core.ports import Intent
from node.core.units import Mor
from node.router import sending
from node.router.consumer import AnswerEnd
from node.router.quotes import QuoteOrder, SessionQuote
from node.store.journal_records import SessionEntry, SessionState
from tests.support.faulty_rpc import SEND, Fault, FaultyServer, open_faulty_stack
from tests.support.money import demo_money
from tests.support.stacks import DemoStack
from tests.support.truth import (
    assert_settled,
    close_all,
    open_on_chain,
    recovered,
    row,
    rows,
    sent_of,
)

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
SECONDS = 600


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("faulty")) as pair:
        yield pair


@pytest_asyncio.fixture(loop_scope="module")
async def demo(
    opened: tuple[DemoStack, FaultyServer], monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[DemoStack, None]:
    """The user's node; afterwards everything must settle and close."""
    demo, server = opened
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 1.0)
    monkeypatch.setattr(pool, "_FIRST_PAUSE_S", 0.02)
    yield demo
    server.heal()
    await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
    await close_all(demo.stack)
    await assert_settled(demo.stack)


@pytest.fixture
def server(opened: tuple[DemoStack, FaultyServer]) -> FaultyServer:
    return opened[1]


async def _quote(demo: DemoStack) -> SessionQuote:
    model = await demo.guide()
    return await demo.stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=SECONDS))


async def _try_to_open(
    demo: DemoStack, stop_at: str = "", server: FaultyServer | None = None
) -> SessionEntry:
    """Take the steps of an opening; the endpoint dies at the step `stop_at`."""
    stack = demo.stack
    quote = await _quote(demo)
    entry = None
    seen: list[str] = []
    try:
        async for step in stack.opener.open(stack.quotes.take(quote.id)):
            entry = step.entry
            seen.append(f"{step.name}{'.sent' if step.tx_hash else ''}")
            if seen[-1] == stop_at and server is not None:
                server.break_(Fault.ERROR_500)
    except NodeError:
        if not stop_at:
            raise
    assert entry is not None
    assert not stop_at or stop_at in seen
    return await row(stack, entry.intent_id)


STEPS = ("asking_provider", "allowing", "allowing.sent", "opening", "opening.sent", "ready.sent")


@pytest.mark.parametrize("step", STEPS)
async def test_endpoint_dies_at_each_step_of_opening(
    demo: DemoStack, server: FaultyServer, step: str
) -> None:
    entry = await _try_to_open(demo, step, server)
    with pytest.raises(RpcUnavailableError):
        await recovered(demo.stack)
    kept = await row(demo.stack, entry.intent_id)
    if step == "opening.sent":
        assert kept.state is SessionState.OPEN_SENT, "given up without having asked the chain"
    server.heal()
    await recovered(demo.stack)
    await assert_settled(demo.stack)
    is_open = (await row(demo.stack, entry.intent_id)).state is SessionState.ACTIVE
    assert is_open == (step in {"opening.sent", "ready.sent"})


@pytest.mark.parametrize("fault", [item for item in Fault if item is not Fault.OTHER_CHAIN])
@pytest.mark.parametrize("which", [0, 1], ids=["approve", "open"])
async def test_a_transaction_that_nobody_seems_to_take_is_sent_once(
    demo: DemoStack, server: FaultyServer, fault: Fault, which: int
) -> None:
    await demo.stack.sender.send_alone(demo.stack.chain.calls.approve(Mor(0)))
    before = {item.intent_id for item in await rows(demo.stack)}
    server.break_(fault, SEND, after=which)
    with pytest.raises(RpcUnavailableError) as caught:
        await _try_to_open(demo)
    assert caught.value.code == "chain.tx_kept"
    assert "not repeat" in caught.value.hint
    server.heal()
    (entry,) = [item for item in await rows(demo.stack) if item.intent_id not in before]
    await recovered(demo.stack)
    await assert_settled(demo.stack)
    now = await row(demo.stack, entry.intent_id)
    assert now.state is (SessionState.ACTIVE if which else SessionState.ABANDONED)
    assert len(await open_on_chain(demo.stack)) == which


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.DROP, Fault.LOST_ANSWER])
async def test_a_close_that_nobody_seems_to_take_is_sent_once(
    demo: DemoStack, server: FaultyServer, fault: Fault
) -> None:
    entry = await _try_to_open(demo)
    server.break_(fault, SEND)
    with pytest.raises(RpcUnavailableError):
        await demo.stack.closer.close(entry)
    server.heal()
    await recovered(demo.stack)
    await assert_settled(demo.stack)
    closed = await row(demo.stack, entry.intent_id)
    assert closed.state in (SessionState.CLOSED, SessionState.SETTLED)
    assert closed.returned + closed.held == entry.stake
    assert len(await sent_of(demo.stack, entry.intent_id, Intent.CLOSE_SESSION)) == 1


async def test_closing_again_waits_for_the_close_that_was_signed(
    demo: DemoStack, server: FaultyServer
) -> None:
    entry = await _try_to_open(demo)
    server.break_(Fault.ERROR_500, SEND)
    with pytest.raises(RpcUnavailableError):
        await demo.stack.closer.close(entry)
    server.heal()
    closed = await demo.stack.closer.close(entry)
    assert closed.entry.returned + closed.entry.held == entry.stake
    assert len(await sent_of(demo.stack, entry.intent_id, Intent.CLOSE_SESSION)) == 1


async def test_a_stuck_opening_stays_until_the_chain_decides(
    demo: DemoStack, server: FaultyServer
) -> None:
    stack = demo.stack
    await stack.sender.send_alone(stack.chain.calls.approve((await _quote(demo)).plan.stake))
    await demo.world.devnet.hold_transactions(True)
    with pytest.raises(TxStuckError):
        await _try_to_open(demo)
    (entry,) = [item for item in await rows(stack) if item.state is SessionState.OPEN_SENT]
    # Long after a quote is out of date the transaction may still be mined.
    await demo.world.devnet.advance_to(stack.chain.clock.unix_seconds() + 1200)
    report = await recovered(stack)
    assert entry.intent_id in "".join(report.unresolved)
    assert (await row(stack, entry.intent_id)).state is SessionState.OPEN_SENT
    with pytest.raises(NodeError) as caught:
        await _try_to_open(demo)
    assert caught.value.code == "session.opening"
    await demo.world.devnet.hold_transactions(False)
    await recovered(stack)
    assert (await row(stack, entry.intent_id)).state is SessionState.ACTIVE
    assert len(await open_on_chain(stack)) == 1


async def test_an_opening_given_up_is_not_sent_with_the_next_transaction(
    demo: DemoStack, server: FaultyServer
) -> None:
    stack = demo.stack
    await stack.sender.send_alone(stack.chain.calls.approve(Mor(0)))
    server.break_(Fault.ERROR_500, SEND, after=1)
    with pytest.raises(RpcUnavailableError):
        await _try_to_open(demo)
    server.heal()
    (entry,) = [item for item in await rows(stack) if item.state is SessionState.OPEN_SIGNED]
    async with stack.wallet.at_work.hold(entry.intent_id):
        await demo.world.devnet.advance_to(stack.chain.clock.unix_seconds() + 600)
    await recovered(stack)
    assert (await row(stack, entry.intent_id)).state is SessionState.FAILED
    record, _ = await stack.sender.send_alone(stack.chain.calls.approve(entry.stake))
    (given_up,) = await sent_of(stack, entry.intent_id, Intent.OPEN_SESSION)
    assert record.nonce == given_up.nonce
    assert await open_on_chain(stack) == []


async def test_endpoint_of_another_chain_gets_nothing_signed(
    demo: DemoStack, server: FaultyServer
) -> None:
    before = server.seen.count(SEND)
    server.break_(Fault.OTHER_CHAIN, "eth_chainId")
    with pytest.raises(WrongNetworkError):
        await _try_to_open(demo)
    assert server.seen.count(SEND) == before


async def test_sessions_are_listed_and_answer_without_the_chain(
    demo: DemoStack, server: FaultyServer, tmp_path: Path
) -> None:
    """Open sessions work on while the endpoint is down."""
    entry = await _try_to_open(demo)
    service = demo_money(demo, tmp_path).sessions
    demo.stack.names.clear()
    server.break_(Fault.ERROR_500)
    views = await service.list()
    assert entry.session_id is not None
    assert entry.session_id.hex in {view.id for view in views if view.state == "active"}
    body = {"messages": [{"role": "user", "content": "What is a stake?"}], "stream": True}
    async with aclosing(demo.stack.consumer.prompt(entry, body)) as answers:
        parts = [part async for part in answers]
    assert isinstance(parts[-1], AnswerEnd)
    assert parts[-1].complete
