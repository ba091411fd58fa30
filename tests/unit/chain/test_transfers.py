"""MOR that comes to an account is found in the token's logs, and nothing else is believed."""

import asyncio
from dataclasses import replace

import pytest

from node.chain.head import ChainHead
from node.chain.log_watcher import Cursor, LogEvent, Rewound
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.transfers import TransferWatcher
from node.core.errors import RpcAnswerError
from node.core.ids import Address
from node.core.tasks import TaskScope
from node.core.units import Mor
from tests.unit.chain.sessions import PROVIDER, USER, open_session
from tests.unit.chain.watching import LongChain, QuickClock, Told, cursor_at, hash_of, ignore

pytestmark = pytest.mark.chain
ME = Address(b"\x77" * 20)
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TOKEN = Address(b"\x0e" * 20)


def watcher(chain, account, rpc=None):
    rpc = rpc or chain.rpc
    head = ChainHead(rpc, chain.devnet.clock)
    return TransferWatcher(rpc, chain.network, head, chain.devnet.clock, account, poll_s=0.01)


async def take(events, count):
    found = []
    async with asyncio.timeout(10):
        while len(found) < count:
            event = await anext(events)
            if isinstance(event, LogEvent):
                found.append(event)
    return found


async def test_what_others_sent_before_the_first_look_is_found(chain):
    first = await chain.send(chain.calls.send_mor(ME, Mor(5)), USER)
    second = await chain.send(chain.calls.send_mor(ME, Mor(7)), PROVIDER)
    watch = watcher(chain, ME)
    events = watch.events(None, ignore)
    found = await take(events, 2)
    assert [(item.sender, item.amount, item.place.tx_hash) for item in found] == [
        (chain.signer(USER).address, Mor(5), first.tx_hash),
        (chain.signer(PROVIDER).address, Mor(7), second.tx_hash),
    ]
    block = await chain.rpc.request("eth_getBlockByNumber", [hex(second.block), False])
    assert await watch.time_of(found[1]) == int(block["timestamp"], 16)


async def test_a_transfer_of_nothing_and_one_to_oneself_are_left_out(chain):
    """Anybody may send 0 in the name of anybody else: that is how lists are poisoned."""
    user = chain.signer(USER).address
    start = await cursor_at(chain, (await chain.head.latest()).number)
    await chain.send(chain.calls.send_mor(user, Mor(0)), PROVIDER)
    await chain.send(chain.calls.send_mor(user, Mor(3)), USER)
    await open_session(chain)
    await chain.send(chain.calls.send_mor(user, Mor(1)), PROVIDER)
    events, found = watcher(chain, user).events(start, ignore), []
    while not found:
        # The newest blocks before the start are read again, and the account was funded there.
        found = [item for item in await take(events, 1) if item.place.block > start.block]
    assert [(item.sender, item.amount) for item in found] == [
        (chain.signer(PROVIDER).address, Mor(1))
    ]


class Invented:
    """A lying endpoint: it answers every log query with these logs."""

    def __init__(self, chain, logs):
        self._chain = chain
        self._logs = logs

    async def request(self, method, params):
        if method == "eth_getLogs":
            return self._logs
        return await self._chain.rpc.request(method, params)


async def test_logs_nobody_asked_for_are_not_believed(chain):
    receipt = await chain.send(chain.calls.send_mor(ME, Mor(9)), USER)
    query = {
        "address": chain.network.token.hex,
        "fromBlock": hex(receipt.block),
        "toBlock": hex(receipt.block),
        "topics": [TRANSFER],
    }
    (good,) = await chain.rpc.request("eth_getLogs", [query])
    other = "0x" + "88" * 20
    lies = [
        {**good, "address": chain.network.marketplace.hex},
        {**good, "blockNumber": "0xffffff"},
        {**good, "topics": [*good["topics"][:2], "0x" + other[2:].rjust(64, "0")]},
        {**good, "topics": good["topics"][:2]},
        {**good, "data": "0x"},
        {**good, "removed": True},
        {},
        None,
    ]
    events = watcher(chain, ME, Invented(chain, [*lies, good])).events(None, ignore)
    (found,) = await take(events, 1)
    assert (found.amount, found.place.block) == (Mor(9), receipt.block)


async def test_the_time_of_a_block_that_is_another_one_is_not_taken(chain):
    await chain.send(chain.calls.send_mor(ME, Mor(2)), USER)
    watch = watcher(chain, ME)
    (found,) = await take(watch.events(None, ignore), 1)
    moved = replace(found, place=replace(found.place, block_hash=b"\x01" * 32))
    with pytest.raises(RpcAnswerError):
        await watch.time_of(moved)


async def walked(rpc, chain, start, until_block, **changes):
    """The cursors reported and what was told until this block was done."""
    reached, told, done = [], Told(), asyncio.Event()

    async def on_done(cursor):
        reached.append(cursor.block)
        if cursor.block >= until_block:
            done.set()

    network = replace(
        chain.network, token=TOKEN, **{"log_range": 2000, "block_seconds": 2.0, **changes}
    )
    clock = QuickClock()
    watch = TransferWatcher(rpc, network, ChainHead(rpc, clock), clock, ME, poll_s=0.01)
    async with asyncio.timeout(20), TaskScope("test") as scope:
        scope.spawn(told.follow(watch.events(start, on_done)), name="watch")
        await done.wait()
    return reached, told.items


async def test_the_first_look_goes_back_a_week_in_bounded_ranges(chain):
    week = 7 * 86_400 // 2
    rpc = LongChain(1_000_000)
    reached, _told = await walked(rpc, chain, None, 1_000_000)
    assert reached[0] == 1_000_000 - week
    assert min(first for first, _ in rpc.ranges) == 1_000_000 - week + 1
    assert max(last - first for first, last in rpc.ranges) <= 2000 + 5


async def test_an_old_cursor_is_caught_up_for_ninety_days(chain):
    days = 90 * 86_400 // 20
    rpc = LongChain(1_000_000)
    inside = Cursor(block=700_000, block_hash=bytes.fromhex(hash_of(700_000)[2:]))
    _reached, told = await walked(rpc, chain, inside, 1_000_000, block_seconds=20.0)
    assert told == []
    assert min(first for first, _ in rpc.ranges) <= 700_001
    rpc = LongChain(1_000_000)
    older = Cursor(block=1000, block_hash=bytes.fromhex(hash_of(1000)[2:]))
    _reached, told = await walked(rpc, chain, older, 1_000_000, block_seconds=20.0)
    assert told == [Rewound(after=1_000_000 - days)]


def log_at(number, amount=1, tx=None):
    return {
        "address": TOKEN.hex,
        "topics": [TRANSFER, "0x" + "00" * 12 + "55" * 20, "0x" + ME.hex[2:].rjust(64, "0")],
        "data": "0x" + amount.to_bytes(32, "big").hex(),
        "blockNumber": hex(number),
        "blockHash": hash_of(number),
        "transactionHash": tx or hash_of(number + 10**9),
        "logIndex": "0x0",
    }


class Crowded(LongChain):
    """Block `full` holds more logs than any answer; there is a transfer just before and after."""

    def __init__(self, height, full):
        super().__init__(height)
        self._full = full

    def logs(self, first, last):
        if first <= self._full <= last:
            raise RpcFaultError(Fault.TOO_LARGE, rpc_code=-32005, text="response too large")
        places = (self._full - 1, self._full + 1)
        return [log_at(number) for number in places if first <= number <= last]


async def test_a_block_filled_by_a_spammer_hides_nothing_but_itself(chain):
    start = Cursor(block=1000, block_hash=bytes.fromhex(hash_of(1000)[2:]))
    rpc = Crowded(9000, full=5000)
    reached, told = await walked(rpc, chain, start, 9000)
    assert reached[-1] == 9000
    assert [item.place.block for item in told] == [4999, 5001]
    # Afterwards as much is asked for at once as before.
    assert max(last - first for first, last in rpc.ranges[-3:]) > 100
