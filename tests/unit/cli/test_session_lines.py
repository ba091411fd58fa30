"""What the command line says of a session: its state, why it is stuck, when its stake is back."""

from typing import Any

import pytest

from node.cli.amounts import clock_time
from node.cli.session_lines import all_lines, one_line
from node.core.session_life import PHASE_WORDS, SessionPhase
from node.service.dto import SessionView
from tests.fakes.sample_data import session
from tests.fakes.sample_market import NOW, models

MOR = 10**18


def _session(phase: SessionPhase, **changes: Any) -> SessionView:
    view = session(1, models()[0], state="active", opened=NOW - 3000, seconds=3600)
    times = {"phase": phase, "stake": 10 * MOR, "returned": 9 * MOR, "held": MOR}
    return view.model_copy(update={**times, "held_until": NOW + 5000, **changes})


@pytest.mark.parametrize("phase", list(SessionPhase))
def test_every_state_is_named_in_words(phase: SessionPhase) -> None:
    assert PHASE_WORDS[phase] in one_line(_session(phase), NOW)
    assert PHASE_WORDS[phase] in all_lines(_session(phase), NOW)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (SessionPhase.ACTIVE, f"10 MOR are locked until {clock_time(NOW + 600)}"),
        (SessionPhase.ON_HOLD, f"9 MOR are back, 1 MOR from {clock_time(NOW + 5000)}"),
        (SessionPhase.RELEASED, "9 MOR are back, 1 MOR can be taken back now"),
        (SessionPhase.CLOSED, "10 MOR are back"),
        (SessionPhase.FAILED, "nothing is locked"),
    ],
)
def test_it_is_said_where_the_stake_is(phase: SessionPhase, words: str) -> None:
    assert words in all_lines(_session(phase), NOW)


def test_the_list_says_why_a_session_is_stuck_and_how_long_an_open_one_runs() -> None:
    reason = "The network's payout account cannot pay the provider at present."
    stuck = _session(SessionPhase.ENDED, stuck=reason, retry_at=NOW + 300)
    assert f"stuck: {reason}" in one_line(stuck, NOW)
    assert clock_time(NOW + 300) in all_lines(stuck, NOW)
    assert "10:00 left" in one_line(_session(SessionPhase.ACTIVE), NOW)
    assert "stuck" not in one_line(_session(SessionPhase.ACTIVE), NOW).lower()
