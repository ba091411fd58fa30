"""Slots: what counts, what is held for an approval, what is freed."""

import pytest

from node.core.clock import FakeClock
from node.core.errors import OutOfCapacityError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.router.capacity import APPROVAL_HOLD_S, IDLE_WINDOW_S, Capacity
from node.router.models_config import CapacityPolicy

MODEL = ModelId(b"\x01" * 32)
BID = BidId(b"\x02" * 32)
SIMPLE, IDLE = CapacityPolicy.SIMPLE, CapacityPolicy.IDLE_TIMEOUT


def user(number: int) -> Address:
    return Address(bytes(19) + bytes([number]))


def session(number: int) -> SessionId:
    return SessionId(bytes(31) + bytes([number]))


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


def test_a_session_replaces_its_approval_and_ends() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.admit(MODEL, BID, user(1), 1, SIMPLE)
    capacity.opened(session(1), MODEL, BID, user(1), clock.unix_seconds() + 600)
    assert capacity.taken(MODEL, SIMPLE) == capacity.active(MODEL) == 1
    clock.advance(601)
    assert capacity.taken(MODEL, SIMPLE) == capacity.active(MODEL) == 0


def test_a_closed_session_frees_its_slot_at_once() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.opened(session(1), MODEL, BID, user(1), clock.unix_seconds() + 600)
    capacity.closed(session(1))
    assert capacity.taken(MODEL, SIMPLE) == 0


def test_idle_policy_counts_sessions_not_prompts() -> None:
    clock = FakeClock()
    capacity = Capacity(clock)
    capacity.opened(session(1), MODEL, BID, user(1), clock.unix_seconds() + 7200)
    for _ in range(10):
        capacity.prompted(session(1))
    assert capacity.taken(MODEL, IDLE) == 1
    clock.advance(IDLE_WINDOW_S + 1)
    assert capacity.taken(MODEL, IDLE) == 0
    assert capacity.taken(MODEL, SIMPLE) == 1


def test_zero_slots_mean_without_limit() -> None:
    capacity = Capacity(FakeClock())
    for number in range(100):
        capacity.admit(MODEL, BID, user(number), 0, SIMPLE)
