"""Slots of the provider's models: distinct sessions, and approvals that may still become sessions.

Sessions come from the chain (`occupancy`), so a restart changes nothing; the use of sessions comes
from the provider's memory.
"""

from dataclasses import dataclass

from node.core.clock import Clock
from node.core.errors import OutOfCapacityError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import UnixSeconds
from node.router.models_config import CapacityPolicy
from node.store.session_stats import ServedSession

APPROVAL_HOLD_S = 120.0
"""How long an approval counts as a session that is being opened."""
IDLE_WINDOW_S = 15 * 60
_CLOCKS_APART_S = 30
"""How far the chain's time of an opening may lie before our time of its approval."""


@dataclass(slots=True)
class _Running:
    session: ServedSession
    active_at: int
    prompts: int = 0


@dataclass(frozen=True, slots=True)
class _Approval:
    model_id: ModelId
    given_at: int
    lapses_at: float


class Capacity:
    """Counts for all models of this node. One event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[SessionId, _Running] = {}
        self._approvals: dict[tuple[BidId, Address], _Approval] = {}
        self._used: dict[SessionId, int] = {}

    # --- approvals -------------------------------------------------------------------------------

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
        self.hold(model_id, bid_id, user, age_s=0)

    def hold(self, model_id: ModelId, bid_id: BidId, user: Address, *, age_s: float) -> None:
        """Count an approval that was given `age_s` ago, as after a restart."""
        left_s = APPROVAL_HOLD_S - max(0.0, age_s)
        if left_s > 0:
            self._approvals[bid_id, user] = _Approval(
                model_id,
                self._clock.unix_seconds() - round(age_s),
                self._clock.monotonic() + left_s,
            )

    def withdraw(self, bid_id: BidId, user: Address) -> None:
        """The approval was not given after all."""
        self._approvals.pop((bid_id, user), None)

    def came_of(self, bid_id: BidId, user: Address, opened_at: UnixSeconds) -> None:
        """A session was opened at this time, however it is now: its approval is used up."""
        approval = self._approvals.get((bid_id, user))
        if approval and opened_at >= approval.given_at - _CLOCKS_APART_S:
            del self._approvals[bid_id, user]

    # --- sessions --------------------------------------------------------------------------------

    def opened(self, session: ServedSession, *, is_new: bool = True) -> None:
        """A session is there: it replaces the approval it came from. Harmless when known.

        With `is_new` false it is of before this start, and approvals stay as they are.
        """
        known = self._sessions.get(session.session_id)
        if known is not None:
            known.session = session
            return
        if is_new:
            self.came_of(session.bid_id, session.user, session.opened_at)
        used = self._used.pop(session.session_id, 0)
        self._sessions[session.session_id] = _Running(session, max(used, session.opened_at))

    def remember_use(self, session_id: SessionId, active_at: UnixSeconds) -> None:
        """When a session was last used before this start, be it known already or not."""
        running = self._sessions.get(session_id)
        if running is None:
            self._used[session_id] = active_at
        else:
            running.active_at = max(running.active_at, active_at)

    def prompt_started(self, session_id: SessionId) -> None:
        self._use(session_id, 1)

    def prompt_ended(self, session_id: SessionId) -> None:
        self._use(session_id, -1)

    def _use(self, session_id: SessionId, change: int) -> None:
        running = self._sessions.get(session_id)
        if running is not None:
            running.prompts = max(0, running.prompts + change)
            running.active_at = self._clock.unix_seconds()

    def closed(self, session_id: SessionId) -> None:
        self._sessions.pop(session_id, None)

    # --- counts ----------------------------------------------------------------------------------

    def taken(
        self,
        model_id: ModelId,
        policy: CapacityPolicy,
        without: tuple[BidId, Address] | None = None,
    ) -> int:
        """Slots in use: sessions that count under `policy` plus approvals under way."""
        now = self._clock.monotonic()
        approvals = sum(
            item.model_id == model_id and item.lapses_at > now and key != without
            for key, item in self._approvals.items()
        )
        return len(self.counted(model_id, policy)) + approvals

    def counted(self, model_id: ModelId, policy: CapacityPolicy) -> tuple[SessionId, ...]:
        """The sessions of a model that take a slot, each once however many prompts it has."""
        return tuple(
            session_id
            for session_id, item in self._sessions.items()
            if item.session.model_id == model_id and self._counts(item, policy)
        )

    def _counts(self, item: _Running, policy: CapacityPolicy) -> bool:
        now = self._clock.unix_seconds()
        if item.session.ends_at <= now:
            return False
        if policy is CapacityPolicy.IDLE_TIMEOUT:
            return item.prompts > 0 or now - item.active_at < IDLE_WINDOW_S
        return True

    def active(self, model_id: ModelId) -> int:
        """Sessions of a model that have not ended."""
        return len(self.counted(model_id, CapacityPolicy.SIMPLE))

    def has_session(self, bid_id: BidId, user: Address) -> bool:
        """Whether the user has an open session on this bid."""
        now = self._clock.unix_seconds()
        return any(
            (item.session.bid_id, item.session.user) == (bid_id, user)
            and item.session.ends_at > now
            for item in self._sessions.values()
        )

    def _forget_old(self) -> None:
        now, moment = self._clock.monotonic(), self._clock.unix_seconds()
        self._approvals = {
            key: item for key, item in self._approvals.items() if item.lapses_at > now
        }
        self._sessions = {
            key: item for key, item in self._sessions.items() if item.session.ends_at > moment
        }
