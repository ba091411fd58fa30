"""When a refused duty is tried again: later each time, at once after an unlock, never for ever."""

from node.core.clock import Clock
from node.core.errors import (
    NodeError,
    RpcAnswerError,
    RpcUnavailableError,
    WalletLockedError,
    WatchOnlyError,
)
from node.core.units import UnixSeconds
from node.store.retries import Duty, Retry, RetryBook

FIRST_RETRY_S = 30
LONGEST_RETRY_S = 900
FIRST_RECONNECT_S = 5
LONGEST_RECONNECT_S = 20
"""A lost connection is no refusal: work goes on within half a minute of its return."""
MAX_REASON = 500


class RetryQueue:
    """The persisted queue with its pauses. Times are the chain clock's."""

    def __init__(self, book: RetryBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._awaiting_unlock: set[tuple[Duty, str]] = set()
        self._at_once: set[tuple[Duty, str]] | None = None

    def wake(self) -> None:
        """The wallet was unlocked, the demo's time moved, the user asked: all are due once."""
        self._awaiting_unlock.clear()
        self._at_once = set()

    async def is_due(self, duty: Duty, subject: str) -> bool:
        """Whether to try now: there is no failure, or its pause is over."""
        if (duty, subject) in self._awaiting_unlock:
            return False
        retry = await self._book.get(duty, subject)
        if retry is None:
            return True
        if self._at_once is not None and (duty, subject) not in self._at_once:
            self._at_once.add((duty, subject))
            return True
        wait_s = retry.next_at - self._clock.unix_seconds()
        # Longer than any pause: the clock was set back since.
        return wait_s <= 0 or wait_s > LONGEST_RETRY_S

    async def failed(self, duty: Duty, subject: str, error: NodeError) -> Retry:
        """Write down why, and when to try again. A locked wallet is waited for, without a time."""
        old = await self._book.get(duty, subject)
        now = self._clock.unix_seconds()
        attempts = old.attempts + 1 if old is not None else 1
        is_locked = isinstance(error, WalletLockedError)
        if self._at_once is not None:
            self._at_once.add((duty, subject))
        if is_locked:
            self._awaiting_unlock.add((duty, subject))
        retry = Retry(
            duty=duty,
            subject=subject,
            attempts=attempts,
            next_at=UnixSeconds(0 if is_locked else now + _pause_s(old, error)),
            code=error.code,
            reason=_reason(error),
            since=old.since if old is not None else now,
        )
        await self._book.put(retry)
        return retry

    async def done(self, duty: Duty, subject: str) -> None:
        if await self._book.get(duty, subject) is not None:
            await self._book.drop(duty, subject)

    async def get(self, duty: Duty, subject: str) -> Retry | None:
        return await self._book.get(duty, subject)

    async def all(self, duty: Duty) -> dict[str, Retry]:
        """Those that wait, by subject."""
        return await self._book.all(duty)


def _pause_s(old: Retry | None, error: NodeError) -> int:
    first, longest = FIRST_RETRY_S, LONGEST_RETRY_S
    if isinstance(error, RpcUnavailableError | RpcAnswerError):
        first, longest = FIRST_RECONNECT_S, LONGEST_RECONNECT_S
    if old is None or old.code != error.code:
        # Another reason than before: it may pass sooner.
        return first
    return int(min(longest, first << min(old.attempts, 20)))


def _reason(error: NodeError) -> str:
    if isinstance(error, WatchOnlyError):
        return "The account in use is watched only. Use one whose key is here."
    if isinstance(error, WalletLockedError):
        return "The wallet is locked. Unlock it, then this goes on by itself."
    return f"{error.message} {error.hint}".strip()[:MAX_REASON]
