"""Past sessions as a table."""

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from node.service.dto import SessionView


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
    if session.state == "failed":
        return Cell(text="nothing locked", role="text3", right=True)
    if session.held:
        return Cell(
            text=f"{formats.amount(session.returned)} back",
            detail=f"{formats.amount(session.held)} later",
            role="warning",
            right=True,
        )
    return Cell(text=f"{formats.amount(session.returned)} back", role="success", right=True)


_COLUMNS: tuple[Column[SessionView], ...] = (
    Column(title="Model", cell=_name),
    Column(title="Started, booked", cell=_started, look=ColumnLook(width=184, drop=1)),
    Column(title="Used", cell=_used, look=ColumnLook(width=70, drop=2), right=True),
    Column(title="Prompts", cell=_prompts, look=ColumnLook(width=80, drop=3), right=True),
    Column(title="Stake", cell=_stake, look=ColumnLook(width=120), right=True),
    Column(title="Returned", cell=_returned, look=ColumnLook(width=130), right=True),
)
