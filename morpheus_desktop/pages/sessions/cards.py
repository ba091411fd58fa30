"""The box of an open session on the sessions page."""

from PySide6.QtCore import Signal

from morpheus_desktop import formats
from morpheus_desktop.models.sessions import phase_of, phase_words, stuck_words
from morpheus_desktop.pages.sessions.extension_row import ExtensionRow
from morpheus_desktop.privacy import audio_note, privacy_icon, privacy_words
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.figures import Meter
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.session_life import OPENING_PHASES, SessionPhase
from node.service.dto import SessionView, StopPreview

WARN_S = 600
DANGER_S = 60
_UNCONFIRMED = OPENING_PHASES | {SessionPhase.CLOSING}


def back_words(session: SessionView, preview: StopPreview | None, now: int) -> str:
    """What comes back when, from the refund rule's own result."""
    if preview is None:
        return ""
    words = f"{formats.mor(preview.returned_now)} back {formats.at_moment(session.ends_at, now)}"
    if preview.held:
        held = formats.mor(preview.held)
        words += f", {held} {formats.at_moment(preview.held_until, now)}"
    return words


def used_words(session: SessionView) -> str:
    prompts = f"{session.prompts} prompt{'' if session.prompts == 1 else 's'}"
    return f"{prompts} · {session.tokens} tokens" if session.tokens else prompts


class SessionCard(Card):
    """An open session with its countdown."""

    chat_clicked = Signal()
    extend_clicked = Signal()
    close_clicked = Signal()
    detail_clicked = Signal()

    def __init__(
        self,
        session: SessionView,
        preview: StopPreview | None,
        now: int,
        following: SessionView | None = None,
    ) -> None:
        self.session = session
        self._preview = preview
        self._is_closing = False
        name = f"sessions.card.{session.intent_id or session.id}"
        self._left = Label("", "figure")
        self._meter = Meter("Time left")
        self._back = ElidedLabel("", "small", "text2")
        self._used = Label("", "small", "text3")
        self._lock = IconLabel("lock", "text3", 12)
        self._privacy = ElidedLabel("", "small", "text3")
        self._privacy.setObjectName(f"{name}.privacy")
        self.chat_button = Button("Open chat", "soft", icon="chats", name=f"{name}.chat")
        self.extend_button = Button("Extend", "ghost", icon="timer", name=f"{name}.extend")
        self.close_button = Button("Close early", "ghost", name=f"{name}.close")
        self.detail_button = IconButton(
            "info", "All about this session", compact=True, name=f"{name}.detail"
        )
        self.extension = ExtensionRow(name)
        self.state = ElidedLabel("", "caption", "text3")
        names = column(ElidedLabel(session.model_name or "Unnamed model", "strong"), self.state)
        head = row(Avatar(session.model_name, session.model_id, side=36), spacing=12)
        head.addLayout(names, 1)
        head.addWidget(self._left)
        head.addWidget(self.detail_button)
        privacy = row(self._lock, spacing=6)
        privacy.addWidget(self._privacy, 1)
        body = column(
            head,
            14,
            self._meter,
            10,
            row(self._used, None, spacing=12),
            2,
            self._back,
            2,
            privacy,
            8,
            self.extension,
            10,
            row(self.chat_button, self.extend_button, None, self.close_button, spacing=8),
        )
        super().__init__(body, margins=(18, 16, 18, 16))
        self.setObjectName(name)
        self.chat_button.clicked.connect(self.chat_clicked)
        self.extend_button.clicked.connect(self.extend_clicked)
        self.close_button.clicked.connect(self.close_clicked)
        self.detail_button.clicked.connect(self.detail_clicked)
        self.update_session(session, preview, now, following)

    def update_session(
        self,
        session: SessionView,
        preview: StopPreview | None,
        now: int,
        following: SessionView | None = None,
    ) -> None:
        """`following` is the session that takes the place of this one."""
        self.session, self._preview = session, preview
        self._is_followed = following is not None
        self.extension.show_session(session, following, now)
        self._used.setText(used_words(session))
        self._lock.set_icon(privacy_icon(session.prompt_privacy))
        self._privacy.set_text(privacy_words(session.prompt_privacy))
        self._lock.setToolTip(audio_note(session.prompt_privacy))
        self.tick(now)

    def tick(self, now: int) -> None:
        """Show the time left at `now`."""
        session = self.session
        phase, words = phase_of(session, now), phase_words(session, now)
        self.state.set_text(f"{words} · provider {formats.short_address(session.provider)}")
        if phase in _UNCONFIRMED:
            self._left.setText("closing…" if phase is SessionPhase.CLOSING else "opening…")
            self._back.set_text(stuck_words(session, now))
            self._meter.set_share(0)
            self.chat_button.disable_with("The chain has not confirmed it yet.")
            self.extend_button.disable_with("The chain has not confirmed it yet.")
            self.close_button.disable_with("The chain has not confirmed it yet.")
            return
        left = max(0, session.ends_at - now)
        tone = "danger" if left < DANGER_S else "warning" if left < WARN_S else "accent"
        self._left.setText(formats.duration(left) if left else "ended")
        self._left.set_role("text" if tone == "accent" else tone)
        self._meter.set_share(left / max(1, session.ends_at - session.opened_at), tone=tone)
        self._back.set_text(back_words(session, self._preview, now))
        self.chat_button.disable_with("" if left else "This session has ended.")
        self.extend_button.disable_with(
            "The next session is there already." if self._is_followed else ""
        )
        self.close_button.set_text("Close early" if left else "Close")
        if not self._is_closing:
            self.close_button.disable_with("")

    def set_busy(self, busy: bool) -> None:
        """Whether this session is being closed."""
        self._is_closing = busy
        self.close_button.set_busy(busy)
