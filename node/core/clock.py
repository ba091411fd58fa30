"""Time behind an interface:

Wall clock, monotonic clock and sleeping can be replaced in tests and by the demo chain.
"""

import asyncio
import time
from typing import Protocol

from node.core.units import UnixMillis, UnixSeconds


class Clock(Protocol):
    """`unix_*` is the time that is signed and compared with the chain;

    `monotonic` measures durations.
    """

    def unix_millis(self) -> UnixMillis: ...

    def unix_seconds(self) -> UnixSeconds: ...

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's clock, plus an offset in milliseconds.

    The offset is 0 on real networks; the demo network moves it when its time is moved.
    """

    def __init__(self, offset_millis: int = 0) -> None:
        self.offset_millis = offset_millis

    def unix_millis(self) -> UnixMillis:
        return UnixMillis(time.time_ns() // 1_000_000 + self.offset_millis)

    def unix_seconds(self) -> UnixSeconds:
        return UnixSeconds(self.unix_millis() // 1000)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock for tests: moves only by `advance`; sleepers wake when their time has come."""

    def __init__(self, start_seconds: int = 1_793_520_000) -> None:
        self._millis = start_seconds * 1000
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def unix_millis(self) -> UnixMillis:
        return UnixMillis(self._millis)

    def unix_seconds(self) -> UnixSeconds:
        return UnixSeconds(self._millis // 1000)

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, future))
        await future

    def advance(self, seconds: float) -> None:
        """Move both clocks forward and wake the sleepers whose time has come."""
        self._millis += round(seconds * 1000)
        self._monotonic += seconds
        due = [item for item in self._sleepers if item[0] <= self._monotonic]
        self._sleepers = [item for item in self._sleepers if item[0] > self._monotonic]
        for _, future in due:
            if not future.done():
                future.set_result(None)
