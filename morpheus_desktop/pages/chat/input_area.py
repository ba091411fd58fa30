"""Below the conversation: the open-session card, the composer with its chips, who can read."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.chat.presenter import ChatPresenter
from morpheus_desktop.pages.chat.secret_warning import SecretWarning
from morpheus_desktop.pages.chat.session_card import SessionCard
from morpheus_desktop.pages.chat.targets import Target
from morpheus_desktop.privacy import privacy_icon, privacy_words
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.composer import Composer
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.tooltips import plain_tooltip

WIDTH = 768
_WARNING_S = 600
_DANGER_S = 60


class InputArea(QWidget):
    """Signals: `model_clicked()`, `details_clicked()` of the card."""

    model_clicked = Signal()
    details_clicked = Signal()

    def __init__(self, presenter: ChatPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._last = ""
        self.card = SessionCard()
        self.secret = SecretWarning()
        self.composer = Composer("Ask anything")
        self.composer.input.setObjectName("chat.composer.edit")
        self.composer.button.setObjectName("chat.composer.send")
        self.model = Chip("Choose a model", dot="off", caret=True, name="chat.header.model")
        self.time = Chip("", icon="timer", tone="accent", filled=True, name="chat.composer.time")
        self.time.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.queued = Label("", "caption", "text3")
        self.queued.setObjectName("chat.composer.queued")
        self.composer.add_chip(self.model)
        self.composer.add_chip(self.time)
        self.composer.add_note(self.queued)
        self._lock = IconLabel("lock", "text3", 12)
        self._privacy = Label("", "caption", "text3")
        self._privacy.setObjectName("chat.privacy")
        inner = QWidget()
        inner.setMaximumWidth(WIDTH)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        privacy = row(None, self._lock, self._privacy, None, spacing=6)
        inner.setLayout(column(self.secret, self.card, 10, self.composer, 8, privacy))
        across = row(spacing=0, margins=(16, 8, 16, 10))
        across.addStretch(1)
        across.addWidget(inner, 1000)
        across.addStretch(1)
        self.setLayout(across)
        self._connect()
        self._show_card()
        self._queue_changed("")

    def _connect(self) -> None:
        presenter, composer, card = self._presenter, self.composer, self.card
        composer.submitted.connect(self._send)
        composer.text_changed.connect(self.secret.text_changed)
        self.secret.send_anyway.connect(lambda: self._send(composer.text()))
        composer.stop_requested.connect(presenter.stop)
        composer.recall_requested.connect(self._recall)
        self.model.clicked.connect(self.model_clicked)
        card.open_clicked.connect(self._open_and_send)
        card.details_clicked.connect(self.details_clicked)
        card.dismissed.connect(presenter.hide_card)
        card.duration_chosen.connect(presenter.ask_quote)
        presenter.card_changed.connect(self._show_card)
        presenter.draft_taken.connect(self._taken)
        presenter.draft_returned.connect(composer.set_text)
        presenter.turns.streaming_changed.connect(composer.set_streaming)
        presenter.turns.queue_changed.connect(self._queue_changed)

    def focus(self) -> None:
        self.composer.input.setFocus()

    def submit(self, text: str) -> None:
        """Send `text` as if it had been typed."""
        self.composer.set_text(text)
        self._send(text)

    def _send(self, text: str) -> None:
        if self.secret.lets_pass(text):
            self._presenter.send(text)

    def _open_and_send(self) -> None:
        if self.secret.lets_pass(self.composer.text()):
            self._presenter.open_and_send(self.composer.text())

    def show_target(self, target: Target | None, now: int) -> None:
        """Who answers, how long still, who can read."""
        is_session = target is not None and target.kind == "session"
        if target is None:
            self.model.set_text("Choose a model")
            self.model.set_tone("", dot="off")
        else:
            self.model.set_text(target.name)
            self.model.set_tone("", dot="off" if target.needs_session(now) else "ok")
        self.time.setVisible(is_session)
        if target is not None and is_session:
            left = target.ends_at - now
            tone = "danger" if left < _DANGER_S else "warning" if left < _WARNING_S else "accent"
            words = f"{formats.duration(left)} left" if left > 0 else "ended"
            if words != self.time.text():
                self.time.set_text(words)
            self.time.set_tone(tone, icon="hourglass" if left < _WARNING_S else "timer")
        text = privacy_text(target)
        self._privacy.setText(text)
        self._lock.setVisible(bool(text))
        is_own = target is not None and (target.kind == "local" or target.is_demo)
        privacy = "encrypted" if target is None or is_own else target.prompt_privacy
        self._lock.set_icon(privacy_icon(privacy))

    def _taken(self) -> None:
        self._last = self.composer.text()
        self.composer.clear()

    def _recall(self) -> None:
        if self._last:
            self.composer.set_text(self._last)

    def _queue_changed(self, text: str) -> None:
        self.queued.setText("sends after this answer" if text else "")
        self.queued.setToolTip(plain_tooltip(text))
        self.queued.setVisible(bool(text))

    def _show_card(self) -> None:
        presenter = self._presenter
        target = presenter.card_target
        self.card.setVisible(target is not None)
        if target is not None:
            self.card.show_quote(
                target,
                presenter.quoting.quote,
                duration_s=presenter.card_duration_s,
                error=presenter.card_error,
                step=presenter.card_step,
                now=presenter.time.now(),
            )


def privacy_text(target: Target | None) -> str:
    """Who can read this chat. Never a promise about somebody else's computer."""
    if target is None:
        return ""
    if target.kind == "local":
        return f"{target.name} runs on this computer. Nothing you write leaves it."
    if target.is_demo:
        return "The demo stays on this computer; on a real network the provider reads what you ask."
    who = f"{target.name} is run by {formats.short_address(target.provider)}"
    if not target.provider:
        who = f"{target.name} is run by a provider"
    return f"{who}, who can read this chat. {privacy_words(target.prompt_privacy)}."
