"""Reorganisations of one to ten blocks after each receipt: journal and chain say the same."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from node.core.ports import Intent
from node.service.stack import NetworkStack
from node.store.journal_records import MINED_STATUSES, SessionEntry, SessionState, TxRecord
from tests.support.faulty_rpc import FaultyServer, open_faulty_stack
from tests.support.stacks import DemoStack
from tests.support.truth import assert_settled, open_on_chain, recovered, row

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("reorg")) as (demo, server):
        server.knows_finality = False
        yield demo, server


@pytest.fixture
def demo(opened: tuple[DemoStack, FaultyServer]) -> DemoStack:
    return opened[0]


class Reorganisation:
    """From `async with` on, what comes into blocks vanishes, `depth` blocks deep."""

    def __init__(self, demo: DemoStack, depth: int) -> None:
        self._devnet = demo.world.devnet
        self._depth = depth
        self._snapshot = ""

    async def __aenter__(self) -> None:
        self._snapshot = (await self._devnet.request("evm_snapshot"))["result"]

    async def __aexit__(self, *error: object) -> None:
        for _ in range(self._depth - 1):
            await self._devnet.mine()
        before = int((await self._devnet.request("eth_blockNumber"))["result"], 16)
        await self._devnet.request("evm_revert", [self._snapshot])
        now = int((await self._devnet.request("eth_blockNumber"))["result"], 16)
        assert before - now >= self._depth
        for _ in range(before - now + 1):
            await self._devnet.mine()


async def settle(stack: NetworkStack) -> None:
    """Look until nothing waits; the keeper may be at it too."""
    async with asyncio.timeout(30):
        with stack.wallet.bus.subscribe() as events:
            await stack.finality.look()
            await recovered(stack)
            while await stack.wallet.journal.pending_transactions(
                stack.wallet.address, stack.chain.market.chain_id
            ):
                await events.get()
            await recovered(stack)


async def assert_true(stack: NetworkStack) -> None:
    """Every transaction that the journal calls mined is where it says; one for each nonce."""
    await assert_settled(stack)
    records = await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 1000
    )
    mined = [item for item in records if item.status in MINED_STATUSES]
    for record in mined:
        receipt = await stack.chain.transactions.receipt(record.tx_hash)
        assert receipt is not None
        assert (receipt.block, receipt.block_hash) == (record.block, record.block_hash)
    count = await stack.chain.transactions.next_nonce(stack.wallet.address)
    assert sorted(item.nonce for item in mined) == list(range(count))


async def assert_same(stack: NetworkStack, entry: SessionEntry) -> SessionEntry:
    kept = await row(stack, entry.intent_id)
    assert kept.session_id is not None
    session = await stack.chain.market.session(kept.session_id)
    assert (kept.opened_at, kept.ends_at) == (session.opened_at, session.ends_at)
    if session.is_closed:
        assert kept.closed_at == session.closed_at
        assert kept.returned + kept.held == session.stake
    return kept


@pytest.mark.parametrize("depth", range(1, 11))
async def test_an_opening_whose_block_vanishes_is_open_once(demo: DemoStack, depth: int) -> None:
    stack = demo.stack
    async with Reorganisation(demo, depth):
        entry = await demo.open(seconds=600)
    await settle(stack)
    await assert_true(stack)
    kept = await assert_same(stack, entry)
    assert kept.state is SessionState.ACTIVE
    assert [item.id for item in await open_on_chain(stack)] == [kept.session_id]
    sent = await stack.wallet.journal.transactions_of(entry.intent_id)
    assert [item.intent for item in sent].count(Intent.OPEN_SESSION) == 1
    await stack.closer.close(kept)


@pytest.mark.parametrize("depth", range(1, 11))
async def test_a_close_whose_block_vanishes_closes_once(demo: DemoStack, depth: int) -> None:
    stack = demo.stack
    entry = await demo.open(seconds=600)
    async with Reorganisation(demo, depth):
        await stack.closer.close(entry)
    await settle(stack)
    await assert_true(stack)
    kept = await assert_same(stack, entry)
    assert kept.state in (SessionState.CLOSED, SessionState.SETTLED)
    assert await open_on_chain(stack) == []
    sent = await stack.wallet.journal.transactions_of(entry.intent_id)
    assert [item.intent for item in sent].count(Intent.CLOSE_SESSION) == 1


async def test_a_block_is_final_by_depth_where_nodes_do_not_tell(demo: DemoStack) -> None:
    stack = demo.stack
    entry = await demo.open(seconds=600)
    sent = await stack.wallet.journal.transactions_of(entry.intent_id)
    await stack.finality.look()
    assert not any(item.final for item in await again(stack, entry))
    for _ in range(70):
        await demo.world.devnet.mine()
    for _ in sent:
        await stack.finality.look()
    assert all(item.final for item in await again(stack, entry))


async def again(stack: NetworkStack, entry: SessionEntry) -> tuple[TxRecord, ...]:
    return await stack.wallet.journal.transactions_of(entry.intent_id)
