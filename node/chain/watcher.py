"""Events of one account's sessions and offers, by polling logs.

The endpoint filters by topic. A range of blocks counts as done only after its events were handled,
so a failed request or a crash repeats a range and never leaves one out; handlers must take an event
twice. The hash of the last block that was handled shows whether history was replaced since.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from node.chain.head import Block, ChainHead, read_block
from node.chain.log_events import (
    AccountEvent,
    BidEvent,
    LogPlace,
    SessionChange,
    SessionEvent,
    read_log,
    topic_filters,
)
from node.chain.networks import Network
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import hex_quantity
from node.core.clock import Clock
from node.core.errors import ChainError, NodeError, RpcAnswerError, RpcUnavailableError
from node.core.ids import Address
from node.core.ports import JsonRpc

__all__ = [
    "AccountEvent",
    "BidEvent",
    "Cursor",
    "LogPlace",
    "Rewound",
    "SessionChange",
    "SessionEvent",
    "SessionWatcher",
]

SAFETY_BLOCKS = 5
"""So many blocks are read again with each query: endpoints behind one address may lag."""
REORG_BLOCKS = 64
"""So far back is read again after history was replaced; Base finalises sooner."""
CATCH_UP_BLOCKS = 50_000
"""Older logs are left out: after more than a day the records themselves are read instead."""
_SMALLEST_RANGE = 4
_SLOW_RANGE = 100
_MAX_LOGS = 10_000
_LONGEST_PAUSE_S = 60.0
_log = logging.getLogger("node.chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last block that was handled, with its hash (32 bytes)."""

    block: int
    block_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound:
    """What was known after block `after` may not hold: blocks were replaced, or too many passed
    while nobody looked. Read the records anew; events of the blocks that are read again follow.
    """

    after: int


class SessionWatcher:
    """Watches the sessions in which `account` is the user or the provider, and its offers."""

    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        account: Address,
        *,
        poll_s: float | None = None,
    ) -> None:
        self._rpc = rpc
        self._network = network
        self._head = head
        self._clock = clock
        self._account = account
        self._poll_s = network.block_seconds if poll_s is None else poll_s
        self._range = network.log_range
        self._seen: dict[LogPlace, AccountEvent] = {}

    async def events(
        self, start: Cursor | None, on_done: Callable[[Cursor], Awaitable[None]]
    ) -> AsyncIterator[AccountEvent | Rewound]:
        """Yield events without end, oldest first, each once per watch.

        `start` is the last block handled before, None to begin at the newest. After the events of a
        range were taken, `on_done` gets its last block: keep it and pass it as `start` next time.
        Endpoint failures are ridden out with growing pauses.
        """
        handled = start
        floor, failures = 0, 0
        looked = False
        while True:
            try:
                head = await self._head.latest()
                if handled is None:
                    handled, floor = _cursor(head), head.number + 1
                    await on_done(handled)
                rewound = await self._rewound(handled, head)
                if rewound is not None:
                    handled, floor = rewound, 0
                last = await self._end_of_range(handled, head)
                first = max(handled.block + 1 - SAFETY_BLOCKS, floor)
                idle = looked and last == handled
                found = [] if idle else await self._changes(first, last)
            except ChainError as error:
                failures += 1
                self._narrow(error, failures)
                _log.info("log query failed (%d in a row): %s", failures, error)
                pause = self._poll_s * 2 ** min(failures, 16)
                await self._clock.sleep(min(pause, _LONGEST_PAUSE_S))
                continue
            failures, looked = 0, True
            if rewound is not None:
                yield Rewound(after=rewound.block)
            for event in found:
                yield event
            if last != handled:
                handled = last
                self._forget_before(last.block - REORG_BLOCKS)
                await on_done(last)
            if last.block >= head.number:
                await self._clock.sleep(self._poll_s)

    async def _rewound(self, handled: Cursor, head: Block) -> Cursor | None:
        """Where to go on after history was replaced or too much of it passed; None to go on."""
        if head.number - handled.block > CATCH_UP_BLOCKS:
            _log.warning("%d blocks passed unseen", head.number - handled.block)
            return await self._cursor_at(head.number - CATCH_UP_BLOCKS)
        if head.number < handled.block:
            return await self._cursor_at(max(head.number - REORG_BLOCKS, 0))
        now = head if head.number == handled.block else await self._block(handled.block)
        if now.hash == handled.block_hash:
            return None
        _log.warning("block %d was replaced", handled.block)
        return await self._cursor_at(max(handled.block - REORG_BLOCKS, 0))

    async def _end_of_range(self, handled: Cursor, head: Block) -> Cursor:
        if head.number - handled.block <= self._range:
            return _cursor(head)
        return await self._cursor_at(handled.block + self._range)

    async def _cursor_at(self, number: int) -> Cursor:
        return _cursor(await self._block(number))

    async def _block(self, number: int) -> Block:
        params = [hex_quantity(number), False]
        block = read_block(await self._rpc.request("eth_getBlockByNumber", params))
        if block.number != number:
            raise RpcAnswerError("A network node sent another block than asked for.")
        return block

    def _narrow(self, error: NodeError, failures: int) -> None:
        """Endpoints limit the range of a query, each in its own way; a slow one just times out."""
        refused = isinstance(error, RpcFaultError) and error.fault in (
            Fault.BAD_RANGE,
            Fault.TOO_LARGE,
            Fault.OTHER,
        )
        slow = isinstance(error, RpcUnavailableError) and failures > 1 and self._range > _SLOW_RANGE
        if refused or slow:
            self._range = max(self._range // 2, _SMALLEST_RANGE)

    async def _changes(self, first: int, last: Cursor) -> list[AccountEvent]:
        """Events not told yet, and those told that are gone, of `first` to `last`; oldest first."""
        if first > last.block:
            return []
        found = await self._logs(first, last.block)
        gone = list(self._gone(found, first, last.block))
        new = [event for place, event in found.items() if place not in self._seen]
        for item in gone:
            del self._seen[item.place]
        self._seen.update((event.place, event) for event in new)
        new.sort(key=lambda event: (event.place.block, event.place.log_index))
        return [*gone, *new]

    def _gone(
        self, found: dict[LogPlace, AccountEvent], first: int, last: int
    ) -> Iterator[AccountEvent]:
        """Told events of these blocks that are no longer there and did not come back elsewhere."""
        meanings = {_meaning(event) for event in found.values()}
        for place, event in list(self._seen.items()):
            if not first <= place.block <= last or place in found:
                continue
            if _meaning(event) in meanings:
                del self._seen[place]
            else:
                yield replace(event, removed=True)

    def _forget_before(self, block: int) -> None:
        self._seen = {place: item for place, item in self._seen.items() if place.block > block}

    async def _logs(self, first: int, last: int) -> dict[LogPlace, AccountEvent]:
        found: dict[LogPlace, AccountEvent] = {}
        for topics in topic_filters(self._account):
            query = {
                "address": self._network.marketplace.hex,
                "fromBlock": hex_quantity(first),
                "toBlock": hex_quantity(last),
                "topics": topics,
            }
            answer = await self._rpc.request("eth_getLogs", [query])
            if not isinstance(answer, list) or len(answer) > _MAX_LOGS:
                raise RpcAnswerError("A network node sent something that is no list of logs.")
            for item in answer:
                event = read_log(
                    item,
                    contract=self._network.marketplace,
                    account=self._account,
                    first=first,
                    last=last,
                )
                if event is not None:
                    found[event.place] = event
        return found


def _cursor(block: Block) -> Cursor:
    return Cursor(block=block.number, block_hash=block.hash)


def _meaning(event: AccountEvent) -> tuple[object, ...]:
    """What an event says, wherever it stands."""
    if isinstance(event, SessionEvent):
        return event.change, event.session_id
    return event.posted, event.model_id, event.nonce
