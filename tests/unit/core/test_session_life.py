"""One word for where a session stands, at any moment."""

import pytest

from node.core.session_life import SessionPhase, phase_at, returns_at

P = SessionPhase


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (0, P.ACTIVE),
        (939, P.ACTIVE),
        (940, P.ENDING),
        (999, P.ENDING),
        (1000, P.ENDED),
        (5000, P.ENDED),
    ],
)
@pytest.mark.parametrize("before", [P.ACTIVE, P.ENDING, P.ENDED])
def test_an_open_session_ends_with_its_time(before: P, now: int, phase: P) -> None:
    assert phase_at(before, ends_at=1000, held_until=0, now=now) is phase


@pytest.mark.parametrize(("now", "phase"), [(1999, P.ON_HOLD), (2000, P.RELEASED)])
@pytest.mark.parametrize("before", [P.ON_HOLD, P.RELEASED])
def test_a_held_part_is_released_at_its_time(before: P, now: int, phase: P) -> None:
    assert phase_at(before, ends_at=1000, held_until=2000, now=now) is phase


@pytest.mark.parametrize(
    "phase", [P.QUOTE, P.APPROVAL, P.APPROVE, P.OPEN, P.CLOSING, P.CLOSED, P.FAILED]
)
def test_time_alone_moves_nothing_else(phase: P) -> None:
    assert phase_at(phase, ends_at=1, held_until=1, now=10**9) is phase


def test_it_is_told_when_stake_comes_back() -> None:
    moments = {phase: returns_at(phase, ends_at=1000, held_until=2000) for phase in P}
    assert {phase for phase in P if moments[phase] == 1000} == {
        P.ACTIVE,
        P.ENDING,
        P.ENDED,
        P.CLOSING,
    }
    assert {phase for phase in P if moments[phase] == 2000} == {P.ON_HOLD, P.RELEASED}
    assert moments[P.CLOSED] == moments[P.FAILED] == moments[P.QUOTE] == 0
