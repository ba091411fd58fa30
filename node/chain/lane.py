"""The lock of one wallet on one chain."""

import asyncio
from types import TracebackType

from node.chain.outbox import Outbox
from node.core.ids import TxHash


class Lane:
    """Held from the choice of a nonce until the bytes are sent.

    What was prepared inside and never handed to an endpoint gives its nonce back when the block is
    left by an error.
    """

    def __init__(self, lock: asyncio.Lock, outbox: Outbox, prepared: list[TxHash]) -> None:
        self._lock = lock
        self._outbox = outbox
        self._prepared = prepared

    async def __aenter__(self) -> "Lane":
        await self._lock.acquire()
        self._prepared.clear()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            for tx_hash in self._prepared:
                if not self._outbox.is_offered(tx_hash):
                    self._outbox.release(tx_hash)
        self._lock.release()
