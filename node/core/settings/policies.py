"""Rules for sessions that programs need: one per model and one for all others."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from node.core.errors import InvalidAmountError
from node.core.settings.kinds import csv_texts, seconds_of
from node.core.units import Mor

MIN_DURATION_S = 300


class PolicyMode(StrEnum):
    """What a request may do when its model has no open session.

    `EXTEND` is `OPEN`, and a session that was used gets a successor before it ends.
    """

    REUSE = "reuse"
    OPEN = "open"
    EXTEND = "extend"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """`session_cap` and `day_cap`: most MOR that one session and all of a UTC day may lock.

    In a model's own rule the day's sum is the model's; the default's is that of all models.
    """

    mode: PolicyMode
    duration_s: int
    session_cap: Mor
    day_cap: Mor

    @property
    def may_open(self) -> bool:
        return self.mode is not PolicyMode.REUSE and bool(self.session_cap) and bool(self.day_cap)

    @property
    def may_extend(self) -> bool:
        return self.mode is PolicyMode.EXTEND and self.may_open


def parse_rule(text: str, default: SessionPolicy) -> tuple[str, SessionPolicy]:
    """`MODEL = MODE [LENGTH [SESSION_MOR [DAY_MOR]]]` as the model's name or id and its policy;
    what is left out is the default's.

    Raises:
        ValueError: it is not of this form, in words.
    """
    name, equals, rest = (part.strip() for part in text.rpartition("="))
    words = rest.split()
    if not equals or not name or not 1 <= len(words) <= 4:
        raise ValueError(f"“{text[:60]}” is not of the form: model = open 1h 5 20")
    try:
        mode = PolicyMode(words[0].lower())
    except ValueError as error:
        raise ValueError(f"“{words[0][:20]}” is none of reuse, open, extend") from error
    duration_s = _duration(words[1]) if len(words) > 1 else default.duration_s
    session_cap = _amount(words[2]) if len(words) > 2 else default.session_cap
    day_cap = _amount(words[3]) if len(words) > 3 else default.day_cap
    return name, SessionPolicy(
        mode=mode, duration_s=duration_s, session_cap=session_cap, day_cap=day_cap
    )


def policy_for(names: Iterable[str], rules: Iterable[str], default: SessionPolicy) -> SessionPolicy:
    """The first rule whose model is one of `names` (name or id, any case), else the default."""
    wanted = {name.strip().casefold() for name in names}
    for text in rules:
        name, policy = parse_rule(text, default)
        if name.casefold() in wanted:
            return policy
    return default


def _duration(text: str) -> int:
    value = seconds_of(text)
    try:
        duration_s = int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"“{text[:20]}” is no length of time such as 1h") from error
    if duration_s < MIN_DURATION_S:
        raise ValueError("a session lasts at least 5 minutes")
    return duration_s


def _amount(text: str) -> Mor:
    try:
        return Mor.parse(text)
    except InvalidAmountError as error:
        raise ValueError(error.message) from error


def _checked(value: Any) -> Any:
    rules = csv_texts(value)
    if not isinstance(rules, list | tuple):
        return rules
    shape = SessionPolicy(
        mode=PolicyMode.REUSE, duration_s=MIN_DURATION_S, session_cap=Mor(0), day_cap=Mor(0)
    )
    for rule in rules:
        if isinstance(rule, str):
            parse_rule(rule, shape)
    return tuple(rules)


PolicyRules = Annotated[tuple[str, ...], BeforeValidator(_checked)]
