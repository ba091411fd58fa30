"""What is known of one endpoint: is it usable, how fast, how far along, and why not."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_high
from typing import Any, Protocol

from node.core.clock import Clock

LAG_LIMIT = 15
"""So many blocks an endpoint may be behind the median of the others."""
_HEIGHT_AGE_S = 30.0
_KEPT_OUTCOMES = 50
_SMOOTHING = 0.2
_MAX_REASON = 200


class Endpoint(Protocol):
    """A `JsonRpc` with a name that may be shown (no access keys in it)."""

    name: str

    async def request(self, method: str, params: Sequence[Any]) -> Any: ...


class EndpointState(StrEnum):
    """`failing`, `rate_limited`, `behind`, `disagrees` rest for a while; `wrong_chain` longest."""

    UNTRIED = "untried"
    READY = "ready"
    FAILING = "failing"
    RATE_LIMITED = "rate_limited"
    BEHIND = "behind"
    DISAGREES = "disagrees"
    WRONG_CHAIN = "wrong_chain"


RESTING = frozenset(EndpointState) - {EndpointState.UNTRIED, EndpointState.READY}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHealth:
    """One endpoint at one instant.

    `chain_id` is what it claims, None before the first contact. `error_permille` is the share of
    failures among the last 50 requests. `lag` is the number of blocks behind the highest known,
    None when its height or that of the others is unknown. `rest_s` is how long it is left alone.
    """

    name: str
    state: EndpointState
    in_use: bool
    faults: int
    chain_id: int | None
    latency_ms: int | None
    error_permille: int
    height: int | None
    lag: int | None
    reason: str
    rest_s: float

    @property
    def usable(self) -> bool:
        return self.state not in RESTING


class Member:
    """One endpoint of a pool with its record. `verified`: the chain id was asked on this contact.

    `faults` counts failures in a row, `limits` refusals for asking too much.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self.endpoint = endpoint
        self.chain_id: int | None = None
        self.verified = False
        self.faults = 0
        self.limits = 0
        self.rest_until = 0.0
        self._clock = clock
        self._rest_state = EndpointState.UNTRIED
        self._reason = ""
        self._latency_s: float | None = None
        self._outcomes: deque[bool] = deque(maxlen=_KEPT_OUTCOMES)
        self._height: int | None = None
        self._height_at = 0.0

    @property
    def name(self) -> str:
        return self.endpoint.name

    @property
    def state(self) -> EndpointState:
        if self.rest_until > self._clock.monotonic():
            return self._rest_state
        return EndpointState.READY if self._outcomes else EndpointState.UNTRIED

    @property
    def height(self) -> int | None:
        """Newest block it told of, None when that is unknown or too long ago to compare."""
        fresh = self._clock.monotonic() - self._height_at <= _HEIGHT_AGE_S
        return self._height if fresh else None

    def answered(self, seconds: float) -> None:
        """An answer after `seconds`; refusals that are the caller's fault are answers too."""
        self._outcomes.append(True)
        previous = self._latency_s
        self._latency_s = (
            seconds if previous is None else previous + _SMOOTHING * (seconds - previous)
        )
        self.faults = self.limits = 0

    def failed(self, reason: str) -> None:
        """No usable answer: the connection is taken as new, so its chain is asked again."""
        self._outcomes.append(False)
        self._reason = reason[:_MAX_REASON]
        self.verified = False

    def saw_height(self, number: int) -> None:
        self._height, self._height_at = number, self._clock.monotonic()

    def rest(self, seconds: float, state: EndpointState, reason: str) -> bool:
        """Leave it alone for `seconds`. False when it rested already: one event, one fault."""
        now = self._clock.monotonic()
        was_awake = self.rest_until <= now
        if was_awake or now + seconds >= self.rest_until:
            self._rest_state, self._reason = state, reason[:_MAX_REASON]
        self.rest_until = max(self.rest_until, now + seconds)
        return was_awake

    def health(self, *, in_use: bool, highest: int | None) -> EndpointHealth:
        state = self.state
        height = self.height
        failures = sum(not item for item in self._outcomes)
        return EndpointHealth(
            name=self.name,
            state=state,
            in_use=in_use,
            faults=self.faults,
            chain_id=self.chain_id,
            latency_ms=None if self._latency_s is None else round(self._latency_s * 1000),
            error_permille=1000 * failures // max(1, len(self._outcomes)),
            height=self._height,
            lag=None if height is None or highest is None else max(0, highest - height),
            reason=self._reason,
            rest_s=max(0.0, self.rest_until - self._clock.monotonic()) if state in RESTING else 0.0,
        )


def median_height(members: Sequence[Member]) -> int | None:
    """Height in the middle of what three or more endpoints say; None for fewer.

    Not the highest: one endpoint that makes up a block must not put the honest ones behind.
    """
    heights = [item.height for item in members if item.height is not None]
    return median_high(heights) if len(heights) > 2 else None
