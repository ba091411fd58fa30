"""Rules for the sessions of programs, as people write them."""

import pytest

from node.core.errors import ConfigError
from node.core.settings import PolicyMode, SessionPolicy, load_settings, policy_for
from node.core.units import Mor

DEFAULT = SessionPolicy(
    mode=PolicyMode.REUSE, duration_s=3600, session_cap=Mor.parse("25"), day_cap=Mor.parse("100")
)
MODEL_ID = "0x" + "ab" * 32


def test_a_rule_may_name_length_and_limits() -> None:
    rules = ("Guide = open 1h30m 5 20", f"{MODEL_ID} = extend 600", "a = b = reuse")
    guide = policy_for(("guide",), rules, DEFAULT)
    assert guide.mode is PolicyMode.OPEN
    assert guide.duration_s == 5400
    assert (guide.session_cap, guide.day_cap) == (Mor.parse("5"), Mor.parse("20"))
    by_id = policy_for((MODEL_ID.upper().replace("X", "x"), "Hermes"), rules, DEFAULT)
    assert by_id.may_extend
    assert (by_id.duration_s, by_id.session_cap) == (600, DEFAULT.session_cap)
    assert policy_for(("A = B",), rules, DEFAULT).mode is PolicyMode.REUSE
    assert policy_for(("Hermes",), rules, DEFAULT) == DEFAULT


def test_nothing_may_be_opened_at_first_and_zero_is_never() -> None:
    assert not load_settings(file=None, environment={}).may_open_sessions
    for limit in ("MORPHEUS_AUTO_SESSION_MAX_STAKE", "MORPHEUS_AUTO_SESSION_DAY_STAKE"):
        environment = {"MORPHEUS_AUTO_SESSION_POLICY": "open", limit: "0"}
        assert not load_settings(file=None, environment=environment).may_open_sessions
    environment = {"MORPHEUS_SESSION_POLICIES": "Guide = open"}
    assert load_settings(file=None, environment=environment).may_open_sessions


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("Guide", "not of the form"),
        ("= open", "not of the form"),
        ("Guide = always", "none of reuse"),
        ("Guide = open 1d", "length of time"),
        ("Guide = open 60", "5 minutes"),
        ("Guide = open 1h 5,5", "not of the form"),
        ("Guide = open 1h -5", "amount"),
        ("Guide = open 1h 5 20 7", "not of the form"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_in_words(rule: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(file=None, environment={"MORPHEUS_SESSION_POLICIES": rule})
    assert "rules of their own" in refused.value.message
    assert words in refused.value.hint
