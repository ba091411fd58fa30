"""The demo's time: real by default, movable forward, never back."""

import pytest

from node.core.clock import FakeClock
from node.core.errors import UserInputError
from node.devnet.clock import ChainClock

START = 1_793_520_000


def test_runs_with_the_computers_clock() -> None:
    base = FakeClock(START)
    clock = ChainClock(base)
    assert clock.unix_seconds() == START
    base.advance(2.5)
    assert clock.unix_millis() == START * 1000 + 2500


def test_jumps_forward_and_goes_on_from_there() -> None:
    base = FakeClock(START)
    clock = ChainClock(base)
    clock.advance_to(START + 86_400)
    base.advance(1)
    assert clock.unix_seconds() == START + 86_401
    clock.advance_to(START)
    assert clock.unix_seconds() == START + 86_401


def test_speed_counts_from_the_moment_it_is_set() -> None:
    base = FakeClock(START)
    clock = ChainClock(base)
    base.advance(10)
    clock.set_speed(60)
    base.advance(60)
    assert clock.unix_seconds() == START + 10 + 3600
    clock.set_speed(1)
    base.advance(5)
    assert clock.unix_seconds() == START + 10 + 3600 + 5


@pytest.mark.parametrize("speed", [0, -1, 3601])
def test_refuses_other_speeds(speed: int) -> None:
    clock = ChainClock(FakeClock(START))
    with pytest.raises(UserInputError):
        clock.set_speed(speed)
    assert clock.speed == 1


def test_never_runs_backwards_when_the_computers_clock_is_set_back() -> None:
    base = FakeClock(START)
    clock = ChainClock(base)
    base.advance(100)
    seen = clock.unix_millis()
    base.advance(-50)
    assert clock.unix_millis() == seen
    base.advance(51)
    assert clock.unix_millis() == seen + 1000
