"""One session with all that is known about it: what happened when, money, ids."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.sessions import phase_of, phase_words
from morpheus_desktop.pages.sessions.cards import used_words
from morpheus_desktop.privacy import privacy_words
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.session_life import SessionPhase
from node.service.dto import SessionView

_OPENED_BY = {
    "user": "opened by you",
    "api": "opened for a program",
    "failover": "opened because another provider failed",
    "extension": "opened as the extension of another session",
}


class DetailSheet(Sheet):
    """Reads nothing itself: it shows one session as it was at `now`."""

    def __init__(self, host: QWidget, session: SessionView, now: int) -> None:
        self.events = timeline(session, now)
        lines = column(spacing=0)
        for number, (moment, text, amount) in enumerate(self.events):
            ends = (number == 0, number == len(self.events) - 1)
            lines.addWidget(_Event(moment, text, amount, ends=ends))
        names = column(
            ElidedLabel(session.model_name or "Unnamed model", "h2"),
            Label(phase_words(session, now), "body", "text2"),
        )
        head = row(Avatar(session.model_name, session.model_id, side=40), spacing=14)
        head.addLayout(names, 1)
        facts = column(
            _fact("Stake", Label(f"{formats.exact(session.stake)} MOR", "small")),
            _fact(
                "Price per second", Label(f"{formats.exact(session.price_per_second)} MOR", "small")
            ),
            _fact("Prompts", Label(privacy_words(session.prompt_privacy), "small")),
            _id("Provider", session.provider, "provider"),
            _id("Session", session.id, "id"),
            _id("Offer", session.bid_id, "offer"),
            spacing=2,
        )
        self.done = done = Button("Done", "primary", name="sessions.detail.done")
        super().__init__(
            host,
            column(head, 18, Sunken(lines), 16, facts),
            width=560,
            name="sessions.detail",
            footer=row(None, done),
        )
        done.clicked.connect(self.close_sheet)

    def open(self) -> None:
        super().open()
        self.done.setFocus()


def timeline(session: SessionView, now: int) -> list[tuple[str, str, str]]:
    """When, what, how much MOR moved, in the order of time."""
    by = _OPENED_BY.get(session.purpose, "opened")
    if session.direct_payment:
        by += ", paid by the second"
    if not session.opened_at:
        return [("", session.error or "It did not open; nothing was locked.", "")]
    events = [(formats.when(session.opened_at, now), by, formats.mor_change(-session.stake))]
    if session.prompts:
        events.append(("", used_words(session), ""))
    if session.replaced_by:
        events.append(("", "another session answers in its place", ""))
    phase = phase_of(session, now)
    if session.closed_at:
        early = session.closed_at < session.ends_at
        how = "closed early" if early else "closed"
        if session.dispute:
            how += " without the provider's report"
        moment = formats.when(session.closed_at, now)
        events.append((moment, how, formats.mor_change(session.returned)))
        if session.held:
            until = formats.when(session.held_until, now)
            back = {
                SessionPhase.ON_HOLD: "held until 00:00 UTC",
                SessionPhase.RELEASED: "ready to take back",
            }.get(phase, "taken back")
            events.append((until, back, formats.mor_change(session.held)))
    else:
        over = "the time is over" if now >= session.ends_at else "ends by itself"
        events.append((formats.when(session.ends_at, now), over, ""))
    return events


class _Event(QWidget):
    """A ring, joined to its neighbours by a line; then when, what and how much. `ends`: whether
    it is the first and the last one.
    """

    def __init__(self, moment: str, text: str, amount: str, *, ends: tuple[bool, bool]) -> None:
        super().__init__()
        self._ends, self._money = ends, bool(amount)
        when = Label(moment, "small", "text2")
        when.setFixedWidth(104)
        line = row(18, when, spacing=6)
        line.addWidget(ElidedLabel(text, "body"), 1)
        line.addWidget(Label(amount, "strong", align=Qt.AlignmentFlag.AlignRight))
        self.setLayout(line)
        self.setFixedHeight(32)
        self.setAccessibleName(f"{moment} {text} {amount}".strip())
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        first, last = self._ends
        for is_end, top in ((first, 0.0), (last, middle + 5)):
            if not is_end:
                painter.fillRect(QRectF(6.5, top, 1, middle - 5), theme.color("border_strong"))
        painter.setPen(QPen(theme.color("success" if self._money else "text3"), 2))
        painter.drawEllipse(QRectF(3, middle - 4, 8, 8))
        painter.end()


def _fact(title: str, value: QWidget) -> QWidget:
    head = Label(title, "small", "text2")
    head.setFixedWidth(120)
    item = row(head, spacing=12)
    item.addWidget(value, 1)
    box = boxed(item)
    box.setFixedHeight(28)
    return box


def _mor(base: int) -> Label:
    return Label(f"{formats.exact(base)} MOR", "small")


def _id(title: str, value: str, name: str) -> QWidget:
    shown = formats.short_address(value) or "–"
    return _fact(title, CopyLabel(shown, value, name=f"sessions.detail.{name}"))
