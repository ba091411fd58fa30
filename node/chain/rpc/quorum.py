"""Reads that money depends on: the same answer from two independent endpoints at one block.

Two are asked at once; when they differ a third decides, and who is alone with an answer is left
out for a while. Without a majority nothing is believed: the difference is kept, and
`require_agreement` stands before every signature until the same question has one answer.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from node.chain.rpc.health import LAG_LIMIT
from node.chain.rpc.pool import RpcPool
from node.chain.rpc.sources import (
    MIN_OPERATORS,
    NEEDED,
    SILENT,
    Head,
    Outcome,
    Read,
    Source,
    compare,
    independent,
    observe,
    operator_of,
    read_head,
    too_few,
)
from node.core.clock import Clock
from node.core.errors import ChainError, NodeError, RpcUnavailableError, SourcesDisagreeError
from node.core.ports import JsonRpc

_ROUNDS = 2
_PATIENCE_S = 10.0
_PAUSE_S = 0.5
_log = logging.getLogger("node.chain.rpc")
_T = TypeVar("_T")


class Quorum:
    """See the module. `open_disagreements` is what signing waits for."""

    def __init__(self, pool: RpcPool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._open: dict[str, tuple[SourcesDisagreeError, Callable[[], Awaitable[Any]]]] = {}

    @property
    def open_disagreements(self) -> tuple[SourcesDisagreeError, ...]:
        return tuple(error for error, _ in self._open.values())

    async def read(self, key: str, subject: str, read: Read[_T], *, at_least: int = 0) -> _T:
        """The answer of two endpoints to `read` at one block, not below `at_least`.

        `key` is the question, `subject` its name in the user's words. Equality of the values
        decides.

        Raises:
            SourcesDisagreeError: no two endpoints agree; signing is off until they do.
            RpcUnavailableError: fewer than two endpoints answer, or all are behind `at_least`.
            NodeError: whatever `read` raises, when two endpoints raise the same.
        """
        for attempt in range(_ROUNDS):
            if attempt:
                # The newest block may have been replaced between two answers.
                await self._clock.sleep(_PAUSE_S)
            heads, waiting = await self._common_block(at_least)
            outcomes = await compare(read, heads, waiting)
            agreed = self._majority(outcomes, heads[0])
            if agreed is not None:
                self._open.pop(key, None)
                if agreed.error is not None:
                    raise agreed.error
                return agreed.value  # type: ignore[return-value]  # None is then a value
        error = _difference(subject, outcomes)
        self._open[key] = error, lambda: self.read(key, subject, read, at_least=at_least)
        raise error

    async def each(self, read: Read[_T], *, at_least: int = 0) -> list[_T]:
        """What up to three endpoints say, for figures in which honest ones differ a little (gas,
        fees): the caller takes the middle, which one alone cannot move.

        Raises:
            RpcUnavailableError: fewer than two endpoints give a value.
            NodeError: what `read` raised, when that leaves fewer than two values.
        """
        heads, waiting = await self._common_block(at_least)
        sources = [*(item.source for item in heads), *waiting][:MIN_OPERATORS]
        found = await asyncio.gather(*(observe(item, read, heads[0].block) for item in sources))
        values: list[_T] = [value for value, error in found if error is None]  # type: ignore[misc]
        refusals = [error for _, error in found if error is not None]
        if len(values) >= NEEDED:
            return values
        reverts = [item for item in refusals if not isinstance(item, SILENT)]
        raise reverts[0] if reverts else too_few(len(values))

    async def require_agreement(self) -> None:
        """Ask again about everything that is open. Raises SourcesDisagreeError while it differs."""
        for _, ask_again in list(self._open.values()):
            try:
                await ask_again()
            except ChainError:
                raise
            except NodeError as error:
                _log.info("sources agree on a refusal: %s", error)

    def _majority(self, outcomes: Sequence[Outcome[_T]], head: Head) -> Outcome[_T] | None:
        keys = [item.key for item in outcomes]
        for item in outcomes:
            if keys.count(item.key) < NEEDED:
                continue
            if item.block_time != head.block.timestamp:
                # All figures were read for a time that only the giver of this block claims.
                self._pool.distrust(head.source.member, "Others give its block another time.")
                return None
            for other in outcomes:
                if other.key != item.key:
                    reason = "Others agree on another answer than it gave."
                    self._pool.distrust(other.source.member, reason)
            return item
        return None

    async def _common_block(self, at_least: int) -> tuple[list[Head], list[Source]]:
        """Heads of two sources, the lower one first, and the sources not asked yet."""
        deadline = self._clock.monotonic() + _PATIENCE_S
        while True:
            heads, waiting = await self._heads(at_least)
            if heads[0].block.number >= at_least:
                return heads, waiting
            if self._clock.monotonic() >= deadline:
                raise RpcUnavailableError(
                    "The network nodes are behind the newest block.",
                    details={"have": heads[0].block.number, "want": at_least},
                )
            await self._clock.sleep(_PAUSE_S)

    async def _heads(self, at_least: int) -> tuple[list[Head], list[Source]]:
        waiting = [Source(self._pool, item) for item in independent(self._pool.members())]
        heads: list[Head] = []
        while len(heads) < NEEDED and waiting:
            batch = [waiting.pop(0) for _ in range(min(len(waiting), NEEDED - len(heads)))]
            found = await asyncio.gather(*(read_head(item) for item in batch))
            heads.extend(item for item in found if item is not None)
        if len(heads) < NEEDED:
            raise too_few(len(heads))
        while _spread(heads) > LAG_LIMIT and waiting:
            third = await read_head(waiting.pop(0))
            heads = _closest([*heads, third] if third is not None else heads)
            self._pool.rest_laggards()
        if _spread(heads) > LAG_LIMIT:
            raise RpcUnavailableError(
                "The network nodes are too far apart to be compared.",
                details={"heights": [item.block.number for item in heads]},
            )
        while min(item.block.number for item in heads) < at_least and waiting:
            # A third may be further along: nobody needs to wait for the one that lags.
            third = await read_head(waiting.pop(0))
            heads = _highest([*heads, third] if third is not None else heads)
        return sorted(heads, key=lambda item: item.block.number), waiting


def open_quorum(rpc: JsonRpc, clock: Clock) -> Quorum | None:
    """A quorum over the endpoints of `rpc`; None where there are not three independent ones."""
    if not isinstance(rpc, RpcPool):
        return None
    operators = {operator_of(item.name) for item in rpc.health()}
    return Quorum(rpc, clock) if len(operators) >= MIN_OPERATORS else None


def _spread(heads: Sequence[Head]) -> int:
    numbers = [item.block.number for item in heads]
    return max(numbers) - min(numbers)


def _highest(heads: Sequence[Head]) -> list[Head]:
    """The two that are furthest along."""
    return sorted(heads, key=lambda item: item.block.number)[-NEEDED:]


def _closest(heads: Sequence[Head]) -> list[Head]:
    """Those two heads that are nearest to each other; of two, both."""
    ordered = sorted(heads, key=lambda item: item.block.number)
    pairs = [list(pair) for pair in itertools.pairwise(ordered)]
    return min(pairs, key=_spread)


def _difference(subject: str, outcomes: Sequence[Outcome[Any]]) -> SourcesDisagreeError:
    _log.warning("sources disagree about %s", subject)
    return SourcesDisagreeError(
        f"Chain sources disagree about {subject}. Signing is off for safety.",
        details={
            "subject": subject,
            "values": [{"source": item.source.name, "value": item.shown()} for item in outcomes],
        },
    )
