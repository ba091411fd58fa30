"""Slows down guessing of tokens without locking anybody out: a right token always passes."""

from collections import deque
from collections.abc import Callable

from node.core.clock import Clock
from node.core.log import get_logger
from node.http_api.limits import AUTH_FAILURE_DELAY_S, AUTH_FAILURES_PER_MINUTE
from node.http_api.refusal import HttpRefusal

WINDOW_S = 60.0
_log = get_logger("node.http_api")


class MinuteQuota:
    """So many times in any minute, for all callers together."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._taken: deque[float] = deque(maxlen=limit)

    def take(self) -> bool:
        """Whether it may be done now; counted when it may."""
        now = self._clock.monotonic()
        full = len(self._taken) == self._taken.maxlen
        if full and now - self._taken[0] < WINDOW_S:
            return False
        self._taken.append(now)
        return True


class FailureThrottle:
    """Counts failed authentications of the whole API over the last minute."""

    def __init__(self, clock: Clock, on_attack: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._on_attack = on_attack
        self._failures: deque[float] = deque(maxlen=AUTH_FAILURES_PER_MINUTE)
        self._until = 0.0

    async def failed(self, refusal: HttpRefusal) -> HttpRefusal:
        """Note a failure and return what to answer; while too many came, 429 after a pause."""
        now = self._clock.monotonic()
        self._failures.append(now)
        full = len(self._failures) == AUTH_FAILURES_PER_MINUTE
        if full and now - self._failures[0] < WINDOW_S and now >= self._until:
            self._until = now + WINDOW_S
            _log.warning("too many failed logins", failures=AUTH_FAILURES_PER_MINUTE)
            self._on_attack()
            return refusal
        if now >= self._until:
            return refusal
        await self._clock.sleep(AUTH_FAILURE_DELAY_S)
        return HttpRefusal(
            429,
            "too many failed logins",
            code="api.too_many_failures",
            hint="Wait a minute, then use the right token.",
            headers={"retry-after": str(round(WINDOW_S))},
        )
