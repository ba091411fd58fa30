"""Provider side: whose request is this, is it fresh, was it seen before. Pure, one loop only."""

from collections import OrderedDict

from node.core.clock import Clock
from node.core.errors import BadMessageError
from node.core.units import UnixMillis
from node.wire.admission import RateLimiter
from node.wire.limits import WireLimits
from node.wire.messages import (
    CallToolRequest,
    GetToolsRequest,
    PromptRequest,
    ReportRequest,
    SessionRequest,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartRequest,
)
from node.wire.refusals import (
    INVALID_REQUEST_SIGNATURE,
    INVALID_SIGNATURE,
    INVALID_TIMESTAMP,
    REPLAYED,
    TOO_MANY_REQUESTS,
    Refusal,
)
from node.wire.signing import PeerKey, peer_key, verify

_COMPACT = 64
WorkRequest = (
    PromptRequest
    | StreamStartRequest
    | StreamChunkRequest
    | StreamEndRequest
    | CallToolRequest
    | GetToolsRequest
)
"""Requests of a session that make the provider work."""


class ReplayMemory:
    """Signatures of accepted requests, kept `keep_s`, less the last byte, which nobody checks."""

    def __init__(self, clock: Clock, keep_s: float) -> None:
        self._clock = clock
        self._keep_s = keep_s
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def admit(self, signature: bytes) -> bool:
        """Remember a signature; False when it is remembered already."""
        now = self._clock.monotonic()
        while self._seen and next(iter(self._seen.values())) <= now:
            self._seen.popitem(last=False)
        mark = signature[:_COMPACT]
        if mark in self._seen:
            return False
        self._seen[mark] = now + self._keep_s
        return True


class RequestGuard:
    """The checks that precede any work for a peer; each raises `Refusal` with the text to send."""

    def __init__(self, clock: Clock, limits: WireLimits) -> None:
        self._clock = clock
        self._limits = limits
        self._replays = ReplayMemory(clock, limits.replay_s)
        self._users = RateLimiter(clock, limits.requests_per_user_minute)

    def session_request(self, request: SessionRequest) -> PeerKey:
        """The user's key: it signed this request and belongs to the address that asks."""
        try:
            key = peer_key(request.key)
        except BadMessageError as error:
            raise Refusal(INVALID_REQUEST_SIGNATURE) from error
        if not verify(request, key) or key.address != request.user:
            raise Refusal(INVALID_REQUEST_SIGNATURE)
        self.check_time(request.timestamp)
        if not self._users.admit(request.user.raw):
            raise Refusal(TOO_MANY_REQUESTS)
        return key

    def prompt(self, request: WorkRequest, key: PeerKey) -> None:
        """Fresh, signed by the session's user, and not seen before."""
        self.check_time(request.timestamp)
        if not verify(request, key):
            raise Refusal(INVALID_SIGNATURE)
        if not self._replays.admit(request.signature):
            raise Refusal(REPLAYED)

    def report(self, request: ReportRequest, key: PeerKey) -> None:
        """Fresh and signed by the session's user. May be asked any number of times."""
        self.check_time(request.timestamp)
        if not verify(request, key):
            raise Refusal(INVALID_SIGNATURE)

    def check_time(self, timestamp: UnixMillis) -> None:
        """Within the window around our own clock."""
        if abs(timestamp - self._clock.unix_millis()) > self._limits.clock_window_ms:
            raise Refusal(INVALID_TIMESTAMP)
