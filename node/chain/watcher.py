"""Events of one account's sessions, by polling logs.

The endpoint filters by topic. A range of blocks counts as done only after its events were handled,
so a failed request or a crash repeats a range and never leaves one out; handlers must take an event
twice.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from node.chain.abi.events import EVENTS
from node.chain.head import ChainHead
from node.chain.networks import Network
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import data, hex_data, hex_quantity, quantity
from node.core.clock import Clock
from node.core.errors import ChainError, NodeError, RpcAnswerError
from node.core.ids import Address, SessionId, TxHash
from node.core.ports import JsonRpc

SAFETY_BLOCKS = 5
"""So many blocks are read again with each query: the newest ones may still be replaced."""
_MAX_LOGS = 10_000
_LONGEST_PAUSE_S = 60.0
_OPENED = EVENTS["SessionOpened"]
_CLOSED = EVENTS["SessionClosed"]
_log = logging.getLogger("node.chain")


class SessionChange(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One log of the marketplace. Amounts are not in it: read the session."""

    change: SessionChange
    session_id: SessionId
    user: Address
    provider: Address
    block: int
    tx_hash: TxHash
    log_index: int


class SessionWatcher:
    """Watches the sessions in which `account` is the user or the provider."""

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
        self._account = account.raw.rjust(32, b"\0")
        self._poll_s = network.block_seconds if poll_s is None else poll_s
        self._range = network.log_range

    async def events(
        self, start: int | None, on_done: Callable[[int], Awaitable[None]]
    ) -> AsyncIterator[SessionEvent]:
        """Yield events without end, oldest first, each once per watch.

        `start` is the last block handled before, None to begin at the newest. After the events of a
        range were taken, `on_done` gets its last block: keep it and pass it as `start` next time.
        Endpoint failures are ridden out with growing pauses.
        """
        handled = (await self._newest()) if start is None else start
        floor = handled + 1 if start is None else 0
        resumed = start is not None
        seen: dict[tuple[TxHash, int], int] = {}
        failures = 0
        while True:
            try:
                head = (await self._head.latest()).number
                last = min(head, handled + self._range)
                first = max(min(handled, head) + 1 - SAFETY_BLOCKS, floor)
                found = await self._logs(first, last) if resumed or last != handled else []
            except ChainError as error:
                failures += 1
                self._narrow(error)
                _log.info("log query failed (%d in a row): %s", failures, error)
                await self._clock.sleep(
                    min(self._poll_s * 2 ** min(failures, 16), _LONGEST_PAUSE_S)
                )
                continue
            failures, resumed = 0, False
            for event in found:
                key = (event.tx_hash, event.log_index)
                if key not in seen:
                    seen[key] = event.block
                    yield event
            if last != handled:
                handled = last
                seen = {key: block for key, block in seen.items() if block > last - SAFETY_BLOCKS}
                await on_done(last)
            if last >= head:
                await self._clock.sleep(self._poll_s)

    async def _newest(self) -> int:
        pause = self._poll_s
        while True:
            try:
                return (await self._head.latest()).number
            except ChainError as error:
                _log.info("the newest block cannot be read: %s", error)
                await self._clock.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _narrow(self, error: NodeError) -> None:
        """Endpoints limit the range of a query, each in its own way."""
        if isinstance(error, RpcFaultError) and error.fault in (Fault.BAD_RANGE, Fault.OTHER):
            self._range = max(self._range // 2, 10)

    async def _logs(self, first: int, last: int) -> list[SessionEvent]:
        kinds = [hex_data(_OPENED.topic), hex_data(_CLOSED.topic)]
        mine = hex_data(self._account)
        found: dict[tuple[TxHash, int], SessionEvent] = {}
        for topics in ([kinds, mine], [kinds, None, None, mine]):
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
                event = self._read(item, first, last)
                if event is not None:
                    found[event.tx_hash, event.log_index] = event
        return sorted(found.values(), key=lambda event: (event.block, event.log_index))

    def _read(self, item: Any, first: int, last: int) -> SessionEvent | None:
        """One log; None for removed ones and for those nobody asked for."""
        if not isinstance(item, Mapping) or item.get("removed") is True:
            return None
        try:
            topics = tuple(data(topic, 32) for topic in item["topics"])
            block = quantity(item["blockNumber"])
            kind = {_OPENED.topic: _OPENED, _CLOSED.topic: _CLOSED}[topics[0]]
            values = kind.decode(topics, data(item["data"]))
            asked = (
                data(item["address"], 20) == self._network.marketplace.raw
                and self._account in (topics[1], topics[3])
                and first <= block <= last
            )
            if not asked:
                return None
            return SessionEvent(
                change=SessionChange.OPENED if kind is _OPENED else SessionChange.CLOSED,
                session_id=SessionId(values["sessionId"]),
                user=Address(values["user"]),
                provider=Address(values["providerId"]),
                block=block,
                tx_hash=TxHash(data(item["transactionHash"], 32)),
                log_index=quantity(item["logIndex"]),
            )
        except (RpcAnswerError, KeyError, IndexError, TypeError) as error:
            _log.warning("skipped a log that cannot be read: %s", error)
            return None
