"""Released stake comes back by itself when it is time and worth it, and once."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import FundsError, RevertedError, RpcUnavailableError, WalletLockedError
from node.core.events import TransactionChanged
from node.core.ports import Intent
from node.core.tasks import TaskScope
from node.core.units import NO_MOR, Eth, Mor, next_midnight
from node.router import claiming, sending
from node.router.claiming import ClaimRule, StakeClaimer
from node.router.holdings import holdings_of
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry, SessionState, TxRecord, TxStatus
from node.store.retries import Duty
from tests.support.faulty_rpc import SEND, Fault, FaultyServer, open_faulty_world, open_user
from tests.support.stacks import DemoStack
from tests.support.truth import ALL_MOR, assert_settled, recovered, row

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    folder = tmp_path_factory.mktemp("claims")
    async with (
        open_faulty_world(folder) as (world, server),
        open_user(world, server, folder) as demo,
    ):
        yield demo, server


@pytest.fixture
def demo(opened: tuple[DemoStack, FaultyServer], monkeypatch: pytest.MonkeyPatch) -> DemoStack:
    """The keeper claims nothing here: each test has a claimer of its own."""
    monkeypatch.setattr(opened[0].stack.claimer, "_rule", lambda: ClaimRule(automatic=False))
    return opened[0]


@pytest.fixture
def server(opened: tuple[DemoStack, FaultyServer]) -> FaultyServer:
    return opened[1]


def _claimer(stack: NetworkStack, rule: ClaimRule | None = None) -> StakeClaimer:
    return StakeClaimer(
        chain=stack.chain,
        wallet=stack.wallet,
        sender=stack.sender,
        retries=stack.retries,
        rule=lambda: rule or ClaimRule(),
    )


async def _closed_early(demo: DemoStack) -> SessionEntry:
    closed = await demo.stack.closer.close(await demo.open("Guide Patient", 3600))
    assert closed.entry.held > NO_MOR
    return closed.entry


async def _claims(stack: NetworkStack) -> list[TxRecord]:
    records = await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 200
    )
    return [item for item in records if item.intent is Intent.WITHDRAW_ON_HOLD]


async def test_after_midnight_the_held_part_comes_back_once(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    claimer, before = _claimer(stack), len(await _claims(stack))
    assert await claimer.look() == NO_MOR
    await demo.world.devnet.skip_to_midnight()
    assert await claimer.look() == entry.held
    assert await claimer.look() == NO_MOR
    made = (await _claims(stack))[: len(await _claims(stack)) - before]
    assert [item.status for item in made] == [TxStatus.MINED]
    assert (await holdings_of(stack.chain.market, stack.wallet.address)).total == ALL_MOR
    await recovered(stack)
    assert (await row(stack, entry.intent_id)).state is SessionState.SETTLED
    await assert_settled(stack)


async def test_what_was_released_while_the_program_was_off_comes_back_at_the_start(
    demo: DemoStack,
) -> None:
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    assert await _claimer(demo.stack).look() == entry.held


async def test_the_chain_decides_when_it_is_midnight(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An own clock that is fast must not make the claimer miss the day."""
    stack = demo.stack
    entry = await _closed_early(demo)
    claimer = _claimer(stack)
    assert await claimer.look() == NO_MOR
    real = stack.chain.clock.unix_seconds()
    monkeypatch.setattr(stack.chain.clock, "unix_seconds", lambda: next_midnight(real) + 5)
    assert await claimer.look() == NO_MOR
    monkeypatch.undo()
    monkeypatch.setattr(stack.claimer, "_rule", lambda: ClaimRule(automatic=False))
    await demo.world.devnet.skip_to_midnight()
    assert await claimer.look() == entry.held


async def test_a_fee_above_the_chosen_share_waits_for_the_next_day(demo: DemoStack) -> None:
    stack = demo.stack
    first = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    dear = ClaimRule(fee_percent=5, mor_worth=Eth(1))
    claimer = _claimer(stack, dear)
    assert await claimer.look() == NO_MOR
    second = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    assert await claimer.look() == NO_MOR
    cheap = replace(dear, mor_worth=Eth(10**18))
    assert await _claimer(stack, cheap).look() == first.held + second.held


async def test_the_rule_compares_the_fee_with_the_share(demo: DemoStack) -> None:
    rule = ClaimRule(fee_percent=5, mor_worth=Eth(5 * 10**14))
    one_mor = Mor(10**18)
    assert rule.allows(one_mor, Eth(25 * 10**12))
    assert not rule.allows(one_mor, Eth(25 * 10**12 + 1))
    assert replace(rule, fee_percent=0).allows(Mor(1), Eth(10**18))


async def test_switched_off_it_only_comes_back_when_it_is_asked_for(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    claimer = _claimer(stack, ClaimRule(automatic=False))
    assert await claimer.look() == NO_MOR
    assert (await claimer.claim()).amount == entry.held
    with pytest.raises(RevertedError) as caught:
        await claimer.claim()
    assert "nothing" in caught.value.message.lower()


async def test_asking_while_it_comes_back_by_itself_is_no_error(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    claimer, before = _claimer(stack), len(await _claims(stack))
    with stack.wallet.bus.subscribe() as events:
        async with asyncio.timeout(20), TaskScope("look") as tasks:
            tasks.spawn(claimer.look(), name="look")
            while not isinstance(await events.get(), TransactionChanged):
                pass
            assert (await claimer.claim()).amount == entry.held
    assert len(await _claims(stack)) == before + 1


async def test_more_entries_than_one_transaction_takes_are_claimed_in_several(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    monkeypatch.setattr(claiming, "ITERATIONS", 1)
    held = [(await _closed_early(demo)).held for _ in range(3)]
    await demo.world.devnet.skip_to_midnight()
    before = len(await _claims(stack))
    assert (await _claimer(stack).look()).base == sum(item.base for item in held)
    assert len(await _claims(stack)) == before + 3


async def test_a_client_may_take_back_some_entries_in_one_transaction(demo: DemoStack) -> None:
    stack = demo.stack
    held = [(await _closed_early(demo)).held for _ in range(2)]
    await demo.world.devnet.skip_to_midnight()
    claimer, before = _claimer(stack), len(await _claims(stack))
    first = await claimer.claim(1)
    assert first.amount in held
    assert len(await _claims(stack)) == before + 1
    assert (first.amount + (await claimer.claim(1)).amount).base == sum(x.base for x in held)


async def test_a_failure_is_not_repeated_at_once(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    claimer, asked = _claimer(stack), 0
    send_alone = stack.sender.send_alone

    async def refused(call: object) -> tuple[TxRecord, object]:
        nonlocal asked
        asked += 1
        raise RevertedError("The contract refuses.", reason="SomethingElse")

    monkeypatch.setattr(stack.sender, "send_alone", refused)
    for _ in range(5):
        assert await claimer.look() == NO_MOR
    assert asked == 1
    (retry,) = (await stack.retries.all(Duty.CLAIM)).values()
    assert retry.reason == "The contract refuses."
    monkeypatch.setattr(stack.sender, "send_alone", send_alone)
    await demo.world.devnet.advance_to(retry.next_at)
    assert await claimer.look() == entry.held
    assert await stack.retries.all(Duty.CLAIM) == {}


async def test_a_locked_wallet_is_waited_for(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    claimer, asked = _claimer(stack), 0
    prepare = stack.chain.transactions.prepare

    async def locked(*_: object, **__: object) -> None:
        nonlocal asked
        asked += 1
        raise WalletLockedError("The wallet is locked.")

    monkeypatch.setattr(stack.chain.transactions, "prepare", locked)
    for _ in range(4):
        assert await claimer.look() == NO_MOR
    assert asked == 1
    monkeypatch.setattr(stack.chain.transactions, "prepare", prepare)
    assert await claimer.look() == NO_MOR, "nobody said that it was unlocked"
    stack.retries.wake()
    assert await claimer.look() == entry.held


async def test_a_claim_that_nobody_seems_to_take_is_sent_once(
    demo: DemoStack, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = demo.stack
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 1.0)
    entry = await _closed_early(demo)
    await demo.world.devnet.skip_to_midnight()
    claimer, before = _claimer(stack), len(await _claims(stack))
    server.break_(Fault.ERROR_500, SEND)
    with pytest.raises(RpcUnavailableError):
        await claimer.look()
    with pytest.raises(FundsError) as caught:
        await claimer.claim()
    assert caught.value.code == "funds.claim_waiting"
    stack.retries.wake()
    assert await claimer.look() == NO_MOR
    server.heal()
    async with asyncio.timeout(20):
        while any(item.is_pending for item in await _claims(stack)):
            await recovered(stack)
    assert len(await _claims(stack)) == before + 1
    assert not (await stack.chain.market.on_hold(stack.wallet.address)).available
    assert entry.held > NO_MOR
    await assert_settled(stack)


async def test_switching_it_on_needs_no_restart(demo: DemoStack, tmp_path: Path) -> None:
    stack = demo.stack
    entry = await _closed_early(demo)
    rule = ClaimRule(automatic=False)
    claimer = StakeClaimer(
        chain=stack.chain,
        wallet=stack.wallet,
        sender=stack.sender,
        retries=stack.retries,
        rule=lambda: rule,
    )
    await demo.world.devnet.skip_to_midnight()
    assert await claimer.look() == NO_MOR
    rule = ClaimRule()
    assert await claimer.look() == entry.held
