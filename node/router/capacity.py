"""Slots of the provider's models:

Distinct sessions, and approvals that may still become sessions.
"""

from dataclasses import dataclass

from node.core.clock import Clock
from node.core.errors import OutOfCapacityError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.router.models_config import CapacityPolicy

APPROVAL_HOLD_S = 120.0
"""How long an approval counts as a session that is being opened."""
IDLE_WINDOW_S = 15 * 60.0


@dataclass(slots=True)
class _Running:
    model_id: ModelId
    user: Address
    bid_id: BidId
    ends_at: int
    last_prompt: float


class Capacity:
    """Counts for all models of this node. One event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[SessionId, _Running] = {}
        self._approvals: dict[tuple[BidId, Address], tuple[ModelId, float]] = {}

    def admit(
        self, model_id: ModelId, bid_id: BidId, user: Address, slots: int, policy: CapacityPolicy
    ) -> None:
        """Reserve a slot for an approval; asking again for the same bid takes no second one.

        Raises:
            OutOfCapacityError: all slots are taken. `slots` 0 means without limit.
        """
        self._forget_old()
        taken = self.taken(model_id, policy, without=(bid_id, user))
        if slots and taken >= slots:
            raise OutOfCapacityError("no capacity")
        self._approvals[bid_id, user] = (model_id, self._clock.monotonic() + APPROVAL_HOLD_S)

    def taken(
        self,
        model_id: ModelId,
        policy: CapacityPolicy,
        without: tuple[BidId, Address] | None = None,
    ) -> int:
        """Slots in use: sessions that count under `policy` plus approvals under way."""
        sessions = sum(
            1
            for item in self._sessions.values()
            if item.model_id == model_id and self._counts(item, policy)
        )
        approvals = sum(
            1 for key, (model, _) in self._approvals.items() if model == model_id and key != without
        )
        return sessions + approvals

    def _counts(self, item: _Running, policy: CapacityPolicy) -> bool:
        if item.ends_at <= self._clock.unix_seconds():
            return False
        if policy is CapacityPolicy.IDLE_TIMEOUT:
            return self._clock.monotonic() - item.last_prompt < IDLE_WINDOW_S
        return True

    def opened(
        self, session_id: SessionId, model_id: ModelId, bid_id: BidId, user: Address, ends_at: int
    ) -> None:
        """A session is there: it replaces the approval it came from."""
        self._approvals.pop((bid_id, user), None)
        self._sessions[session_id] = _Running(
            model_id, user, bid_id, ends_at, self._clock.monotonic()
        )

    def prompted(self, session_id: SessionId) -> None:
        running = self._sessions.get(session_id)
        if running is not None:
            running.last_prompt = self._clock.monotonic()

    def closed(self, session_id: SessionId) -> None:
        self._sessions.pop(session_id, None)

    def active(self, model_id: ModelId) -> int:
        """Sessions of a model that have not ended."""
        now = self._clock.unix_seconds()
        return sum(
            item.model_id == model_id and item.ends_at > now for item in self._sessions.values()
        )

    def _forget_old(self) -> None:
        now, moment = self._clock.monotonic(), self._clock.unix_seconds()
        self._approvals = {key: value for key, value in self._approvals.items() if value[1] > now}
        self._sessions = {
            key: value for key, value in self._sessions.items() if value.ends_at > moment
        }
