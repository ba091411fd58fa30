"""Passwords of wallets: how good they must be and how fast they may be tried."""

import unicodedata

from node.core.clock import Clock
from node.core.errors import WeakPasswordError, WrongPasswordError

MIN_LENGTH = 12
_MIN_DISTINCT = 5
_FIRST_DELAY_S = 1
_LONGEST_DELAY_S = 60


def normal_form(password: str) -> str:
    """One spelling for what looks the same: keyboards differ in how they write accents."""
    return unicodedata.normalize("NFC", password)


def check_strength(password: str) -> None:
    """Raise WeakPasswordError unless there are 12 characters, at least 5 of them different."""
    if len(password) < MIN_LENGTH or len(set(password.lower())) < _MIN_DISTINCT:
        raise WeakPasswordError("This password could be guessed in minutes.")


class AttemptLimit:
    """Makes guessing slow: after each wrong password the wait doubles, from 1 to 60 seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._next_at = 0.0

    @property
    def wait_s(self) -> int:
        """Whole seconds until the next try, rounded up; 0 when it may come now."""
        return max(0, -int(-(self._next_at - self._clock.monotonic()) // 1))

    def check(self) -> None:
        """Raise WrongPasswordError (code `wallet.wait`) while a wait is running."""
        if self.wait_s:
            raise WrongPasswordError(
                f"Next try in {self.wait_s} s.", code="wallet.wait", details={"wait_s": self.wait_s}
            )

    def failed(self, hint: str = "") -> WrongPasswordError:
        """Count a wrong password; the error to raise tells the wait."""
        delay = min(_LONGEST_DELAY_S, _FIRST_DELAY_S << min(self._failures, 10))
        self._failures += 1
        self._next_at = self._clock.monotonic() + delay
        return WrongPasswordError(
            f"Wrong password. Next try in {delay} s.", hint=hint, details={"wait_s": delay}
        )

    def succeeded(self) -> None:
        self._failures = 0
        self._next_at = 0.0
