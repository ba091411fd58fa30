"""Providers that failed just now: others are asked first for a while."""

from node.core.clock import Clock
from node.core.ids import Address

AVOIDED_S = 120.0


class Setbacks:
    """Kept in memory only: after a restart every provider gets a new chance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Address, float] = {}

    def note(self, provider: Address) -> None:
        self._until[provider] = self._clock.monotonic() + AVOIDED_S

    def forget(self, provider: Address) -> None:
        """It answered again."""
        self._until.pop(provider, None)

    def now(self) -> frozenset[Address]:
        """Who is avoided at the moment."""
        moment = self._clock.monotonic()
        self._until = {who: until for who, until in self._until.items() if until > moment}
        return frozenset(self._until)

    def __contains__(self, provider: object) -> bool:
        return provider in self.now()
