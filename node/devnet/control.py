"""When blocks are made and what time they have, for the methods `evm_*` and the demo's switches."""

from collections.abc import Collection
from typing import Any

from node.devnet import params
from node.devnet.clock import ChainClock
from node.devnet.evm import Evm
from node.devnet.params import invalid

#: Year 5138: later times are typing errors (milliseconds), and would overflow clients.
_LATEST = 10**11


class ChainControl:
    """Block times, automatic mining and snapshots. For the devnet's one thread."""

    def __init__(self, evm: Evm, clock: ChainClock, *, block_interval_s: float) -> None:
        self._evm = evm
        self._clock = clock
        self._interval = block_interval_s
        self._snapshots: dict[int, int] = {}
        self._next_timestamp: int | None = None
        self._due_at = clock.monotonic() + block_interval_s
        self.automine = True

    def mine_if_due(self) -> None:
        """Make the block that the interval asks for, and no more than one however long ago.

        The interval is real time, also when the chain's time runs faster.
        """
        if self._next_timestamp is not None or self._clock.monotonic() < self._due_at:
            return
        if self._clock.unix_seconds() > self._evm.head.header.timestamp:
            self.mine()

    def mine(self) -> None:
        """Close a block now; transactions that are held go on waiting."""
        self._close_block(only=self._taken())

    def _close_block(self, only: Collection[bytes] | None) -> None:
        self._evm.mine(self._block_time(), only=only)
        self._due_at = self._clock.monotonic() + self._interval

    def _taken(self) -> tuple[bytes, ...] | None:
        return None if self.automine else ()

    def set_automine(self, enabled: bool) -> None:
        """Without it transactions wait until `evm_mine` or until it is switched on."""
        self.automine = enabled
        if enabled and self._evm.pool.senders():
            self.mine()

    def _block_time(self) -> int:
        if self._next_timestamp is None:
            return self._clock.unix_seconds()
        moment, self._next_timestamp = self._next_timestamp, None
        return moment

    def pending_header(self) -> Any:
        moment = self._next_timestamp or self._clock.unix_seconds()
        return self._evm.pending_header(moment)

    def increase_time(self, seconds: Any) -> int:
        step = params.quantity(seconds, "seconds")
        self._clock.advance_to(_plausible(self._clock.unix_seconds() + step))
        return step

    def set_next_timestamp(self, moment: Any) -> int:
        """The next block has exactly this time, later ones go on from there."""
        wanted = _plausible(params.quantity(moment, "timestamp"))
        if wanted <= self._evm.head.header.timestamp:
            raise invalid("timestamp must be later than the latest block's")
        self._next_timestamp = wanted
        self._clock.advance_to(wanted)
        return wanted

    def mine_on_request(self, moment: Any = None) -> str:
        if moment is not None:
            self.set_next_timestamp(moment)
        self._close_block(only=None)
        return "0x0"

    def switch_automine(self, enabled: Any) -> bool:
        if not isinstance(enabled, bool):
            raise invalid("true or false is expected")
        self.set_automine(enabled)
        return True

    def snapshot(self) -> str:
        number = len(self._snapshots) + 1
        self._snapshots[number] = self._evm.head.header.block_number
        return hex(number)

    def revert(self, identifier: Any) -> bool:
        number = params.quantity(identifier, "snapshot")
        block = self._snapshots.get(number)
        if block is None:
            return False
        self._snapshots = {key: at for key, at in self._snapshots.items() if key < number}
        self._evm.rewind(block)
        return True


def _plausible(moment: int) -> int:
    if moment > _LATEST:
        raise invalid("timestamp is out of range: seconds are expected")
    return moment
