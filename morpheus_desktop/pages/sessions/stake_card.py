"""Stake on its way back: what is ready, what waits for the end of the UTC day and why."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.sessions import phase_of
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.icon_label import IconLabel, Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.session_life import SessionPhase
from node.service.dto import HeldStake, MorOverview, SessionView


class StakeCard(Card):
    """Signals: `claim_clicked()`."""

    claim_clicked = Signal()

    def __init__(self) -> None:
        self._rows = column(spacing=0)
        super().__init__(self._rows, margins=(18, 16, 18, 16))
        self.setObjectName("sessions.stake")
        self.claim_button: Button | None = None
        self.is_empty = True

    def show_overview(
        self,
        overview: MorOverview,
        past: tuple[SessionView, ...],
        now: int,
        *,
        busy: bool,
        auto_claim: bool,
    ) -> None:
        """`past`: closed sessions, from which a part is held or was released."""
        clear(self._rows)
        self.claim_button = None
        rows: list[QWidget] = []
        if overview.ready:
            released = [item for item in past if phase_of(item, now) is SessionPhase.RELEASED]
            rows.append(self._ready(overview, origin_words(released, now), busy))
        for part in overview.locked:
            if part.amount:
                held = [item for item in past if item.held and item.held_until == part.until]
                rows.append(_waiting(part, origin_words(held, now), now, auto_claim=auto_claim))
        for number, item in enumerate(rows):
            if number:
                self._rows.addSpacing(14)
                self._rows.addWidget(line())
                self._rows.addSpacing(14)
            self._rows.addWidget(item)
        self.is_empty = not rows

    def _ready(self, overview: MorOverview, origin: str, busy: bool) -> QWidget:
        amount = overview.ready
        claim = Button(f"Take back {formats.mor(amount)}", "soft", name="sessions.claim")
        claim.setToolTip(f"{formats.exact(amount)} MOR")
        claim.clicked.connect(self.claim_clicked)
        claim.set_busy(busy)
        self.claim_button = claim
        texts = column(
            ElidedLabel(f"{formats.mor(amount)} are ready", "strong"),
            ElidedLabel(
                overview.claim_stuck or origin or "held back after an early close, free now",
                "small",
                "warning" if overview.claim_stuck else "text3",
            ),
        )
        item = row(Tile("lock-open", "success", 34), spacing=12)
        item.addLayout(texts, 1)
        item.addWidget(claim)
        return boxed(item)


def origin_words(sessions: list[SessionView], now: int) -> str:
    """`from Hermes 4 70B, closed 16:30`; the names alone for several sessions."""
    if not sessions:
        return ""
    if len(sessions) == 1:
        only = sessions[0]
        return f"from {only.model_name or 'a session'}, closed {formats.when(only.closed_at, now)}"
    names = list(dict.fromkeys(item.model_name or "a session" for item in sessions))
    return f"from {', '.join(names)}"


def _waiting(part: HeldStake, origin: str, now: int, *, auto_claim: bool) -> QWidget:
    title = ElidedLabel(
        f"{formats.mor(part.amount)} free {formats.at_moment(part.until, now)}", "strong"
    )
    title.setToolTip(f"{formats.exact(part.amount)} MOR, at 00:00 UTC")
    left = f"in {formats.duration(part.until - now)}"
    text = f"{origin} · {left}" if origin else f"used today, comes back {left}"
    texts = column(title, ElidedLabel(text, "small", "text3"))
    item = row(Tile("hourglass", "warning", 34), spacing=12)
    item.addLayout(texts, 1)
    if auto_claim:
        item.addWidget(IconLabel("check", "success", 14))
        item.addWidget(Label("Will be claimed for you", "small", "text2"))
    return boxed(item)
