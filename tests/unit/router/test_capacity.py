"""Slots: what counts, what is held for an approval, what is freed."""

import pytest

from node.core.clock import FakeClock
from node.core.errors import OutOfCapacityError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import UnixSeconds
from node.router.capacity import APPROVAL_HOLD_S, IDLE_WINDOW_S, Capacity
from node.router.models_config import CapacityPolicy
from node.store.session_stats import ServedSession

MODEL = ModelId(b"\x01" * 32)
BID = BidId(b"\x02" * 32)
SIMPLE, IDLE = CapacityPolicy.SIMPLE, CapacityPolicy.IDLE_TIMEOUT


def user(number: int) -> Address:
    return Address(bytes(19) + bytes([number]))


def session(clock: FakeClock, number: int, *, lasts: int = 600, ago: int = 0) -> ServedSession:
    opened = clock.unix_seconds() - ago
    return ServedSession(
        session_id=SessionId(bytes(31) + bytes([number])),
        user=user(number),
        model_id=MODEL,
        bid_id=BID,
        opened_at=UnixSeconds(opened),
        ends_at=UnixSeconds(opened + lasts),
        closed_at=UnixSeconds(0),
    )


def test_approvals_under_way_take_slots_so_that_a_burst_does_not_overbook() -> None:
    capacity = Capacity(FakeClock())
    capacity.admit(MODEL, BID, user(1), 2, SIMPLE)
    capacity.admit(MODEL, BID, user(2), 2, SIMPLE)
    with pytest.raises(OutOfCapacityError):
        capacity.admit(MODEL, BID, user(3), 2, SIMPLE)


def test_asking_again_takes_no_second_slot() -> None:
    capacity = Capacity(FakeClock())
    for _ in range(5):
        capacity.admit(MODEL, BID, user(1), 1, SIMPLE)
    assert capacity.taken(MODEL, SIMPLE) == 1


def test_an_approval_that_leads_nowhere_frees_its_slot() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.admit(MODEL, BID, user(1), 1, SIMPLE)
    clock.advance(APPROVAL_HOLD_S + 1)
    capacity.admit(MODEL, BID, user(2), 1, SIMPLE)


def test_an_approval_that_was_not_given_after_all_frees_its_slot() -> None:
    capacity = Capacity(FakeClock())
    capacity.admit(MODEL, BID, user(1), 1, SIMPLE)
    capacity.withdraw(BID, user(1))
    capacity.admit(MODEL, BID, user(2), 1, SIMPLE)


def test_an_approval_of_before_a_restart_is_held_for_what_is_left_of_its_time() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.hold(MODEL, BID, user(1), age_s=APPROVAL_HOLD_S - 10)
    capacity.hold(MODEL, BID, user(2), age_s=APPROVAL_HOLD_S + 10)
    assert capacity.taken(MODEL, SIMPLE) == 1
    clock.advance(11)
    assert capacity.taken(MODEL, SIMPLE) == 0


def test_a_session_replaces_its_approval_and_ends() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.admit(MODEL, BID, user(1), 1, SIMPLE)
    capacity.opened(session(clock, 1))
    assert capacity.taken(MODEL, SIMPLE) == capacity.active(MODEL) == 1
    clock.advance(601)
    assert capacity.taken(MODEL, SIMPLE) == capacity.active(MODEL) == 0


def test_an_older_session_of_the_user_does_not_use_up_his_new_approval() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.admit(MODEL, BID, user(1), 0, SIMPLE)
    old = session(clock, 1, lasts=7200, ago=3600)
    capacity.opened(old)
    capacity.opened(old)
    assert capacity.taken(MODEL, SIMPLE) == 2


def test_a_closed_session_frees_its_slot_at_once() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    opened = session(clock, 1)
    capacity.opened(opened)
    assert capacity.has_session(BID, user(1))
    capacity.closed(opened.session_id)
    assert capacity.taken(MODEL, SIMPLE) == 0
    assert not capacity.has_session(BID, user(1))


def test_idle_policy_counts_sessions_not_prompts() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    opened = session(clock, 1, lasts=7200)
    capacity.opened(opened)
    for _ in range(10):
        capacity.prompt_started(opened.session_id)
        capacity.prompt_ended(opened.session_id)
    assert capacity.taken(MODEL, IDLE) == 1
    clock.advance(IDLE_WINDOW_S + 1)
    assert capacity.taken(MODEL, IDLE) == 0
    assert capacity.taken(MODEL, SIMPLE) == 1


def test_a_long_answer_keeps_its_slot_under_the_idle_policy() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    opened = session(clock, 1, lasts=7200)
    capacity.opened(opened)
    capacity.prompt_started(opened.session_id)
    clock.advance(IDLE_WINDOW_S + 1)
    assert capacity.taken(MODEL, IDLE) == 1
    capacity.prompt_ended(opened.session_id)
    assert capacity.taken(MODEL, IDLE) == 1


@pytest.mark.parametrize("known_first", [True, False])
def test_the_use_before_a_restart_counts_under_the_idle_policy(known_first: bool) -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    opened = session(clock, 1, lasts=7200, ago=3600)
    used_at = UnixSeconds(clock.unix_seconds() - 60)
    if known_first:
        capacity.opened(opened)
        assert capacity.taken(MODEL, IDLE) == 0
    capacity.remember_use(opened.session_id, used_at)
    capacity.opened(opened)
    assert capacity.taken(MODEL, IDLE) == 1


def test_zero_slots_mean_without_limit() -> None:
    capacity = Capacity(FakeClock())
    for number in range(100):
        capacity.admit(MODEL, BID, user(number), 0, SIMPLE)
