"""The newest block of the chain, never older than one already seen.

Endpoints of a pool may lag behind each other. Whoever saw a block (a receipt, an earlier read)
reports it with `observe`; `latest` then waits for an endpoint that has it, so that nobody reads a
state from before the own transaction.
"""

from dataclasses import dataclass
from typing import Any

from node.chain.rpc.quantities import data, quantity
from node.core.clock import Clock
from node.core.errors import RpcAnswerError, RpcUnavailableError
from node.core.ports import JsonRpc
from node.core.units import UnixSeconds

_PATIENCE_S = 10.0
_POLL_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`base_fee` in wei per gas, None on chains without EIP-1559."""

    number: int
    hash: bytes
    timestamp: UnixSeconds
    base_fee: int | None


class ChainHead:
    def __init__(self, rpc: JsonRpc, clock: Clock) -> None:
        self._rpc = rpc
        self._clock = clock
        self._seen = 0
        self._written = 0

    @property
    def seen(self) -> int:
        """Highest block number known so far."""
        return self._seen

    @property
    def written(self) -> int:
        """Block of the newest own transaction known; what was read before it may be out of date."""
        return self._written

    def observe(self, number: int) -> None:
        self._seen = max(self._seen, number)

    def observe_own(self, number: int) -> None:
        """A transaction of this wallet is in this block."""
        self.observe(number)
        self._written = max(self._written, number)

    def forget(self) -> None:
        """Start over: the demo chain was reset."""
        self._seen = self._written = 0

    async def latest(self) -> Block:
        """Read the newest block.

        Raises:
            RpcUnavailableError: no endpoint reached the block seen last within 10 s.
            RpcAnswerError: the answer is no block.
        """
        deadline = self._clock.monotonic() + _PATIENCE_S
        while True:
            block = read_block(await self._rpc.request("eth_getBlockByNumber", ["latest", False]))
            if block.number >= self._seen:
                self._seen = block.number
                return block
            if self._clock.monotonic() >= deadline:
                # Whoever reported the higher block may have lied, or the demo chain started anew.
                wanted, self._seen = self._seen, block.number
                raise RpcUnavailableError(
                    "The network nodes are behind the newest block.",
                    details={"have": block.number, "want": wanted},
                )
            await self._clock.sleep(_POLL_S)


def read_block(answer: Any) -> Block:
    """Check the fields of a block answer that are used. Raises RpcAnswerError."""
    if not isinstance(answer, dict):
        raise RpcAnswerError("A network node sent no block.")
    timestamp = quantity(answer.get("timestamp"))
    if timestamp >= 1 << 38:
        raise RpcAnswerError("A network node sent a block with a date that cannot be.")
    fee = answer.get("baseFeePerGas")
    return Block(
        number=quantity(answer.get("number")),
        hash=data(answer.get("hash"), 32),
        timestamp=UnixSeconds(timestamp),
        base_fee=None if fee is None else quantity(fee),
    )
