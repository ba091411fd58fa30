"""Transfers of MOR to one account, from the token's logs.

The native coin leaves no logs: ETH that others send shows in the balance only.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.chain.abi.events import EVENTS
from node.chain.head import ChainHead
from node.chain.log_watcher import LogWatcher, Pace
from node.chain.logs import LogEvent, read_place
from node.chain.networks import Network
from node.chain.rpc.quantities import data, hex_data
from node.core.clock import Clock
from node.core.errors import RpcAnswerError
from node.core.ids import Address
from node.core.ports import JsonRpc
from node.core.units import Mor, UnixSeconds

LOOK_BACK_S = 7 * 86_400
"""So much of the past is read when an account is looked at for the first time."""
CATCH_UP_S = 90 * 86_400
"""So long the program may be off without anything being left out afterwards."""
_MOST_BLOCKS = 500_000
_PAUSE_S = 0.2
_MAX_TIMES = 512
_TRANSFER = EVENTS["Transfer"]
_log = logging.getLogger("node.chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEvent(LogEvent):
    """MOR came to the account, never from itself and never 0."""

    sender: Address
    amount: Mor

    @property
    def meaning(self) -> tuple[object, ...]:
        return self.place.tx_hash, self.sender, self.amount


class TransferWatcher(LogWatcher[TransferEvent]):
    """Watches what comes to `account`; reads the past in small steps."""

    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        account: Address,
        *,
        poll_s: float,
    ) -> None:
        pace = Pace(
            poll_s=poll_s,
            log_range=network.log_range,
            catch_up=_blocks(network, CATCH_UP_S, 8 * _MOST_BLOCKS),
            look_back=_blocks(network, LOOK_BACK_S, _MOST_BLOCKS),
            pause_s=min(_PAUSE_S, poll_s),
        )
        super().__init__(rpc, head, clock, _Incoming(network.token, account), pace)
        self._times: dict[bytes, UnixSeconds] = {}

    async def time_of(self, event: TransferEvent) -> UnixSeconds:
        """When its block was made.

        Raises:
            RpcAnswerError: the block of this number is another one now.
        """
        place = event.place
        if place.block_hash not in self._times:
            block = await self.block(place.block)
            if block.hash != place.block_hash:
                raise RpcAnswerError("A network node sent a log of a block that is not there.")
            if len(self._times) >= _MAX_TIMES:
                self._times.clear()
            self._times[place.block_hash] = block.timestamp
        return self._times[place.block_hash]


def _blocks(network: Network, seconds: int, most: int) -> int:
    return min(int(seconds / network.block_seconds), most)


class _Incoming:
    def __init__(self, token: Address, account: Address) -> None:
        self.contract = token
        self._account = account
        mine = hex_data(account.raw.rjust(32, b"\0"))
        self.topics: Sequence[list[Any]] = ([hex_data(_TRANSFER.topic), None, mine],)

    def read(self, item: Any, first: int, last: int) -> TransferEvent | None:
        """Anybody may send 0 in anybody's name, to be found in lists of transfers: left out."""
        if not isinstance(item, Mapping) or item.get("removed") is True:
            return None
        try:
            topics = tuple(data(topic, 32) for topic in item["topics"])
            values = _TRANSFER.decode(topics, data(item["data"]))
            place = read_place(item)
            if data(item["address"], 20) != self.contract.raw or not first <= place.block <= last:
                return None
        except (RpcAnswerError, KeyError, TypeError) as error:
            _log.warning("skipped a log that cannot be read: %s", error)
            return None
        sender, amount = Address(values["from"]), Mor(values["value"])
        if Address(values["to"]) != self._account or sender == self._account or not amount:
            return None
        return TransferEvent(place=place, sender=sender, amount=amount)
