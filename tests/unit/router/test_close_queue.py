"""Ended sessions that cannot be closed now: the reason is kept, and they are closed later."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from node.core.errors import InternalError, WalletLockedError
from node.core.events import SessionChanged
from node.core.ports import Intent, SignedTransaction, Signer, UnsignedTransaction
from node.core.units import Mor
from node.router import keeper, retrying
from node.router.adoption import Adoption
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry, SessionState
from node.store.retries import Duty, Retry
from tests.support.faulty_rpc import Fault, open_faulty_world, open_user
from tests.support.stacks import open_demo_stack
from tests.support.truth import assert_settled, row, sent_of

pytestmark = pytest.mark.chain


async def _until(stack: NetworkStack, is_so: Callable[[], Awaitable[bool]]) -> None:
    """Follow the sessions' events until it is so."""
    with stack.wallet.bus.subscribe() as events:
        async with asyncio.timeout(40):
            while not await is_so():
                while not isinstance(await events.get(), SessionChanged):
                    pass


async def _reason(stack: NetworkStack, entry: SessionEntry) -> Retry | None:
    return (await stack.retries.all(Duty.CLOSE)).get(entry.intent_id)


async def _stuck(stack: NetworkStack, entry: SessionEntry, code: str) -> Retry:
    async def is_so() -> bool:
        retry = await _reason(stack, entry)
        return retry is not None and retry.code == code

    await _until(stack, is_so)
    retry = await _reason(stack, entry)
    assert retry is not None
    return retry


async def _closed(stack: NetworkStack, entry: SessionEntry) -> None:
    async def is_so() -> bool:
        return (await row(stack, entry.intent_id)).state is SessionState.SETTLED

    await _until(stack, is_so)
    assert await _reason(stack, entry) is None
    assert (await row(stack, entry.intent_id)).returned == entry.stake


async def test_an_empty_payout_account_is_named_and_asked_again_after_a_restart(
    tmp_path: Path,
) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        async with open_user(world, server, tmp_path) as demo:
            entry = await demo.open("Guide Patient", 600)
            await world.devnet.empty_treasury()
            await world.devnet.advance_to(entry.ends_at + 1)
            demo.stack.keeper.wake()
            retry = await _stuck(demo.stack, entry, "session.payout_empty")
            assert "payout account" in retry.reason and "stake is safe" in retry.reason
            assert 0 < retry.next_at - demo.stack.chain.clock.unix_seconds() <= 30
            assert await demo.stack.keeper.close_ended() == 0
            assert (await _reason(demo.stack, entry)) == retry, "asked again before its time"
        await world.devnet.refill_treasury()
        async with open_user(world, server, tmp_path) as demo:
            assert await _reason(demo.stack, entry) == retry
            await world.devnet.advance_to(retry.next_at)
            await demo.stack.keeper.close_ended()
            await _closed(demo.stack, entry)
            assert len(await sent_of(demo.stack, entry.intent_id, Intent.CLOSE_SESSION)) == 1
            await assert_settled(demo.stack)


async def test_without_a_connection_the_session_says_so_and_closes_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LOOK_EVERY_S", 0.2)
    monkeypatch.setattr(retrying, "FIRST_RECONNECT_S", 1)
    async with (
        open_faulty_world(tmp_path) as (world, server),
        open_user(world, server, tmp_path) as demo,
    ):
        entry = await demo.open("Guide Patient", 600)
        server.break_(Fault.DROP)
        await world.devnet.advance_to(entry.ends_at + 1)
        demo.stack.keeper.wake()
        retry = await _stuck(demo.stack, entry, "chain.rpc_unavailable")
        assert "connection" in retry.reason
        assert (await row(demo.stack, entry.intent_id)).state is SessionState.ACTIVE
        server.heal()
        await _closed(demo.stack, entry)
        assert demo.stack.keeper.is_connected


class LockedSigner:
    """A wallet that is locked until it is told otherwise; messages go on, as with a grant."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.locked = True
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._signer, name)

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        self.asked += 1
        if self.locked:
            raise WalletLockedError("The wallet is locked.")
        return self._signer.sign_transaction(transaction)


async def test_a_locked_wallet_is_asked_once_and_closes_after_the_unlock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_demo_stack(tmp_path) as demo:
        stack = demo.stack
        entry = await demo.open("Guide Patient", 600)
        signer = LockedSigner(stack.wallet.signer)
        monkeypatch.setattr(stack.wallet.__class__, "signer", signer)
        await demo.world.devnet.advance_to(entry.ends_at + 1)
        await stack.keeper.close_ended()
        retry = await _stuck(stack, entry, "wallet.locked")
        assert "Unlock" in retry.reason
        await demo.world.devnet.advance_to(entry.ends_at + 7200)
        assert await stack.keeper.close_ended() == 0
        assert signer.asked == 1
        signer.locked = False
        stack.keeper.wake()
        await _closed(stack, entry)


async def test_a_look_at_the_chain_that_always_fails_does_not_keep_sessions_from_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_demo_stack(tmp_path) as demo:
        stack = demo.stack
        entry = await demo.open("Guide Patient", 600)

        async def broken() -> Adoption:
            raise InternalError("a record that nobody understands")

        monkeypatch.setattr(stack.recovery, "run", broken)
        await demo.world.devnet.advance_to(entry.ends_at + 1)
        stack.keeper.reconcile_soon()
        await _closed(stack, entry)


async def test_nothing_is_closed_before_its_end_however_often_it_is_looked_at(
    tmp_path: Path,
) -> None:
    async with open_demo_stack(tmp_path) as demo:
        entry = await demo.open("Guide Patient", 600)
        await demo.world.devnet.advance_to(entry.ends_at - 5)
        for _ in range(3):
            assert await demo.stack.keeper.close_ended() == 0
        assert (await row(demo.stack, entry.intent_id)).held == Mor(0)
        assert await demo.stack.retries.all(Duty.CLOSE) == {}
