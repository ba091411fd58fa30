"""The life of a session in the user's words, and which word holds at a moment.

What is stored decides most of it; the clock decides the rest. Window, command line and HTTP clients
all use these functions, so that they never disagree.
"""

from enum import StrEnum

ENDING_S = 60
"""So long before its end a session is "ending"."""


class SessionPhase(StrEnum):
    """Where a session stands.

    `quote` to `open` lead to an open session; `closing` waits for a block. `on_hold`: closed, a
    part of the stake is locked until the next midnight UTC. `released`: that part can be taken
    back. `closed`: all is back in the wallet. `failed`: never opened, nothing is locked.
    """

    QUOTE = "quote"
    APPROVAL = "approval"
    APPROVE = "approve"
    OPEN = "open"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
    CLOSING = "closing"
    ON_HOLD = "on_hold"
    RELEASED = "released"
    CLOSED = "closed"
    FAILED = "failed"


_P = SessionPhase
OPENING_PHASES = frozenset({_P.QUOTE, _P.APPROVAL, _P.APPROVE, _P.OPEN})
USABLE_PHASES = frozenset({_P.ACTIVE, _P.ENDING})
"""Prompts are answered."""
LOCKING_PHASES = frozenset({_P.ACTIVE, _P.ENDING, _P.ENDED, _P.CLOSING})
"""The whole stake is locked on chain."""
OVER_PHASES = frozenset({_P.ON_HOLD, _P.RELEASED, _P.CLOSED, _P.FAILED})

PHASE_WORDS = {
    _P.QUOTE: "asking a provider",
    _P.APPROVAL: "a provider agreed",
    _P.APPROVE: "granting the allowance",
    _P.OPEN: "opening",
    _P.ACTIVE: "active",
    _P.ENDING: "ending",
    _P.ENDED: "ended, not closed yet",
    _P.CLOSING: "closing",
    _P.ON_HOLD: "closed, a part is on hold",
    _P.RELEASED: "closed, a part is released",
    _P.CLOSED: "closed, all is back",
    _P.FAILED: "did not open",
}


def phase_at(phase: SessionPhase, *, ends_at: int, held_until: int, now: int) -> SessionPhase:
    """The phase at `now` of a session that was in `phase` before and has not moved on since.

    Times are Unix seconds. Only time passes here: `active` becomes `ending` and `ended`, `on_hold`
    becomes `released`, and back when `now` lies before.
    """
    if phase in (_P.ACTIVE, _P.ENDING, _P.ENDED):
        left = ends_at - now
        return _P.ENDED if left <= 0 else _P.ENDING if left <= ENDING_S else _P.ACTIVE
    if phase in (_P.ON_HOLD, _P.RELEASED):
        return _P.RELEASED if now >= held_until else _P.ON_HOLD
    return phase


def returns_at(phase: SessionPhase, *, ends_at: int, held_until: int) -> int:
    """When the next part of the stake comes back, Unix seconds; 0 when none is to come."""
    if phase in LOCKING_PHASES:
        return ends_at
    return held_until if phase in (_P.ON_HOLD, _P.RELEASED) else 0
