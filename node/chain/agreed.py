"""Questions to one endpoint, or to several that must agree, as the network offers them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from node.chain.head import Block, ChainHead
from node.chain.rpc.quorum import Quorum
from node.core.ports import JsonRpc

_T = TypeVar("_T")
Read = Callable[[JsonRpc, Block], Awaitable[_T]]


class AgreedReads:
    """`quorum` None: the endpoint in use answers alone."""

    def __init__(self, rpc: JsonRpc, head: ChainHead, quorum: Quorum | None) -> None:
        self._rpc = rpc
        self._head = head
        self._quorum = quorum

    async def agreed(self, key: str, subject: str, read: Read[_T]) -> _T:
        """One answer of two sources; see `Quorum.read`. Raises SourcesDisagreeError."""
        if self._quorum is None:
            return await read(self._rpc, await self._head.latest())
        return await self._quorum.read(key, subject, read, at_least=self._at_least())

    async def each(self, read: Read[_T]) -> list[_T]:
        """The answers of up to three sources, to take the middle of; see `Quorum.each`."""
        if self._quorum is None:
            return [await read(self._rpc, await self._head.latest())]
        return await self._quorum.each(read, at_least=self._at_least())

    @property
    def seen_block(self) -> int:
        """Number of the newest block seen so far."""
        return self._head.seen

    def _at_least(self) -> int:
        # Not before the own transactions; what a single endpoint once said it saw does not count.
        return min(self._head.written, self._head.seen)
