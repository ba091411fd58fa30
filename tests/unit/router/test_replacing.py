"""Speeding up and cancelling: one nonce, both outcomes, a true journal."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from node.core.errors import (
    FundsError,
    NodeError,
    RpcUnavailableError,
    TxCancelledError,
    UserInputError,
)
from node.core.ids import Address
from node.core.ports import Intent
from node.core.tasks import TaskScope
from node.core.units import Mor
from node.router import sending
from node.router.quotes import QuoteOrder
from node.router.replacing import MAX_SIGNED, can_replace
from node.store.journal_records import SessionState, TxRecord, TxStatus
from tests.support.faulty_rpc import SEND, Fault, FaultyServer, open_faulty_stack
from tests.support.stacks import DemoStack
from tests.support.truth import close_all, open_on_chain, recovered, row, rows

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = Address(b"\x5a" * 20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("replacing")) as pair:
        yield pair


@pytest_asyncio.fixture(loop_scope="module")
async def demo(opened: tuple[DemoStack, FaultyServer]) -> AsyncGenerator[DemoStack, None]:
    demo, server = opened
    await demo.world.devnet.hold_transactions(True)
    yield demo
    server.heal()
    await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
    await close_all(demo.stack)
    pending = await demo.stack.wallet.journal.pending_transactions(
        demo.stack.wallet.address, demo.stack.chain.market.chain_id
    )
    assert pending == ()


async def again(demo: DemoStack, record: TxRecord) -> TxRecord:
    found = await demo.stack.wallet.journal.transaction(record.tx_hash)
    assert found is not None
    return found


async def replaced(demo: DemoStack, record: TxRecord, verb: str) -> TxRecord:
    plan = await demo.stack.replacer.plan(record.tx_hash, verb)  # type: ignore[arg-type]
    assert plan.fee > plan.old_fee or verb == "cancel"
    return await demo.stack.replacer.replace(plan)


async def sent(demo: DemoStack, intent: Intent) -> TxRecord:
    """Wait until a transaction of the intent waits for a block."""
    stack = demo.stack
    async with asyncio.timeout(10):
        with stack.wallet.bus.subscribe() as events:
            while True:
                for record in await stack.wallet.journal.pending_transactions(
                    stack.wallet.address, stack.chain.market.chain_id
                ):
                    is_sent = record.status is TxStatus.SENT
                    if record.intent is intent and is_sent and can_replace(record):
                        return record
                await events.get()


async def test_a_transfer_that_was_sped_up_arrives_once(demo: DemoStack) -> None:
    stack = demo.stack
    before = (await stack.chain.market.balances(FRIEND)).mor
    async with TaskScope("test") as scope:
        task = scope.spawn(
            stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(7))), name="send"
        )
        old = await sent(demo, Intent.SEND_MOR)
        new = await replaced(demo, old, "speed_up")
        assert (new.nonce, new.intent, new.to) == (old.nonce, old.intent, old.to)
        waiting = await again(demo, old)
        assert waiting.replaced_by == new.tx_hash
        assert not can_replace(waiting)
        assert can_replace(new)
        await demo.world.devnet.hold_transactions(False)
        record, receipt = await task
    assert record.tx_hash == receipt.tx_hash == new.tx_hash
    loser = await again(demo, old)
    assert (loser.status, loser.replaced_by) == (TxStatus.REPLACED, new.tx_hash)
    assert (await again(demo, new)).status is TxStatus.MINED
    assert (await stack.chain.market.balances(FRIEND)).mor == before + Mor(7)


async def test_who_waits_for_a_cancelled_transfer_is_told(demo: DemoStack) -> None:
    stack = demo.stack
    before = (await stack.chain.market.balances(FRIEND)).mor
    async with TaskScope("test") as scope:
        task = scope.spawn(
            _caught(stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(7)))),
            name="send",
        )
        old = await sent(demo, Intent.SEND_MOR)
        new = await replaced(demo, old, "cancel")
        assert new.intent is Intent.CANCEL
        await demo.world.devnet.hold_transactions(False)
        assert isinstance(await task, TxCancelledError)
    assert (await again(demo, old)).status is TxStatus.REPLACED
    assert (await again(demo, new)).status is TxStatus.MINED
    assert (await stack.chain.market.balances(FRIEND)).mor == before


async def _caught(work: object) -> NodeError | None:
    try:
        await work  # type: ignore[misc]
    except NodeError as error:
        return error
    return None


async def test_a_cancelled_opening_locks_nothing(demo: DemoStack) -> None:
    stack = demo.stack
    model = await demo.guide()
    quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))
    before = {item.intent_id for item in await rows(stack)}

    async def opening() -> None:
        async for _ in stack.opener.open(stack.quotes.take(quote.id)):
            pass

    async with TaskScope("test") as scope:
        task = scope.spawn(_caught(opening()), name="open")
        first = await sent(demo, Intent.APPROVE)
        await demo.world.devnet.mine()
        await demo.world.devnet.hold_transactions(False)
        await demo.world.devnet.hold_transactions(True)
        old = await sent(demo, Intent.OPEN_SESSION)
        assert old.nonce == first.nonce + 1
        await replaced(demo, old, "cancel")
        await demo.world.devnet.hold_transactions(False)
        assert isinstance(await task, TxCancelledError)
    (entry,) = [item for item in await rows(stack) if item.intent_id not in before]
    assert entry.state is SessionState.FAILED
    assert "cancelled" in entry.error
    assert await open_on_chain(stack) == []


async def test_a_cancelled_close_leaves_the_session_open(demo: DemoStack) -> None:
    stack = demo.stack
    await demo.world.devnet.hold_transactions(False)
    entry = await demo.open(seconds=600)
    await demo.world.devnet.hold_transactions(True)
    async with TaskScope("test") as scope:
        task = scope.spawn(_caught(stack.closer.close(entry)), name="close")
        old = await sent(demo, Intent.CLOSE_SESSION)
        await replaced(demo, old, "cancel")
        await demo.world.devnet.hold_transactions(False)
        assert isinstance(await task, TxCancelledError)
    assert (await row(stack, entry.intent_id)).state is SessionState.ACTIVE
    closed = await stack.closer.close(await row(stack, entry.intent_id))
    assert closed.entry.returned + closed.entry.held == entry.stake


@pytest.mark.parametrize("verb", ["speed_up", "cancel"])
async def test_after_a_restart_the_chain_decides_which_of_the_two_counts(
    demo: DemoStack, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits any more, and the program forgot which bytes share the nonce."""
    stack = demo.stack
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    before = (await stack.chain.market.balances(FRIEND)).mor
    with pytest.raises(NodeError):
        await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(3)))
    old = await sent(demo, Intent.SEND_MOR)
    new = await replaced(demo, old, verb)
    monkeypatch.undo()
    await demo.world.devnet.hold_transactions(False)
    await recovered(stack)
    assert (await again(demo, new)).status is TxStatus.MINED
    assert (await again(demo, old)).replaced_by == new.tx_hash
    came = (await stack.chain.market.balances(FRIEND)).mor - before
    assert came == (Mor(3) if verb == "speed_up" else Mor(0))


async def test_what_does_not_wait_any_more_is_not_replaced(demo: DemoStack) -> None:
    stack = demo.stack
    await demo.world.devnet.hold_transactions(False)
    record, _ = await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(1)))
    with pytest.raises(UserInputError) as caught:
        await stack.replacer.plan(record.tx_hash, "cancel")
    assert caught.value.code == "chain.tx_mined"


async def test_a_transaction_mined_while_the_user_thinks_is_not_replaced(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    with pytest.raises(NodeError):
        await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(3)))
    old = await sent(demo, Intent.SEND_MOR)
    plan = await stack.replacer.plan(old.tx_hash, "cancel")
    await demo.world.devnet.hold_transactions(False)
    with pytest.raises(UserInputError) as caught:
        await stack.replacer.replace(plan)
    assert caught.value.code == "chain.tx_mined"
    assert (await again(demo, old)).status is TxStatus.MINED


async def test_fees_are_raised_four_times_also_over_restarts(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    with pytest.raises(NodeError):
        await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(1)))
    record = await sent(demo, Intent.SEND_MOR)
    for _ in range(MAX_SIGNED - 1):
        record = await replaced(demo, record, "speed_up")
    with pytest.raises(FundsError) as caught:
        await stack.replacer.plan(record.tx_hash, "speed_up")
    assert caught.value.code == "funds.too_many_replacements"


async def test_a_replacement_that_nobody_takes_is_kept_and_sent_later(
    demo: DemoStack, opened: tuple[DemoStack, FaultyServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, server = demo.stack, opened[1]
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    with pytest.raises(NodeError):
        await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(1)))
    old = await sent(demo, Intent.SEND_MOR)
    plan = await stack.replacer.plan(old.tx_hash, "speed_up")
    server.break_(Fault.DROP, SEND)
    with pytest.raises(RpcUnavailableError) as caught:
        await stack.replacer.replace(plan)
    assert caught.value.code == "chain.tx_kept"
    server.heal()
    monkeypatch.undo()
    await demo.world.devnet.hold_transactions(False)
    await recovered(stack)
    states = {item.status for item in await stack.sender.book.same_nonce(old)}
    assert states == {TxStatus.MINED, TxStatus.REPLACED}


async def test_a_block_that_vanished_takes_nothing_away_for_good(demo: DemoStack) -> None:
    stack, devnet = demo.stack, demo.world.devnet
    await devnet.hold_transactions(False)
    before = (await stack.chain.market.balances(FRIEND)).mor
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    record, _ = await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(9)))
    await devnet.request("evm_revert", [snapshot])
    await devnet.mine()
    await devnet.mine()
    assert await stack.finality.look()
    await recovered(stack)
    found = await again(demo, record)
    assert found.status is TxStatus.MINED
    assert (await stack.chain.market.balances(FRIEND)).mor == before + Mor(9)
    assert not await stack.finality.look()
    assert (await again(demo, record)).final
