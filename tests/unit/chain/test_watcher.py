import asyncio

import pytest

from node.chain.head import ChainHead
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.watcher import SAFETY_BLOCKS, SessionChange, SessionWatcher
from node.core.errors import RpcUnavailableError
from node.core.tasks import TaskScope
from tests.unit.chain.sessions import PROVIDER, USER, close_session, open_session

pytestmark = pytest.mark.chain


async def ignore(block: int) -> None:
    """Somebody who keeps no resume block."""


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
    async with asyncio.timeout(10):
        return [await anext(events) for _ in range(count)]


@pytest.mark.parametrize("index", [USER, PROVIDER])
async def test_user_and_provider_see_open_and_close(chain, index):
    session = await open_session(chain)
    closing = await close_session(chain, session)
    opened, closed = await take(watcher(chain, index).events(0, ignore), 2)
    assert (opened.change, closed.change) == (SessionChange.OPENED, SessionChange.CLOSED)
    assert opened.session_id == closed.session_id == session
    assert opened.user == chain.signer(USER).address
    assert opened.provider == chain.signer(PROVIDER).address
    assert (closed.tx_hash, closed.block) == (closing.tx_hash, closing.block)


async def test_a_stranger_sees_nothing_and_the_resume_block_advances(chain):
    await open_session(chain)
    done = asyncio.Event()
    reached: list[int] = []

    async def on_done(block: int) -> None:
        reached.append(block)
        if block >= chain.head.seen:
            done.set()

    events = watcher(chain, 4).events(0, on_done)
    async with asyncio.timeout(10), TaskScope("test") as scope:
        pending = scope.spawn(anext(events), name="watch")
        await done.wait()
        assert not pending.done()
    assert reached == sorted(reached)


async def test_a_range_is_done_only_after_its_events_were_taken(chain):
    await open_session(chain)
    reached: list[int] = []

    async def on_done(block: int) -> None:
        reached.append(block)

    events = watcher(chain).events(0, on_done)
    (event,) = await take(events, 1)
    assert reached == []
    await events.aclose()

    (again,) = await take(watcher(chain).events(0, on_done), 1)
    assert again == event


async def test_failures_lose_no_event_and_no_event_comes_twice(chain):
    session = await open_session(chain)
    chain.rpc.fail["eth_getLogs"] = [
        RpcUnavailableError("gone"),
        RpcFaultError(Fault.BAD_RANGE, rpc_code=-32005, text="range"),
    ]
    events = watcher(chain).events(0, ignore)
    (opened,) = await take(events, 1)
    await close_session(chain, session)
    (closed,) = await take(events, 1)
    assert (opened.change, closed.change) == (SessionChange.OPENED, SessionChange.CLOSED)


async def test_resuming_reads_the_newest_blocks_again(chain):
    await open_session(chain)
    head = (await chain.head.latest()).number
    (event,) = await take(watcher(chain).events(head, ignore), 1)
    assert head - SAFETY_BLOCKS < event.block <= head


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
    (event,) = await take(honest.events(0, ignore), 1)
    assert event.block == int(good["blockNumber"], 16)
