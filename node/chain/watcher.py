"""Events of one account's sessions and offers."""

from collections.abc import Sequence
from typing import Any

from node.chain.head import ChainHead
from node.chain.log_events import (
    AccountEvent,
    BidEvent,
    SessionChange,
    SessionEvent,
    read_log,
    topic_filters,
)
from node.chain.log_watcher import SAFETY_BLOCKS, Cursor, LogWatcher, Pace, Rewound
from node.chain.logs import LogPlace
from node.chain.networks import Network
from node.core.clock import Clock
from node.core.ids import Address
from node.core.ports import JsonRpc

__all__ = [
    "SAFETY_BLOCKS",
    "AccountEvent",
    "BidEvent",
    "Cursor",
    "LogPlace",
    "Rewound",
    "SessionChange",
    "SessionEvent",
    "SessionWatcher",
]

CATCH_UP_BLOCKS = 50_000
"""Older logs are left out: after more than a day the records themselves are read instead."""


class SessionWatcher(LogWatcher[AccountEvent]):
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
        pace = Pace(
            poll_s=network.block_seconds if poll_s is None else poll_s,
            log_range=network.log_range,
            catch_up=CATCH_UP_BLOCKS,
        )
        super().__init__(rpc, head, clock, _AccountLogs(network.marketplace, account), pace)


class _AccountLogs:
    def __init__(self, contract: Address, account: Address) -> None:
        self.contract = contract
        self.topics: Sequence[list[Any]] = topic_filters(account)
        self._account = account

    def read(self, item: Any, first: int, last: int) -> AccountEvent | None:
        return read_log(item, contract=self.contract, account=self._account, first=first, last=last)
