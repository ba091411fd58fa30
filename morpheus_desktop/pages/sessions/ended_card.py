"""Sessions whose time is over and that are not closed yet."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.sessions import stuck_words
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import SessionView, StopPreview


class EndedCard(Card):
    """Signals: `close_clicked(SessionView)`."""

    close_clicked = Signal(object)

    def __init__(self) -> None:
        self._rows = column(spacing=0)
        super().__init__(self._rows, margins=(18, 14, 18, 14))
        self.setObjectName("sessions.toclose")
        self.buttons: dict[str, Button] = {}

    def show_sessions(
        self,
        sessions: tuple[SessionView, ...],
        at_end: dict[str, StopPreview],
        closing: set[str],
        now: int,
    ) -> None:
        clear(self._rows)
        self.buttons = {}
        for number, session in enumerate(sessions):
            if number:
                self._rows.addSpacing(12)
                self._rows.addWidget(line())
                self._rows.addSpacing(12)
            self._rows.addWidget(self._row(session, at_end.get(session.id), now))
            self.buttons[session.id].set_busy(session.id in closing)

    def _row(self, session: SessionView, preview: StopPreview | None, now: int) -> QWidget:
        stuck = stuck_words(session, now)
        ended = f"ended {formats.when(session.ends_at, now)}"
        text = stuck or f"{ended} · {formats.mor(session.stake)} locked until it is closed"
        names = column(
            ElidedLabel(session.model_name or "Unnamed model", "strong"),
            ElidedLabel(text, "small", "warning" if stuck else "text3"),
        )
        words = f"Close, {formats.mor(preview.returned_now)} back" if preview else "Close"
        close = Button(
            "Try now" if stuck else words, "soft", name=f"sessions.toclose.{session.intent_id}"
        )
        close.clicked.connect(lambda: self.close_clicked.emit(session))
        self.buttons[session.id] = close
        item = row(Avatar(session.model_name, session.model_id, side=36), spacing=12)
        item.addLayout(names, 1)
        item.addWidget(close)
        return boxed(item)
