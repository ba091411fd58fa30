"""The document of a session's life says what the journal really allows."""

import re
from pathlib import Path

from node.core.session_life import PHASE_WORDS, SessionPhase
from node.store.journal_records import PHASES, TRANSITIONS, SessionState

PAGE = (Path(__file__).parents[3] / "docs" / "session-life.md").read_text("utf-8")
BY_TIME = {("active", "ending"), ("ending", "ended"), ("on_hold", "released")}


def _steps_of_the_journal() -> set[tuple[str, str]]:
    found = {
        (PHASES[old].value, PHASES[new].value)
        for old, after in TRANSITIONS.items()
        for new in after
    }
    return {(old, new) for old, new in found if old != new}


def test_the_diagram_shows_every_step_and_no_other() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", PAGE, re.MULTILINE))
    assert drawn - BY_TIME == _steps_of_the_journal()
    assert drawn >= BY_TIME


def test_the_table_names_each_word_with_the_states_behind_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, re.MULTILINE)
    named = {word: set(re.findall(r"`(\w+)`", states)) for word, states in rows}
    assert named.keys() == {phase.value for phase in SessionPhase}
    for state in SessionState:
        assert state.value in named[PHASES[state].value]


def test_every_state_has_a_word_and_every_word_a_sentence() -> None:
    assert PHASES.keys() == set(SessionState)
    assert PHASE_WORDS.keys() == set(SessionPhase)
