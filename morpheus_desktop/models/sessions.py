"""Past sessions as a table."""

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from node.core.session_life import PHASE_WORDS, SessionPhase, phase_at
from node.service.dto import SessionView

PAST_WORDS = {
    SessionPhase.ON_HOLD: ("closed", "a part is on hold"),
    SessionPhase.RELEASED: ("closed", "a part is ready"),
    SessionPhase.CLOSED: ("closed", ""),
    SessionPhase.FAILED: ("failed", ""),
}
_REST_WORDS = {SessionPhase.ON_HOLD: "later", SessionPhase.RELEASED: "ready"}


def phase_of(session: SessionView, now: int) -> SessionPhase:
    """Where the session stands at `now`; nothing but time has moved it since it was read."""
    return phase_at(session.phase, ends_at=session.ends_at, held_until=session.held_until, now=now)


def phase_words(session: SessionView, now: int) -> str:
    return PHASE_WORDS[phase_of(session, now)]


def stuck_words(session: SessionView, now: int) -> str:
    """Why an ended session is not closed yet and when that is tried again; empty otherwise."""
    if not session.stuck:
        return ""
    if session.retry_at <= now:
        return session.stuck
    return f"{session.stuck} Next try at {formats.clock(session.retry_at)}."


def used_percent(session: SessionView) -> int | None:
    """How much of the booked time ran, None while that is not known."""
    booked = session.ends_at - session.opened_at
    if booked <= 0 or not session.closed_at:
        return None
    return min(100, 100 * max(0, session.closed_at - session.opened_at) // booked)


def history_table() -> DtoTable[SessionView]:
    return DtoTable(_COLUMNS, lambda session: session.intent_id or session.id)


def _name(session: SessionView) -> Cell:
    return Cell(
        text=session.model_name or "Unnamed model",
        detail=f"provider {formats.short_address(session.provider)}",
        avatar=(session.model_name, session.model_id),
    )


def _started(session: SessionView) -> Cell:
    if not session.opened_at:
        return Cell(text="did not open", role="text3")
    moment = formats.local(session.opened_at)
    booked = formats.span(session.ends_at - session.opened_at)
    return Cell(text=f"{moment.day} {moment:%b %H:%M}, {booked}", role="text2")


def _state(session: SessionView) -> Cell:
    text, detail = PAST_WORDS.get(session.phase, (PHASE_WORDS[session.phase], ""))
    role = "warning" if session.phase is SessionPhase.ON_HOLD else "text2"
    return Cell(text=text, detail=detail, role=role)


def _used(session: SessionView) -> Cell:
    share = used_percent(session)
    return Cell(
        text=f"{share}{formats.NBSP}%" if share is not None else "", role="text2", right=True
    )


def _prompts(session: SessionView) -> Cell:
    return Cell(text=str(session.prompts) if session.prompts else "", role="text2", right=True)


def _stake(session: SessionView) -> Cell:
    return Cell(text=formats.mor(session.stake), right=True)


def _returned(session: SessionView) -> Cell:
    if session.phase is SessionPhase.FAILED:
        return Cell(text="nothing locked", role="text3", right=True)
    rest = _REST_WORDS.get(session.phase)
    if rest is not None and session.held:
        return Cell(
            text=f"{formats.amount(session.returned)} back",
            detail=f"{formats.amount(session.held)} {rest}",
            role="warning",
            right=True,
        )
    back = session.returned + session.held
    return Cell(text=f"{formats.amount(back)} back", role="success", right=True)


_COLUMNS: tuple[Column[SessionView], ...] = (
    Column(title="Model", cell=_name),
    Column(title="Started, booked", cell=_started, look=ColumnLook(width=184, drop=1)),
    Column(title="State", cell=_state, look=ColumnLook(width=120, drop=2)),
    Column(title="Used", cell=_used, look=ColumnLook(width=70, drop=3), right=True),
    Column(title="Prompts", cell=_prompts, look=ColumnLook(width=80, drop=4), right=True),
    Column(title="Stake", cell=_stake, look=ColumnLook(width=120), right=True),
    Column(title="Returned", cell=_returned, look=ColumnLook(width=130), right=True),
)
