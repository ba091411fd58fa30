"""Sessions as the command line prints them: where each stands, why, and when its stake is back."""

from node.cli.amounts import clock_time, mor, time_left
from node.core.session_life import PHASE_WORDS, USABLE_PHASES, SessionPhase
from node.service.dto import PromptPrivacy, SessionView

PRIVACY: dict[PromptPrivacy, str] = {
    "encrypted": "encrypted both ways, except uploaded audio",
    "readable": "answers encrypted, prompts readable on the network",
    "withdrawn": "no longer takes encrypted prompts, so none is sent",
    "unknown": "answers encrypted, prompts only if the provider can",
}


def one_line(session: SessionView, now: int) -> str:
    """Id, model, state, stake; then what is worth knowing in this state."""
    words = PHASE_WORDS[session.phase]
    if session.phase in USABLE_PHASES:
        words = f"{words}, {time_left(session.ends_at - now)} left"
    parts = [session.id or "-", session.model_name, words, mor(session.stake)]
    if session.stuck:
        parts.append(f"stuck: {session.stuck}")
    elif session.phase in USABLE_PHASES:
        parts.append(PRIVACY[session.prompt_privacy])
    elif session.returns_at:
        parts.append(stake_words(session))
    return "  ".join(parts)


def stake_words(session: SessionView) -> str:
    """What of the stake is where and when it moves."""
    held, back = mor(session.held), mor(session.returned)
    match session.phase:
        case SessionPhase.ON_HOLD:
            return f"{back} are back, {held} from {clock_time(session.held_until)}"
        case SessionPhase.RELEASED:
            return f"{back} are back, {held} can be taken back now"
        case SessionPhase.CLOSED:
            return f"{mor(session.returned + session.held)} are back"
        case SessionPhase.FAILED:
            return "nothing is locked"
        case SessionPhase.ENDED | SessionPhase.CLOSING:
            return f"{mor(session.stake)} are locked until it is closed"
        case SessionPhase.ACTIVE | SessionPhase.ENDING:
            return f"{mor(session.stake)} are locked until {clock_time(session.ends_at)}"
        case _:
            return f"{mor(session.stake)} will be locked"


def all_lines(session: SessionView, now: int) -> str:
    """Everything about one session, a line each."""
    rows = [
        ("Session", session.id or "-"),
        ("Model", session.model_name),
        ("Provider", session.provider),
        ("State", PHASE_WORDS[session.phase]),
        ("Opened", clock_time(session.opened_at)),
        ("Ends", clock_time(session.ends_at)),
        ("Time left", time_left(session.ends_at - now) if session.phase in USABLE_PHASES else ""),
        ("Closed", clock_time(session.closed_at)),
        ("Stake", stake_words(session)),
        ("Used", f"{session.prompts} prompts, {session.tokens} tokens"),
        ("Prompts", PRIVACY[session.prompt_privacy] if session.phase in USABLE_PHASES else ""),
        ("Stuck", session.stuck),
        ("Next try", clock_time(session.retry_at) if session.stuck else ""),
        ("Reason", session.error),
    ]
    return "\n".join(f"{title + ':':<11}{text}" for title, text in rows if text)
