"""Single endpoints of a pool, asked one by one and compared."""

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from node.chain.head import Block, read_block
from node.chain.rpc.answers import RpcFaultError
from node.chain.rpc.health import Member
from node.chain.rpc.pool import RpcPool
from node.chain.rpc.quantities import hex_quantity
from node.core.errors import ChainError, NodeError, RpcAnswerError, RpcUnavailableError
from node.core.ports import JsonRpc

NEEDED = 2
"""So many equal answers are believed."""
MIN_OPERATORS = 3
"""With fewer independent endpoints a lie could not be told from the truth."""
SILENT = (RpcUnavailableError, RpcAnswerError, RpcFaultError)
"""Failures that say nothing about the question."""
_MAX_SHOWN = 300
_log = logging.getLogger("node.chain.rpc")
_T = TypeVar("_T")
Read = Callable[[JsonRpc, Block], Awaitable[_T]]


class Source:
    """One endpoint of the pool as a `JsonRpc` of its own."""

    def __init__(self, pool: RpcPool, member: Member) -> None:
        self._pool = pool
        self.member = member
        self.name = member.name

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        """Raises as `RpcPool.request`, without asking anybody else."""
        return await self._pool.ask(self.member, method, params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[_T]):
    """What one source says: a value, or the refusal (`error`) that the read ended with.

    `block_time` is the time the source itself gives the block: figures depend on it.
    """

    source: Source
    block_time: int
    value: _T | None
    error: NodeError | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        failure = None if self.error is None else (self.error.code, self.error.message)
        return self.block_time, self.value, failure

    def shown(self) -> str:
        text = str(self.value) if self.error is None else self.error.message
        return text[:_MAX_SHOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    block: Block
    source: Source


def operator_of(name: str) -> str:
    """Who runs an endpoint: the registered domain, or host and port for bare addresses."""
    host = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
    bare = host.strip("[]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        labels = bare.split(".")
        return ".".join(labels[-2:]) if len(labels) > 1 else name
    return name


def independent(members: Sequence[Member]) -> list[Member]:
    """The first endpoint of each operator, in order."""
    found: dict[str, Member] = {}
    for item in members:
        found.setdefault(operator_of(item.name), item)
    return list(found.values())


async def read_head(source: Source) -> Head | None:
    try:
        answer = await source.request("eth_getBlockByNumber", ["latest", False])
        return Head(block=read_block(answer), source=source)
    except ChainError as error:
        _log.info("no head from %s: %s", source.name, error)
        return None


async def compare(
    read: Read[_T], heads: Sequence[Head], waiting: list[Source]
) -> list[Outcome[_T]]:
    """What two sources say at the lower of their heads; others where these differ or fail."""
    block = heads[0].block
    known = {item.source.name: item.block for item in heads}
    left = [*(item.source for item in heads), *waiting]
    outcomes: list[Outcome[_T]] = []
    while left and _needs_more(outcomes):
        batch = [left.pop(0) for _ in range(min(len(left), NEEDED - len(outcomes) or 1))]
        found = await asyncio.gather(
            *(_observe(item, read, block, known.get(item.name)) for item in batch)
        )
        outcomes.extend(item for item in found if item is not None)
    if len(outcomes) < NEEDED:
        raise too_few(len(outcomes))
    return outcomes


def _needs_more(outcomes: Sequence[Outcome[Any]]) -> bool:
    keys = [item.key for item in outcomes]
    return len(keys) < MIN_OPERATORS and not any(keys.count(key) >= NEEDED for key in keys)


async def _observe(
    source: Source, read: Read[_T], block: Block, head: Block | None
) -> Outcome[_T] | None:
    """What the source says at `block`; None when it cannot be asked."""
    try:
        at, (value, error) = await asyncio.gather(
            _time_of(source, block.number, head), _attempt(source, read, block)
        )
        return Outcome(source=source, block_time=at, value=value, error=error)
    except SILENT as failure:
        _log.info("no answer from %s: %s", source.name, failure)
        return None


async def _time_of(source: Source, number: int, head: Block | None) -> int:
    """The time that the source gives the block of this number."""
    if head is not None and head.number == number:
        return head.timestamp
    answer = await source.request("eth_getBlockByNumber", [hex_quantity(number), False])
    block = read_block(answer)
    if block.number != number:
        raise RpcAnswerError("A network node sent another block than asked for.")
    return block.timestamp


async def observe(
    source: Source, read: Read[_T], block: Block
) -> tuple[_T | None, NodeError | None]:
    """As `_attempt`; an endpoint that cannot be asked is an error (`SILENT`) too."""
    try:
        return await _attempt(source, read, block)
    except SILENT as failure:
        _log.info("no answer from %s: %s", source.name, failure)
        return None, failure


async def _attempt(
    source: Source, read: Read[_T], block: Block
) -> tuple[_T | None, NodeError | None]:
    """The value, or the refusal that is an answer too (an unknown id, a revert)."""
    try:
        return await read(source, block), None
    except SILENT:
        raise
    except NodeError as error:
        return None, error


def too_few(count: int) -> RpcUnavailableError:
    said = "No chain source answers" if not count else "Only one chain source answers"
    return RpcUnavailableError(
        f"{said}; amounts cannot be compared.",
        hint="Try again soon, or choose other RPC addresses in the settings. Nothing was signed.",
        code="chain.no_quorum",
    )
