import asyncio
from dataclasses import replace

import pytest

from node.chain.head import ChainHead
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.watcher import (
    CATCH_UP_BLOCKS,
    SAFETY_BLOCKS,
    BidEvent,
    Cursor,
    Rewound,
    SessionChange,
    SessionEvent,
    SessionWatcher,
)
from node.core.errors import RpcUnavailableError
from node.core.tasks import TaskScope
from node.core.units import Mor, PricePerSecond
from tests.unit.chain.sessions import PROVIDER, USER, close_session, open_session
from tests.unit.chain.watching import LongChain, QuickClock, Told, cursor_at, hash_of, ignore

pytestmark = pytest.mark.chain


async def genesis(chain):
    return await cursor_at(chain, 0)


def watcher(chain, index=USER, poll_s=0.01):
    return SessionWatcher(
        chain.rpc,
        chain.network,
        chain.head,
        chain.devnet.clock,
        chain.signer(index).address,
        poll_s=poll_s,
    )


async def take(events, count):
    """The next events of sessions; the market of the demo has offers too."""
    found = []
    async with asyncio.timeout(10):
        while len(found) < count:
            event = await anext(events)
            if isinstance(event, SessionEvent):
                found.append(event)
    return found


@pytest.mark.parametrize("index", [USER, PROVIDER])
async def test_user_and_provider_see_open_and_close(chain, index):
    session = await open_session(chain)
    closing = await close_session(chain, session)
    opened, closed = await take(watcher(chain, index).events(await genesis(chain), ignore), 2)
    assert (opened.change, closed.change) == (SessionChange.OPENED, SessionChange.CLOSED)
    assert opened.session_id == closed.session_id == session
    assert opened.user == chain.signer(USER).address
    assert opened.provider == chain.signer(PROVIDER).address
    assert (closed.place.tx_hash, closed.place.block) == (closing.tx_hash, closing.block)


async def test_a_stranger_sees_nothing_and_the_resume_block_advances(chain):
    await open_session(chain)
    done = asyncio.Event()
    reached: list[int] = []

    async def on_done(cursor: Cursor) -> None:
        reached.append(cursor.block)
        if cursor.block >= chain.head.seen:
            done.set()

    events = watcher(chain, 4).events(await genesis(chain), on_done)
    async with asyncio.timeout(10), TaskScope("test") as scope:
        pending = scope.spawn(anext(events), name="watch")
        await done.wait()
        assert not pending.done()
    assert reached == sorted(reached)


async def test_a_range_is_done_only_after_its_events_were_taken(chain):
    await open_session(chain)
    reached: list[int] = []

    async def on_done(cursor: Cursor) -> None:
        reached.append(cursor.block)

    events = watcher(chain).events(await genesis(chain), on_done)
    (event,) = await take(events, 1)
    assert reached == []
    await events.aclose()

    (again,) = await take(watcher(chain).events(await genesis(chain), on_done), 1)
    assert again == event


async def test_failures_lose_no_event_and_no_event_comes_twice(chain):
    session = await open_session(chain)
    chain.rpc.fail["eth_getLogs"] = [
        RpcUnavailableError("gone"),
        RpcFaultError(Fault.BAD_RANGE, rpc_code=-32005, text="range"),
    ]
    events = watcher(chain).events(await genesis(chain), ignore)
    (opened,) = await take(events, 1)
    await close_session(chain, session)
    (closed,) = await take(events, 1)
    assert (opened.change, closed.change) == (SessionChange.OPENED, SessionChange.CLOSED)


async def test_resuming_reads_the_newest_blocks_again(chain):
    await open_session(chain)
    head = (await chain.head.latest()).number
    (event,) = await take(watcher(chain).events(await cursor_at(chain, head), ignore), 1)
    assert head - SAFETY_BLOCKS < event.place.block <= head


class Announcing:
    """Tells when the newest block was answered for the first time."""

    def __init__(self, chain):
        self._rpc = chain.rpc
        self.read_head = asyncio.Event()

    async def request(self, method, params):
        answer = await self._rpc.request(method, params)
        if method == "eth_getBlockByNumber":
            self.read_head.set()
        return answer


async def test_a_watch_without_history_starts_at_the_newest_block(chain):
    session = await open_session(chain)
    rpc = Announcing(chain)
    user = chain.signer(USER).address
    events = SessionWatcher(
        rpc,
        chain.network,
        ChainHead(rpc, chain.devnet.clock),
        chain.devnet.clock,
        user,
        poll_s=0.01,
    ).events(None, ignore)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        first = group.create_task(anext(events))
        await rpc.read_head.wait()
        await close_session(chain, session)
    assert first.result().change is SessionChange.CLOSED


class ForeignLogs:
    """A lying endpoint: logs of another account, another contract, another range, and rubbish."""

    def __init__(self, chain, logs):
        self._chain = chain
        self._logs = logs

    async def request(self, method, params):
        if method == "eth_getLogs":
            return self._logs
        return await self._chain.rpc.request(method, params)


async def test_logs_nobody_asked_for_are_not_believed(chain):
    await open_session(chain)
    query = {"address": chain.network.marketplace.hex, "fromBlock": "0x0", "toBlock": "latest"}
    logs = await chain.rpc.request("eth_getLogs", [query])
    good = next(log for log in logs if len(log["topics"]) == 4)
    lies = [
        {**good, "address": chain.network.token.hex},
        {**good, "blockNumber": "0xffffff"},
        {
            **good,
            "topics": [good["topics"][0], "0x" + "11" * 32, good["topics"][2], "0x" + "22" * 32],
        },
        {**good, "removed": True},
        {**good, "data": 5},
        {},
        "log",
    ]
    rpc = ForeignLogs(chain, [*lies, good])
    head = ChainHead(rpc, chain.devnet.clock)
    honest = SessionWatcher(
        rpc, chain.network, head, chain.devnet.clock, chain.signer(USER).address, poll_s=0.01
    )
    (event,) = await take(honest.events(await genesis(chain), ignore), 1)
    assert event.place.block == int(good["blockNumber"], 16)


async def test_the_providers_offers_are_told(chain):
    provider = chain.signer(PROVIDER).address
    start = await cursor_at(chain, (await chain.head.latest()).number)
    await chain.send(chain.calls.delete_bid(chain.market.bids["harbor", "guide"]), PROVIDER)
    price = PricePerSecond(2 * 10**13)
    await chain.send(chain.calls.post_bid(provider, chain.market.models["guide"], price), PROVIDER)
    events = watcher(chain, PROVIDER).events(start, ignore)
    found = []
    async with asyncio.timeout(10):
        while len(found) < 2:
            event = await anext(events)
            if isinstance(event, BidEvent) and event.place.block > start.block:
                found.append(event)
    assert [(item.posted, item.model_id, item.provider) for item in found] == [
        (False, chain.market.models["guide"], provider),
        (True, chain.market.models["guide"], provider),
    ]


def session_events(items):
    return [item for item in items if isinstance(item, SessionEvent)]


@pytest.mark.parametrize("mined_again", [False, True])
async def test_a_reorganisation_takes_back_what_did_not_come_again(chain, mined_again):
    """The block of an opening is replaced, with or without the opening in the new blocks."""
    start = await cursor_at(chain, (await chain.head.latest()).number)
    snapshot = (await chain.devnet.request("evm_snapshot"))["result"]
    session = await open_session(chain)
    told = Told()
    async with TaskScope("test") as scope:
        scope.spawn(told.follow(watcher(chain).events(start, ignore)), name="watch")
        await told.until(session_events)
        await chain.devnet.request("evm_revert", [snapshot])
        chain.head.forget()
        chain.lanes.clear()
        if mined_again:
            assert await open_session(chain) == session
        for _ in range(4):
            await chain.send(chain.calls.approve(Mor(3)))
        await told.until(lambda items: len(session_events(items)) == 2)
    assert any(isinstance(item, Rewound) for item in told.items)
    assert [
        (item.change, item.session_id, item.removed) for item in session_events(told.items)
    ] == [
        (SessionChange.OPENED, session, False),
        (SessionChange.OPENED, session, not mined_again),
    ]


async def cursors_of(rpc, chain, start, until_block):
    """Cursors reported until the end of the chain, and what was told on the way."""
    reached, told = [], Told()
    done = asyncio.Event()

    async def on_done(cursor):
        reached.append(cursor.block)
        if cursor.block >= until_block:
            done.set()

    network, clock = replace(chain.network, log_range=2000), QuickClock()
    own = chain.signer(USER).address
    watch = SessionWatcher(rpc, network, ChainHead(rpc, clock), clock, own, poll_s=0.01)
    async with asyncio.timeout(10), TaskScope("test") as scope:
        scope.spawn(told.follow(watch.events(start, on_done)), name="watch")
        await done.wait()
    return reached, told.items


async def test_a_gap_is_caught_up_in_bounded_ranges_that_leave_nothing_out(chain):
    rpc = LongChain(10_000, most=300)
    start = Cursor(block=1000, block_hash=bytes.fromhex(hash_of(1000)[2:]))
    reached, told = await cursors_of(rpc, chain, start, 10_000)
    assert (reached[-1], told) == (10_000, [])
    assert max(last - first + 1 for first, last in rpc.ranges) <= 300
    covered = {number for first, last in rpc.ranges for number in range(first, last + 1)}
    assert set(range(1001, 10_001)) <= covered


async def test_after_days_away_the_newest_blocks_are_read_and_the_gap_is_told(chain):
    rpc = LongChain(1_000_000)
    start = Cursor(block=1000, block_hash=bytes.fromhex(hash_of(1000)[2:]))
    _reached, told = await cursors_of(rpc, chain, start, 1_000_000)
    assert told == [Rewound(after=1_000_000 - CATCH_UP_BLOCKS)]
    assert min(first for first, _ in rpc.ranges) > 1_000_000 - CATCH_UP_BLOCKS - SAFETY_BLOCKS
    assert len(rpc.ranges) < 60


async def test_a_chain_that_began_anew_is_read_from_its_newest_blocks(chain):
    rpc = LongChain(50)
    start = Cursor(block=9000, block_hash=bytes.fromhex(hash_of(9000)[2:]))
    reached, told = await cursors_of(rpc, chain, start, 50)
    assert (reached[-1], told) == (50, [Rewound(after=0)])


async def test_nothing_is_asked_twice_while_no_block_comes(chain):
    rpc = LongChain(500)
    start = Cursor(block=500, block_hash=bytes.fromhex(hash_of(500)[2:]))
    clock = QuickClock()
    own = chain.signer(USER).address
    watch = SessionWatcher(rpc, chain.network, ChainHead(rpc, clock), clock, own, poll_s=0.01)
    async with asyncio.timeout(10), TaskScope("test") as scope:
        scope.spawn(Told().follow(watch.events(start, ignore)), name="watch")
        await clock.later.wait()
    assert len(rpc.ranges) == 2
