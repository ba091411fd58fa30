"""Boxes of the sessions page: an open session, stake on its way back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.sessions import phase_of, phase_words, stuck_words
from morpheus_desktop.pages.sessions.extension_row import ExtensionRow
from morpheus_desktop.privacy import audio_note, privacy_icon, privacy_words
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.figures import Meter
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.icon_label import IconLabel, Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.session_life import OPENING_PHASES, SessionPhase
from node.service.dto import HeldStake, MorOverview, SessionView, StopPreview

WARN_S = 600
DANGER_S = 60
_UNCONFIRMED = OPENING_PHASES | {SessionPhase.CLOSING}


def moment_words(moment: int, now: int) -> str:
    """`at 18:02`, `tomorrow 01:00`."""
    text = formats.when(moment, now)
    return f"at {text}" if text[0].isdigit() and len(text) == 5 else text


def back_words(session: SessionView, preview: StopPreview | None, now: int) -> str:
    """What comes back when, from the refund rule's own result."""
    if preview is None:
        return ""
    words = f"{formats.mor(preview.returned_now)} back {moment_words(session.ends_at, now)}"
    if preview.held:
        held = formats.mor(preview.held)
        words += f", {held} {moment_words(preview.held_until, now)}"
    return words


def used_words(session: SessionView) -> str:
    prompts = f"{session.prompts} prompt{'' if session.prompts == 1 else 's'}"
    return f"{prompts} · {session.tokens} tokens" if session.tokens else prompts


class SessionCard(Card):
    """An open session with its countdown."""

    chat_clicked = Signal()
    extend_clicked = Signal()
    close_clicked = Signal()

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
        self.extension = ExtensionRow(name)
        self.state = ElidedLabel("", "caption", "text3")
        names = column(ElidedLabel(session.model_name or "Unnamed model", "strong"), self.state)
        head = row(Avatar(session.model_name, session.model_id, side=36), spacing=12)
        head.addLayout(names, 1)
        head.addWidget(self._left)
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


class StakeCard(Card):
    """Stake that is ready to take back, and stake that waits for its time."""

    claim_clicked = Signal()

    def __init__(self) -> None:
        self._rows = column(spacing=0)
        super().__init__(self._rows, margins=(18, 16, 18, 16))
        self.setObjectName("sessions.stake")
        self.claim_button: Button | None = None
        self.hide()

    def show_overview(self, overview: MorOverview, now: int, *, busy: bool) -> None:
        clear(self._rows)
        self.claim_button = None
        rows: list[QWidget] = []
        if overview.ready:
            rows.append(self._ready(overview, busy))
        rows += [_waiting(part, now) for part in overview.locked if part.amount]
        for number, item in enumerate(rows):
            if number:
                self._rows.addSpacing(14)
                self._rows.addWidget(line())
                self._rows.addSpacing(14)
            self._rows.addWidget(item)
        self.setVisible(bool(rows))

    def _ready(self, overview: MorOverview, busy: bool) -> QWidget:
        amount = overview.ready
        claim = Button(f"Take back {formats.mor(amount)}", "soft", name="sessions.claim")
        claim.setToolTip(f"{formats.exact(amount)} MOR")
        claim.clicked.connect(self.claim_clicked)
        claim.set_busy(busy)
        self.claim_button = claim
        texts = column(
            ElidedLabel(f"{formats.mor(amount)} are ready", "strong"),
            ElidedLabel(
                overview.claim_stuck or "held back after an early close, free now",
                "small",
                "warning" if overview.claim_stuck else "text3",
            ),
        )
        item = row(Tile("lock-open", "success", 34), spacing=12)
        item.addLayout(texts, 1)
        item.addWidget(claim)
        return boxed(item)


def _waiting(part: HeldStake, now: int) -> QWidget:
    title = f"{formats.mor(part.amount)} free {moment_words(part.until, now)}"
    left = formats.duration(part.until - now)
    texts = column(
        ElidedLabel(title, "strong"),
        ElidedLabel(f"used today, comes back in {left}", "small", "text3"),
    )
    item = row(Tile("hourglass", "warning", 34), spacing=12)
    item.addLayout(texts, 1)
    return boxed(item)
