"""Time of the demo network: the computer's clock, moved ahead or run faster on request."""

import threading

from node.core.clock import Clock, SystemClock
from node.core.errors import UserInputError
from node.core.units import UnixMillis, UnixSeconds

MAX_SPEED = 3600


class ChainClock:
    """A `Clock` that shows the chain's time. Never runs backwards; safe to read from any thread.

    `monotonic` and `sleep` stay real: they measure waiting, not the chain's time.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base: Clock = base or SystemClock()
        self._lock = threading.Lock()
        self._speed = 1
        self._base_anchor: int = self._base.unix_millis()
        self._chain_anchor: int = self._base_anchor
        self._highest: int = self._chain_anchor

    def unix_millis(self) -> UnixMillis:
        with self._lock:
            return UnixMillis(self._now())

    def unix_seconds(self) -> UnixSeconds:
        return UnixSeconds(self.unix_millis() // 1000)

    def monotonic(self) -> float:
        return self._base.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._base.sleep(seconds)

    @property
    def speed(self) -> int:
        return self._speed

    def set_speed(self, speed: int) -> None:
        """Seconds of the chain per real second, 1 to 3600."""
        if not 1 <= speed <= MAX_SPEED:
            raise UserInputError(f"The demo's time runs 1 to {MAX_SPEED} times as fast as usual.")
        with self._lock:
            self._anchor(self._now())
            self._speed = speed

    def advance_to(self, moment: int) -> None:
        """Show `moment` (seconds) from now on; a moment in the past changes nothing."""
        with self._lock:
            self._anchor(max(self._now(), moment * 1000))

    def _anchor(self, chain_millis: int) -> None:
        self._base_anchor = self._base.unix_millis()
        self._chain_anchor = chain_millis
        self._highest = max(self._highest, chain_millis)

    def _now(self) -> int:
        passed = self._base.unix_millis() - self._base_anchor
        self._highest = max(self._highest, self._chain_anchor + passed * self._speed)
        return self._highest
