"""Stuck, bumped, mined late, replaced elsewhere, restarted: one nonce for each intent, always."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from node.chain.head import ChainHead
from node.chain.transactions import WalletTransactions
from node.core.errors import NodeError
from node.core.ids import Address
from node.core.ports import EMPTY_INTENTS, Intent
from node.core.units import Eth, Mor
from node.router import sending
from node.router.quotes import QuoteOrder
from node.service.demo_world import DemoWorld
from node.service.stack import NetworkStack
from node.store.journal_records import PENDING_STATUSES, TxRecord, TxStatus
from tests.support.faulty_rpc import FaultyServer, open_faulty_world, open_user
from tests.support.stacks import DemoStack
from tests.support.truth import close_all, open_on_chain, recovered

pytestmark = pytest.mark.chain
RUNS = 50
RUNS_A_START = 5
SETTLED_WITHIN_S = 60.0
FRIEND = Address(b"\x5a" * 20)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[tuple[DemoWorld, FaultyServer], None]:
    async with open_faulty_world(tmp_path) as pair:
        yield pair


@dataclass
class Fate:
    """What happens to one intent, drawn by chance."""

    is_opening: bool
    bumps: int
    is_cancelled: bool
    is_taken_elsewhere: bool
    is_forgotten: bool

    @classmethod
    def draw(cls, random: Random) -> "Fate":
        return cls(
            is_opening=random.random() < 0.12,
            bumps=random.randrange(4),
            is_cancelled=random.random() < 0.25,
            is_taken_elsewhere=random.random() < 0.2,
            is_forgotten=random.random() < 0.2,
        )


async def records_of(stack: NetworkStack) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 1000
    )


async def order(demo: DemoStack, fate: Fate) -> None:
    """Sign and send; nobody waits long for a block."""
    stack = demo.stack
    with suppress(NodeError):
        if not fate.is_opening:
            await stack.sender.send_alone(stack.chain.calls.send_mor(FRIEND, Mor(1)))
            return
        model = await demo.guide()
        quote = await stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))
        await demo.world.devnet.hold_transactions(False)
        await stack.sender.send_alone(stack.chain.calls.approve(quote.plan.stake))
        await demo.world.devnet.hold_transactions(True)
        async for _ in stack.opener.open(stack.quotes.take(quote.id)):
            pass


async def bump(demo: DemoStack, fate: Fate) -> None:
    verbs = ["speed_up"] * fate.bumps + ["cancel"] * fate.is_cancelled
    for verb in verbs:
        waiting = [item for item in await records_of(demo.stack) if item.is_pending]
        newest = [item for item in waiting if item.replaced_by is None]
        for record in newest:
            if record.intent not in EMPTY_INTENTS:
                plan = await demo.stack.replacer.plan(record.tx_hash, verb)  # type: ignore[arg-type]
                await demo.stack.replacer.replace(plan)


async def take_elsewhere(demo: DemoStack) -> None:
    """Another program with the same key uses the number of what waits, for much more."""
    stack = demo.stack
    elsewhere = WalletTransactions(
        stack.rpc, stack.network, ChainHead(stack.rpc, stack.chain.clock), stack.chain.clock
    )
    nonce = await stack.chain.transactions.next_nonce(stack.wallet.address)
    call = stack.chain.calls.send_eth(FRIEND, Eth(1))
    prepared = await elsewhere.prepare(call, stack.wallet.signer, nonce=nonce, speed="fast")
    for _ in range(4):
        prepared = await elsewhere.replace(prepared, stack.wallet.signer)
    # Where ours was bumped as often, the network keeps ours.
    with suppress(NodeError):
        await elsewhere.broadcast(prepared.signed.raw)


async def forget(demo: DemoStack) -> None:
    """The network nodes lose what waits."""
    snapshot = (await demo.world.devnet.request("evm_snapshot"))["result"]
    await demo.world.devnet.request("evm_revert", [snapshot])


async def settle(demo: DemoStack) -> None:
    """Look twice, and on while the keeper of a program that just started works on something."""
    await demo.world.devnet.hold_transactions(False)
    stack = demo.stack
    async with asyncio.timeout(SETTLED_WITHIN_S):
        await look(stack)
        await look(stack)
        while any(item.is_pending for item in await records_of(stack)):
            await look(stack)


async def look(stack: NetworkStack) -> None:
    await stack.finality.look()
    await recovered(stack)


async def assert_one_nonce_each(stack: NetworkStack) -> None:
    records = await records_of(stack)
    assert [item for item in records if item.status in PENDING_STATUSES] == []
    mined = Counter(item.nonce for item in records if item.status is TxStatus.MINED)
    assert set(mined.values()) <= {1}, "two of one number are called mined"
    for record in records:
        receipt = await stack.chain.transactions.receipt(record.tx_hash)
        assert (receipt is not None) == (record.status in (TxStatus.MINED, TxStatus.FAILED))
    places: dict[tuple[str, Intent], set[int]] = {}
    for record in records:
        if record.intent not in EMPTY_INTENTS:
            places.setdefault((record.intent_id, record.intent), set()).add(record.nonce)
    assert all(len(nonces) == 1 for nonces in places.values()), "an intent was signed twice"


async def arrived(stack: NetworkStack) -> int:
    return (await stack.chain.market.balances(FRIEND)).mor.base


async def test_whatever_happens_an_intent_has_one_nonce(
    world: tuple[DemoWorld, FaultyServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    random = Random(8)
    for start in range(1 + RUNS // RUNS_A_START):
        async with open_user(*world, tmp_path) as demo:
            if start:
                # The last intent of the program that ended.
                await finish(demo)
                await assert_one_nonce_each(demo.stack)
            if start == RUNS // RUNS_A_START:
                return
            for run in range(RUNS_A_START):
                await begin(demo, Fate.draw(random))
                if run < RUNS_A_START - 1:
                    await finish(demo)


async def begin(demo: DemoStack, fate: Fate) -> None:
    await demo.world.devnet.hold_transactions(True)
    await order(demo, fate)
    await bump(demo, fate)
    if fate.is_taken_elsewhere:
        await take_elsewhere(demo)
    elif fate.is_forgotten:
        await forget(demo)


async def finish(demo: DemoStack) -> None:
    await settle(demo)
    stack = demo.stack
    moved = [
        item
        for item in await records_of(stack)
        if item.intent is Intent.SEND_MOR and item.status is TxStatus.MINED
    ]
    assert await arrived(stack) == len(moved), "a transfer arrived twice or not at all"
    assert len(await open_on_chain(stack)) <= 1
    await close_all(stack)
