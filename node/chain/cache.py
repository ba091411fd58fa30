"""Answers that may be used again for some seconds; two who ask at once share one load."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from node.core.clock import Clock

_V = TypeVar("_V")
_MAX_ENTRIES = 512


class TimedCache(Generic[_V]):
    """`age_s` is the longest age of an answer, by the monotonic clock."""

    def __init__(self, clock: Clock, age_s: float) -> None:
        self._clock = clock
        self._age_s = age_s
        self._entries: dict[Hashable, tuple[float, _V]] = {}
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._generation = 0

    async def get(self, key: Hashable, load: Callable[[], Awaitable[_V]]) -> _V:
        """The kept answer, or that of `load`. Errors of `load` are raised and not kept."""
        if (kept := self._fresh(key)) is not None:
            return kept[1]
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                if (kept := self._fresh(key)) is not None:
                    return kept[1]
                generation = self._generation
                value = await load()
                if generation == self._generation:
                    self._put(key, value)
                return value
        finally:
            self._locks.pop(key, None)

    def clear(self) -> None:
        """Forget everything, loads under way included."""
        self._entries.clear()
        self._generation += 1

    def _fresh(self, key: Hashable) -> tuple[float, _V] | None:
        entry = self._entries.get(key)
        if entry is None or self._clock.monotonic() - entry[0] > self._age_s:
            return None
        return entry

    def _put(self, key: Hashable, value: _V) -> None:
        if len(self._entries) >= _MAX_ENTRIES:
            self._entries.pop(next(iter(self._entries)))
        self._entries.pop(key, None)
        self._entries[key] = (self._clock.monotonic(), value)
