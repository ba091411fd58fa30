"""A number that nothing uses holds nobody up for long, and what that costs is shown and limited."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import NodeError, UserInputError
from node.core.events import Subscription, TransactionChanged
from node.core.ids import Address
from node.core.ports import Intent
from node.core.units import Eth, Mor, UnixSeconds
from node.router import sending
from node.router.gap_filling import FillRule
from node.router.transaction_book import RESEND_WINDOW_S
from node.service.dto import TransactionView
from node.service.stack import NetworkStack
from node.store.journal_records import TxRecord, TxStatus
from tests.support.faulty_rpc import FaultyServer, open_faulty_stack
from tests.support.money import demo_money
from tests.support.stacks import DemoStack
from tests.support.truth import recovered

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = Address(b"\x5a" * 20)
SetRule = Callable[[FillRule], None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("gaps")) as (demo, server):
        server.knows_finality = False
        yield demo, server


@pytest_asyncio.fixture(loop_scope="module")
async def demo(
    opened: tuple[DemoStack, FaultyServer], monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[DemoStack, None]:
    demo, _server = opened
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    # The keeper looks too; here the tests say when.
    monkeypatch.setattr(demo.stack.finality, "_next_look", float("inf"))
    yield demo
    await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
    assert await pending(demo.stack) == ()


@pytest.fixture
def rule(demo: DemoStack, monkeypatch: pytest.MonkeyPatch) -> SetRule:
    return lambda chosen: monkeypatch.setattr(demo.stack.gaps, "_rule", lambda: chosen)


async def pending(stack: NetworkStack) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.pending_transactions(
        stack.wallet.address, stack.chain.market.chain_id
    )


async def gap(demo: DemoStack) -> tuple[TxRecord, TxRecord]:
    """One that is given up for good, and one that waits behind it."""
    stack, devnet = demo.stack, demo.world.devnet
    await devnet.hold_transactions(True)
    for amount in (1, 2):
        with pytest.raises(NodeError):
            await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(amount)))
    first, second = await pending(stack)
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    await devnet.request("evm_revert", [snapshot])
    await stack.sender.give_up(first, TxStatus.DROPPED)
    await stack.sender.send_again(second)
    await devnet.hold_transactions(False)
    return first, second


async def now(stack: NetworkStack, record: TxRecord) -> TxRecord:
    found = await stack.wallet.journal.transaction(record.tx_hash)
    assert found is not None
    return found


async def at_nonce_of(stack: NetworkStack, record: TxRecord) -> list[TxRecord]:
    """What was signed for the same number beside it."""
    found = await stack.sender.book.same_nonce(record)
    return [item for item in found if item.tx_hash != record.tx_hash]


async def told(events: Subscription, tx_hash: str) -> TransactionChanged:
    async with asyncio.timeout(10):
        while True:
            event = await events.get()
            if isinstance(event, TransactionChanged) and event.tx_hash == tx_hash:
                return event


async def view_of(demo: DemoStack, folder: Path, record: TxRecord) -> TransactionView:
    items = await demo_money(demo, folder).wallet.transactions(0, 50)
    return next(item for item in items if item.hash == record.tx_hash.hex)


async def test_a_gap_that_two_looks_find_is_filled_told_and_listed(
    demo: DemoStack, tmp_path: Path
) -> None:
    stack = demo.stack
    first, second = await gap(demo)
    with stack.wallet.bus.subscribe() as events:
        await stack.finality.look()
        assert await at_nonce_of(stack, first) == []
        assert (await now(stack, second)).status is TxStatus.SENT
        await stack.finality.look()
        (filler,) = await at_nonce_of(stack, first)
        summary = f"Free the way for waiting transactions (number {first.nonce})"
        assert (await told(events, filler.tx_hash.hex)).summary == summary
    await recovered(stack)
    assert (await now(stack, second)).status is TxStatus.MINED
    assert (await now(stack, first)).replaced_by == filler.tx_hash
    shown = await view_of(demo, tmp_path, filler)
    assert (shown.intent, shown.status) == ("free_nonce", "mined")
    assert shown.purpose == "Free the way for waiting transactions"
    assert (shown.amount_mor, shown.value_wei) == (0, 0)
    assert shown.fee_wei > 0
    with pytest.raises(UserInputError):
        await stack.replacer.plan(filler.tx_hash, "cancel")


async def test_who_switched_it_off_is_told_and_frees_the_way_by_sending(
    demo: DemoStack, rule: SetRule, tmp_path: Path
) -> None:
    stack = demo.stack
    rule(FillRule(automatic=False))
    first, second = await gap(demo)
    with stack.wallet.bus.subscribe() as events:
        for _ in range(3):
            await stack.finality.look()
        await told(events, second.tx_hash.hex)
    assert await at_nonce_of(stack, first) == []
    assert (await now(stack, second)).status is TxStatus.SENT
    shown = await view_of(demo, tmp_path, second)
    assert f"waits for number {first.nonce}" in shown.held_up
    assert "Whatever you send next takes that number" in shown.held_up
    assert (await view_of(demo, tmp_path, first)).held_up == ""
    with suppress(NodeError):
        # Nobody waits for a block here.
        await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(9)))
    (third,) = await at_nonce_of(stack, first)
    assert third.intent is Intent.SEND_MOR
    await recovered(stack)
    assert (await now(stack, second)).status is TxStatus.MINED
    await stack.finality.look()
    assert stack.gaps.held_up is None


@pytest.mark.parametrize("most", [Eth(0), Eth(10**9)])
async def test_a_fee_above_the_limit_is_not_paid(
    demo: DemoStack, rule: SetRule, tmp_path: Path, most: Eth
) -> None:
    stack = demo.stack
    rule(FillRule(most=most))
    first, second = await gap(demo)
    for _ in range(3):
        await stack.finality.look()
    assert await at_nonce_of(stack, first) == []
    held = (await view_of(demo, tmp_path, second)).held_up
    assert f"above {most}, the most that was agreed to" in held
    rule(FillRule(most=Eth(10**16)))
    await stack.finality.look()
    (filler,) = await at_nonce_of(stack, first)
    await recovered(stack)
    assert (await now(stack, filler)).fee <= Eth(10**16)
    assert (await now(stack, second)).status is TxStatus.MINED


async def test_a_gap_that_a_reorganisation_leaves_is_closed_without_a_new_start(
    demo: DemoStack,
) -> None:
    """Both lost their block; the bytes of one are too old to be sent again."""
    stack, devnet = demo.stack, demo.world.devnet
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    await devnet.hold_transactions(False)
    for amount in (3, 4):
        with suppress(NodeError):
            await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(amount)))
        await recovered(stack)
    items = await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 2
    )
    newer, older = [await now(stack, item) for item in items]
    assert {newer.status, older.status} == {TxStatus.MINED}
    ages_ago = UnixSeconds(older.updated_at - RESEND_WINDOW_S - 60)
    await stack.wallet.journal.update_tx(replace(older, updated_at=ages_ago))
    await devnet.request("evm_revert", [snapshot])
    for _ in range(4):
        await devnet.mine()
    await stack.finality.look()
    assert (await now(stack, older)).status is TxStatus.DROPPED
    assert (await now(stack, newer)).status is TxStatus.SENT
    await stack.finality.look()
    await recovered(stack)
    (filler,) = await at_nonce_of(stack, older)
    assert (filler.intent, (await now(stack, filler)).status) == (
        Intent.FREE_NONCE,
        TxStatus.MINED,
    )
    assert (await now(stack, newer)).status is TxStatus.MINED
