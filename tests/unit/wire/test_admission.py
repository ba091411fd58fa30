"""Who may come in, how often, and what is remembered of those who did."""

import dataclasses
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.core.tasks import TaskScope
from node.wire.admission import Admission, RateLimiter, network_of
from node.wire.limits import WireLimits
from node.wire.verification import ReplayMemory
from tests.support.wire_pair import until


def limits(**changes: Any) -> WireLimits:
    return dataclasses.replace(WireLimits(), **changes)


def test_rate_window_moves_with_time() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, 2)
    assert [limiter.admit("a") for _ in range(3)] == [True, True, False]
    assert limiter.admit("b")
    clock.advance(61)
    assert limiter.admit("a")


def test_places_are_given_back_once() -> None:
    admission = Admission(limits(connections=1))
    place = admission.enter("a")
    assert place is not None
    assert admission.enter("b") is None
    place.leave()
    place.leave()
    assert admission.connections == 0
    assert admission.enter("b") is not None


def test_a_sender_that_proved_itself_once_may_send_many_at_the_same_moment() -> None:
    """A gateway's prompts of many sessions arrive together, before any of them is verified."""
    admission = Admission(limits(unproven_per_address=2, unproven=3, unproven_per_guest=5))
    first = admission.enter("gateway")
    assert first is not None
    assert admission.enter("gateway") is not None
    assert admission.enter("gateway") is None
    first.prove()
    first.leave()
    burst = [admission.enter("gateway") for _ in range(6)]
    assert [place is not None for place in burst] == [True] * 5 + [False]
    assert [admission.enter(name) is not None for name in ("a", "b", "c")] == [True, True, False]
    for place in burst:
        if place is not None:
            place.leave()
    assert admission.enter("gateway") is not None


async def test_who_waits_for_a_place_gets_it_in_turn_or_leaves() -> None:
    admission = Admission(limits(unproven_per_address=1, waiting=2, waiting_s=5.0))
    first = admission.enter("a")
    assert first is not None
    async with TaskScope("test") as tasks:
        waiting = [tasks.spawn(admission.enter_later("a"), name="wait") for _ in range(2)]
        await until(lambda: len(admission._queues.get("a", ())) == 2)
        assert await admission.enter_later("a") is None, "enough wait already"
        first.leave()
        second = await waiting[0]
        assert second is not None
        assert not waiting[1].done()
        waiting[1].cancel()
    second.leave()
    assert admission.connections == 0
    assert admission.enter("a") is not None, "a place given up while waiting is free"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("", ""),
    ],
)
def test_what_counts_as_one_sender(address: str, network: str) -> None:
    assert network_of(address) == network


def test_replay_memory_forgets_after_its_time() -> None:
    clock = FakeClock()
    memory = ReplayMemory(clock, 600)
    assert memory.admit(b"s" * 65)
    assert not memory.admit(b"s" * 64 + b"t")
    clock.advance(601)
    assert memory.admit(b"s" * 65)
