"""Events of logs, by polling.

The endpoint filters by topic. A range of blocks counts as done only after its events were handled,
so a failed request or a crash repeats a range and never leaves one out; handlers must take an event
twice. The hash of the last block that was handled shows whether history was replaced since.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from node.chain.head import Block, ChainHead, read_block
from node.chain.logs import LogEvent, LogPlace
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import hex_quantity
from node.core.clock import Clock
from node.core.errors import ChainError, NodeError, RpcAnswerError, RpcUnavailableError
from node.core.ids import Address
from node.core.ports import JsonRpc

SAFETY_BLOCKS = 5
"""So many blocks are read again with each query: endpoints behind one address may lag."""
REORG_BLOCKS = 64
"""So far back is read again after history was replaced; Base finalises sooner."""
_SMALLEST_RANGE = 1
_SLOW_RANGE = 100
_MAX_LOGS = 10_000
_LONGEST_PAUSE_S = 60.0
_WIDEN_AFTER = 16
_SKIP_AFTER = 8
_log = logging.getLogger("node.chain")
_E = TypeVar("_E", bound=LogEvent)
_E_co = TypeVar("_E_co", bound=LogEvent, covariant=True)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the chain is walked through.

    `log_range`: blocks of one query at first. `look_back`: how many blocks before the newest the
    first watch begins. `catch_up`: older ones are left out. `pause_s`: between two queries while
    blocks of the past are read.
    """

    poll_s: float
    log_range: int
    catch_up: int
    look_back: int = 0
    pause_s: float = 0.0


class LogSource(Protocol[_E_co]):
    """Which logs are asked for, and what they say."""

    @property
    def contract(self) -> Address: ...

    @property
    def topics(self) -> Sequence[list[Any]]:
        """`topics` of the queries, one for each."""
        ...

    def read(self, item: Any, first: int, last: int) -> _E_co | None:
        """One log of these blocks; None for what was not asked for or cannot be read."""
        ...


class LogWatcher(Generic[_E]):
    """Watches one source over one endpoint or pool."""

    def __init__(
        self, rpc: JsonRpc, head: ChainHead, clock: Clock, source: LogSource[_E], pace: Pace
    ) -> None:
        self._rpc = rpc
        self._head = head
        self._clock = clock
        self._source = source
        self._pace = pace
        self._range = pace.log_range
        self._successes = 0
        self._seen: dict[LogPlace, _E] = {}

    async def events(
        self, start: Cursor | None, on_done: Callable[[Cursor], Awaitable[None]]
    ) -> AsyncIterator[_E | Rewound]:
        """Yield events without end, oldest first, each once per watch.

        `start` is the last block handled before, None to begin as `Pace.look_back` says. After the
        events of a range were taken, `on_done` gets its last block: keep it and pass it as `start`
        next time. Endpoint failures are ridden out with growing pauses.
        """
        handled = start
        floor, failures = 0, 0
        looked = False
        while True:
            try:
                head = await self._head.latest()
                if handled is None:
                    handled = await self._first_cursor(head)
                    floor = handled.block + 1
                    await on_done(handled)
                rewound = await self._rewound(handled, head)
                if rewound is not None:
                    handled, floor = rewound, 0
                last = await self._end_of_range(handled, head)
                again = SAFETY_BLOCKS if self._range > _SMALLEST_RANGE else 0
                first = max(handled.block + 1 - again, floor)
                idle = looked and last == handled
                found = [] if idle else await self._changes(first, last, failures)
            except ChainError as error:
                failures += 1
                self._narrow(error, failures)
                _log.info("log query failed (%d in a row): %s", failures, error)
                pause = self._pace.poll_s * 2 ** min(failures, 16)
                await self._clock.sleep(min(pause, _LONGEST_PAUSE_S))
                continue
            failures, looked = 0, True
            self._widen()
            if rewound is not None:
                yield Rewound(after=rewound.block)
            for event in found:
                yield event
            if last != handled:
                handled = last
                self._forget_before(last.block - REORG_BLOCKS)
                await on_done(last)
            await self._rest(at_head=last.block >= head.number)

    async def _rest(self, *, at_head: bool) -> None:
        if at_head:
            await self._clock.sleep(self._pace.poll_s)
        elif self._pace.pause_s:
            await self._clock.sleep(self._pace.pause_s)

    async def _first_cursor(self, head: Block) -> Cursor:
        if not self._pace.look_back:
            return _cursor(head)
        return await self._cursor_at(max(head.number - self._pace.look_back, 0))

    async def _rewound(self, handled: Cursor, head: Block) -> Cursor | None:
        """Where to go on after history was replaced or too much of it passed; None to go on."""
        if head.number - handled.block > self._pace.catch_up:
            _log.warning("%d blocks passed unseen", head.number - handled.block)
            return await self._cursor_at(head.number - self._pace.catch_up)
        if head.number < handled.block:
            return await self._cursor_at(max(head.number - REORG_BLOCKS, 0))
        now = head if head.number == handled.block else await self.block(handled.block)
        if now.hash == handled.block_hash:
            return None
        _log.warning("block %d was replaced", handled.block)
        return await self._cursor_at(max(handled.block - REORG_BLOCKS, 0))

    async def _end_of_range(self, handled: Cursor, head: Block) -> Cursor:
        if head.number - handled.block <= self._range:
            return _cursor(head)
        return await self._cursor_at(handled.block + self._range)

    async def _cursor_at(self, number: int) -> Cursor:
        return _cursor(await self.block(number))

    async def block(self, number: int) -> Block:
        """Raises RpcAnswerError when there is no such block or another one came."""
        params = [hex_quantity(number), False]
        block = read_block(await self._rpc.request("eth_getBlockByNumber", params))
        if block.number != number:
            raise RpcAnswerError("A network node sent another block than asked for.")
        return block

    def _narrow(self, error: NodeError, failures: int) -> None:
        """Endpoints limit the range of a query, each in its own way; a slow one just times out."""
        self._successes = 0
        refused = isinstance(error, RpcFaultError) and error.fault in (
            Fault.BAD_RANGE,
            Fault.TOO_LARGE,
            Fault.OTHER,
        )
        slow = isinstance(error, RpcUnavailableError) and failures > 1 and self._range > _SLOW_RANGE
        if refused or slow:
            self._range = max(self._range // 2, _SMALLEST_RANGE)

    def _widen(self) -> None:
        """Now and then more is asked for again: a range may have been small for a few full blocks
        only.
        """
        self._successes += 1
        if self._successes % _WIDEN_AFTER == 0:
            self._range = min(self._range * 2, self._pace.log_range)

    async def _changes(self, first: int, last: Cursor, failures: int) -> list[_E]:
        """Events not told yet, and those told that are gone, of `first` to `last`; oldest first.

        Blocks so full that no query can hold their logs are left out in the end: whoever fills
        them must not keep what comes after them from being seen.
        """
        if first > last.block:
            return []
        try:
            found = await self._logs(first, last.block)
        except RpcFaultError as error:
            is_full = error.fault is Fault.TOO_LARGE and self._range == _SMALLEST_RANGE
            if not is_full or failures < _SKIP_AFTER:
                raise
            _log.warning("logs of block %d are too many to be read", last.block)
            return []
        gone = list(self._gone(found, first, last.block))
        new = [event for place, event in found.items() if place not in self._seen]
        for item in gone:
            del self._seen[item.place]
        self._seen.update((event.place, event) for event in new)
        new.sort(key=lambda event: (event.place.block, event.place.log_index))
        return [*gone, *new]

    def _gone(self, found: dict[LogPlace, _E], first: int, last: int) -> Iterator[_E]:
        """Told events of these blocks that are no longer there and did not come back elsewhere."""
        meanings = {event.meaning for event in found.values()}
        for place, event in list(self._seen.items()):
            if not first <= place.block <= last or place in found:
                continue
            if event.meaning in meanings:
                del self._seen[place]
            else:
                yield replace(event, removed=True)

    def _forget_before(self, block: int) -> None:
        self._seen = {place: item for place, item in self._seen.items() if place.block > block}

    async def _logs(self, first: int, last: int) -> dict[LogPlace, _E]:
        found: dict[LogPlace, _E] = {}
        for topics in self._source.topics:
            query = {
                "address": self._source.contract.hex,
                "fromBlock": hex_quantity(first),
                "toBlock": hex_quantity(last),
                "topics": topics,
            }
            answer = await self._rpc.request("eth_getLogs", [query])
            if not isinstance(answer, list):
                raise RpcAnswerError("A network node sent something that is no list of logs.")
            if len(answer) > _MAX_LOGS:
                raise RpcFaultError(Fault.TOO_LARGE, rpc_code=0, text=f"{len(answer)} logs")
            for item in answer:
                event = self._source.read(item, first, last)
                if event is not None:
                    found[event.place] = event
        return found


def _cursor(block: Block) -> Cursor:
    return Cursor(block=block.number, block_hash=block.hash)
