"""A later start finds a dead endpoint, a new chain under the old number, or lost contact."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.errors import NodeError, RpcUnavailableError
from node.core.events import SessionChanged
from node.core.ids import Address, TxHash
from node.core.ports import SignedBlob
from node.core.units import Mor
from node.router import keeper
from node.router.quotes import QuoteOrder
from node.service.demo_world import DemoWorld
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus
from node.wire.client import WireClient
from node.wire.handshake import ReportQuery
from tests.support.faulty_rpc import SEND, Fault, WrongClock, open_faulty_world, open_user
from tests.support.stacks import DemoStack
from tests.support.truth import assert_settled, open_on_chain, recovered, row, rows

pytestmark = pytest.mark.chain


async def _open_until(demo: DemoStack, step_name: str) -> SessionEntry:
    """Take an opening to a step, then stop as a closed program does."""
    model = await demo.guide()
    quote = await demo.stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))
    async with aclosing(demo.stack.opener.open(quote)) as steps:
        async for step in steps:
            if f"{step.name}{'.sent' if step.tx_hash else ''}" == step_name:
                return step.entry
    raise AssertionError(f"never came to {step_name}")


async def _state(stack: NetworkStack, entry: SessionEntry, wanted: SessionState) -> None:
    """Wait for the keeper to bring the session to a state."""
    with stack.wallet.bus.subscribe() as events:
        async with asyncio.timeout(40):
            while (await row(stack, entry.intent_id)).state is not wanted:
                while not isinstance(await events.get(), SessionChanged):
                    pass


async def test_a_start_without_connection_gives_nothing_up_and_goes_on_later(
    tmp_path: Path,
) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            entry = await _open_until(demo, "opening.sent")
        server.break_(Fault.DROP)
        async with open_user(world, server, tmp_path) as demo:
            await server.failed()
            with pytest.raises(RpcUnavailableError):
                await recovered(demo.stack)
            assert (await row(demo.stack, entry.intent_id)).state is SessionState.OPEN_SENT
            server.heal()
            await _state(demo.stack, entry, SessionState.ACTIVE)
            await assert_settled(demo.stack)


async def test_the_keeper_follows_a_stuck_opening_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LOOK_EVERY_S", 0.2)
    monkeypatch.setattr(keeper, "LOOK_AGAIN_S", 0.2)
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        server.break_(Fault.ERROR_500, SEND, after=1)
        with pytest.raises(RpcUnavailableError):
            await _open_until(demo, "opening.sent")
        (entry,) = await rows(demo.stack)
        server.heal()
        await _state(demo.stack, entry, SessionState.ACTIVE)
        await assert_settled(demo.stack)


async def test_a_new_chain_with_the_old_number_keeps_nobody_busy(tmp_path: Path) -> None:
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        open_before = await _open_until(demo, "ready.sent")
        closed_before = await _open_until(demo, "ready.sent")
        await demo.stack.closer.close(closed_before)
        assert len(await rows(demo.stack)) == 2
        await demo.stack.finality.look()
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        stack = demo.stack
        await world.devnet.advance_to(stack.chain.clock.unix_seconds() + 300)
        stack.keeper.reconcile_soon()
        await _state(stack, open_before, SessionState.FAILED)
        gone = await row(stack, open_before.intent_id)
        assert "nothing was spent" in gone.error
        model = await demo.guide()
        assert await stack.auto_sessions.open_session_for(model.id) is None
        await assert_settled(stack)
        await world.devnet.skip_to_midnight()
        stack.keeper.reconcile_soon()
        await _state(stack, closed_before, SessionState.SETTLED)
        assert not await stack.recovery.is_needed()


async def _roll_back(world: DemoWorld, snapshot: str, later_s: int = 200) -> None:
    """Blocks after the snapshot vanish with their transactions; the chain grows past them again."""
    await world.devnet.request("evm_revert", [snapshot])
    await world.devnet.advance_to(world.devnet.timestamp + later_s)
    for _ in range(5):
        await world.devnet.mine()


async def test_a_close_that_vanishes_with_its_block_is_sent_again(tmp_path: Path) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            entry = await _open_until(demo, "ready.sent")
            snapshot = (await world.devnet.request("evm_snapshot"))["result"]
            closed = await demo.stack.closer.close(entry)
        await _roll_back(world, snapshot)
        async with open_user(world, server, tmp_path) as demo:
            (session,) = await open_on_chain(demo.stack)
            await _mined_again(demo.stack, closed.tx_hash)
            await recovered(demo.stack)
            assert (await demo.stack.chain.market.session(session.id)).is_closed
            kept = await row(demo.stack, entry.intent_id)
            assert kept.state in (SessionState.CLOSED, SessionState.SETTLED)
            await assert_settled(demo.stack)


async def test_an_opening_that_vanishes_with_its_block_is_sent_again(tmp_path: Path) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            snapshot = (await world.devnet.request("evm_snapshot"))["result"]
            entry = await _open_until(demo, "ready.sent")
        await _roll_back(world, snapshot)
        async with open_user(world, server, tmp_path) as demo:
            stack = demo.stack
            await _mined_again(stack, (await sent_of(stack, entry.intent_id))[-1].tx_hash.hex)
            await recovered(stack)
            kept = await row(stack, entry.intent_id)
            assert kept.state is SessionState.ACTIVE
            (session,) = await open_on_chain(stack)
            assert (kept.session_id, kept.ends_at) == (session.id, session.ends_at)
            assert [item.nonce for item in await sent_of(stack, entry.intent_id)] == [0, 1]
            await assert_settled(stack)


async def sent_of(stack: NetworkStack, intent_id: str) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.transactions_of(intent_id)


async def _mined_again(stack: NetworkStack, tx_hash: str) -> None:
    """Wait until the transaction is in a block of the chain as it is now."""
    wanted = TxHash.parse(tx_hash)
    with stack.wallet.bus.subscribe() as events:
        async with asyncio.timeout(40):
            while await stack.chain.transactions.receipt(wanted) is None:
                await events.get()


async def test_a_close_that_vanished_long_ago_is_made_again(tmp_path: Path) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            entry = await _open_until(demo, "ready.sent")
            snapshot = (await world.devnet.request("evm_snapshot"))["result"]
            await demo.stack.closer.close(entry)
        await _roll_back(world, snapshot, 580)
        async with open_user(world, server, tmp_path) as demo:
            await _state(demo.stack, entry, SessionState.ACTIVE)
            again = await row(demo.stack, entry.intent_id)
            assert (again.returned, again.held) == (Mor(0), Mor(0))
            closed = await demo.stack.closer.close(again)
            assert closed.entry.returned + closed.entry.held == entry.stake
            await assert_settled(demo.stack)


async def test_an_opening_that_vanished_long_ago_locks_nothing(tmp_path: Path) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            snapshot = (await world.devnet.request("evm_snapshot"))["result"]
            entry = await _open_until(demo, "ready.sent")
        await _roll_back(world, snapshot, 580)
        async with open_user(world, server, tmp_path) as demo:
            await _state(demo.stack, entry, SessionState.FAILED)
            await assert_settled(demo.stack)
            assert (await _open_until(demo, "ready.sent")).state is SessionState.ACTIVE
            await assert_settled(demo.stack)


async def test_rows_of_another_marketplace_are_left_alone(tmp_path: Path) -> None:
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        stack = demo.stack
        entry = await _open_until(demo, "ready.sent")
        other = replace(
            entry,
            intent_id="other",
            session_id=None,
            state=SessionState.OPEN_SENT,
            marketplace=Address(b"\x77" * 20),
        )
        await stack.wallet.journal.create(other)
        await recovered(stack)
        assert (await row(stack, "other")).state is SessionState.OPEN_SENT
        again = await _open_until(demo, "ready.sent")
        assert again.state is SessionState.ACTIVE


async def test_a_failed_opening_that_was_mined_after_all_gets_its_own_row_back(
    tmp_path: Path,
) -> None:
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        stack = demo.stack
        entry = await _open_until(demo, "opening.sent")
        async with stack.wallet.at_work.hold(entry.intent_id):
            now = await row(stack, entry.intent_id)
            await stack.wallet.journal.save(replace(now, state=SessionState.FAILED))
        await recovered(stack)
        assert (await row(stack, entry.intent_id)).state is SessionState.ACTIVE
        assert len(await rows(stack)) == 1
        assert len(await open_on_chain(stack)) == 1


async def test_an_ended_session_is_not_closed_before_the_chain_says_so(tmp_path: Path) -> None:
    """A close a moment too early locks stake until midnight, so the own clock does not decide."""
    async with open_faulty_world(tmp_path) as (world, server):
        clock = WrongClock(world.devnet.clock, ahead_s=60)
        async with open_user(world, server, tmp_path, clock=clock) as demo:
            entry = await _open_until(demo, "ready.sent")
            await world.devnet.advance_to(entry.ends_at - 30)
            assert clock.unix_seconds() > entry.ends_at
            assert await demo.stack.keeper.close_ended() == 0
            assert len(await open_on_chain(demo.stack)) == 1
            await world.devnet.advance_to(entry.ends_at)
            demo.stack.keeper.wake()
            await _state(demo.stack, entry, SessionState.SETTLED)
            assert (await row(demo.stack, entry.intent_id)).returned == entry.stake


@pytest.mark.parametrize("ahead_s", [-600, 600])
async def test_a_wrong_clock_is_named_before_anything_is_spent(
    tmp_path: Path, ahead_s: int
) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        clock = WrongClock(world.devnet.clock, ahead_s=ahead_s)
        async with open_user(world, server, tmp_path, clock=clock) as demo:
            with pytest.raises(NodeError) as caught:
                await _open_until(demo, "ready.sent")
            told = f"{caught.value.message} {caught.value.hint} {caught.value.details}"
            assert "clock" in told.lower()
            assert await _records(demo.stack) == ()


async def _useless_report(endpoint: str, query: ReportQuery) -> SignedBlob:
    return SignedBlob(encoded=bytes(32 * 7), signature=bytes(65))


async def test_a_report_the_contract_refuses_does_not_hold_the_stake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        stack = demo.stack
        entry = await _open_until(demo, "ready.sent")
        monkeypatch.setattr(stack.closer._link, "request_report", _useless_report)
        closed = await stack.closer.close(entry)
        assert not closed.with_provider_report
        assert closed.entry.returned + closed.entry.held == entry.stake
        assert closed.entry.returned > Mor(0)
        assert {item.status for item in await _records(stack)} == {TxStatus.MINED}


async def test_a_provider_that_stalls_at_the_report_does_not_hold_the_stake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stalled = asyncio.Event()

    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stalled.wait()
        writer.close()

    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
        await asyncio.start_server(stall, "127.0.0.1", 0) as silent,
    ):
        entry = await _open_until(demo, "ready.sent")
        link = demo.stack.closer._link
        assert isinstance(link, WireClient)
        assert link._limits.report_s <= 10
        monkeypatch.setattr(link, "_limits", replace(link._limits, report_s=0.3))
        port = silent.sockets[0].getsockname()[1]
        closed = await demo.stack.closer.close(replace(entry, endpoint=f"127.0.0.1:{port}"))
        stalled.set()
        assert not closed.with_provider_report
        assert closed.entry.returned + closed.entry.held == entry.stake


async def _records(stack: NetworkStack) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 50
    )
