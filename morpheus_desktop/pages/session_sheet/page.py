"""The session sheet: one pair of time and stake, an offer, what happens, one button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.session_sheet.money_block import MoneyBlock
from morpheus_desktop.pages.session_sheet.offers import OfferChoice
from morpheus_desktop.pages.session_sheet.presenter import SessionSheetPresenter, refusal
from morpheus_desktop.privacy import audio_note, privacy_icon, privacy_words
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.fields import AmountEdit, TextField
from morpheus_desktop.widgets.frames import line
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from morpheus_desktop.widgets.stepper import Stepper
from node.core.errors import NodeError, PromptReadableError
from node.core.units import Mor
from node.service.dto import (
    ModelDetail,
    OpenProgress,
    OpenStep,
    Quote,
    SessionView,
    StopPreview,
)

WIDTH = 660
SHORTEST_S, LONGEST_S = 300, 86_400
PRESETS = (900, 3600, 4 * 3600)
_STEPS = (OpenStep.ASKING_PROVIDER, OpenStep.ALLOWING, OpenStep.OPENING, OpenStep.READY)
_STEP_TITLES = (
    "The provider agrees",
    "The marketplace may take the stake",
    "The session opens",
    "Ready",
)


class SessionSheet(Sheet):
    """Shows what its presenter finds; closes itself when the session is open."""

    finished = Signal()

    def __init__(self, host: QWidget, presenter: SessionSheetPresenter) -> None:
        self._presenter = presenter
        self._error: NodeError | None = None
        self._unclear = ""
        self._step = -1
        self._make_widgets()
        super().__init__(host, self._build(), width=WIDTH, name="session.sheet")
        self._connect()

    def begin(self, model_id: str, *, bid_id: str = "", duration_s: int | None = None) -> None:
        """Ask for the offers and the first quote, and show the sheet."""
        self._unclear = ""
        self._presenter.start(model_id, bid_id=bid_id, duration_s=duration_s)
        self._show_state()
        self.open()
        self.slider.setFocus()

    def extend(self, session: SessionView) -> None:
        """Ask for a session on the offer of this one that lasts longer by the same time."""
        ends = formats.clock(session.ends_at)
        self._subtitle.setText(
            f"The new one starts now; chats go over when the old one ends, at {ends}."
        )
        self._presenter.extends = session.id
        left_s = max(0, session.ends_at - self._presenter.time.now())
        length_s = min(LONGEST_S, left_s + max(SHORTEST_S, session.ends_at - session.opened_at))
        self.begin(session.model_id, bid_id=session.bid_id, duration_s=length_s)

    def _make_widgets(self) -> None:
        self._avatar = Avatar("?", "", side=40)
        self._title = Label("Open a session", "h2")
        self._subtitle = Label(
            "Your MOR is locked while you chat, then it comes back.", "body", "text2"
        )
        self._close = IconButton("x", "Close", name="session.sheet.close")
        self.duration = TextField("time", unit="time", name="session.sheet.duration")
        self.duration.setFixedWidth(118)
        self.amount = AmountEdit(name="session.sheet.amount")
        self.amount.setFixedWidth(132)
        self.slider = LogSlider(SHORTEST_S, LONGEST_S, presets=PRESETS, name="session.sheet.slider")
        self.slider.setAccessibleName("How long")
        self.slider.set_value(3600)
        self._presets = {
            seconds: Chip(formats.span(seconds), name=f"session.sheet.preset.{seconds}")
            for seconds in PRESETS
        }
        self._midnight = Chip("", name="session.sheet.preset.midnight")
        self._longest = Chip("", name="session.sheet.preset.longest")
        self._offers = OfferChoice()
        self.money = MoneyBlock()
        self._fee = Label("", "small", "text2")
        self._balance = Label("", "small", "text2")
        self._lock = IconLabel("lock", "text3", 14)
        self._privacy = Label("", "small", "text2")
        self._privacy.setObjectName("session.sheet.privacy")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("session.sheet.problem")
        self._stepper = Stepper(_STEP_TITLES)
        self.cancel = Button("Cancel", "secondary", size="primary", name="session.sheet.cancel")
        self.confirm = Button("Open", "primary", size="primary", name="session.sheet.confirm")

    def _build(self) -> QVBoxLayout:
        words = column(
            self._title,
            self._subtitle,
        )
        head = row(self._avatar, words, None, self._close, spacing=14)
        pair = row(
            Label("How long?", "strong"),
            None,
            self.duration,
            IconLabel("arrows-left-right", "text3"),
            self.amount,
        )
        chips = row(*self._presets.values(), self._midnight, self._longest, None, spacing=6)
        fees = row(IconLabel("info", "text3", 14), self._fee, None, self._balance, spacing=6)
        self._progress = boxed(column(line(), 14, self._stepper))
        return column(
            head,
            12,
            pair,
            6,
            self.slider,
            6,
            chips,
            14,
            line(),
            10,
            self._offers,
            10,
            self.money,
            8,
            fees,
            2,
            row(self._lock, self._privacy, None, spacing=6),
            8,
            self._problem,
            self._progress,
            6,
            row(None, self.cancel, self.confirm, spacing=8),
        )

    def _connect(self) -> None:
        presenter = self._presenter
        self._close.clicked.connect(self.close_sheet)
        self.cancel.clicked.connect(self.close_sheet)
        self.closed.connect(presenter.leave)
        self.slider.changed.connect(self._duration_chosen)
        for seconds, chip in self._presets.items():
            chip.clicked.connect(lambda _=False, s=seconds: self._duration_chosen(s))
        self._midnight.clicked.connect(self._choose_midnight)
        self._longest.clicked.connect(self._choose_longest)
        self.duration.edit.textEdited.connect(self._duration_typed)
        self.duration.submitted.connect(self._duration_submitted)
        self.amount.changed.connect(self._amount_typed)
        self._offers.chosen.connect(presenter.choose_bid)
        self.money.stop_moved.connect(presenter.preview_stop)
        self.confirm.clicked.connect(self._confirm)
        presenter.offers_loaded.connect(self._offers_loaded)
        presenter.quoting.connect(self._quoting)
        presenter.quoted.connect(self._quoted)
        presenter.stop_previewed.connect(self._previewed)
        presenter.refused.connect(self._refused)
        presenter.progressed.connect(self._progressed)
        presenter.opened.connect(self._opened)

    # --- choosing ---

    def _duration_chosen(self, seconds: int) -> None:
        self.slider.set_value(seconds)
        self.duration.set_text(formats.span(seconds))
        self._ask_for(seconds)

    def _ask_for(self, seconds: int) -> None:
        self._unclear = ""
        self._mark_preset(seconds)
        self._presenter.set_duration(seconds)
        self._show_state()

    def _duration_typed(self, text: str) -> None:
        """Each key counts: the button must never stand for another time than the field shows."""
        seconds = formats.parse_span(text)
        if seconds is None:
            self._refuse_input("Write a time first, for example 45 min or 1:30.")
        else:
            self._ask_for(seconds)

    def _duration_submitted(self) -> None:
        seconds = formats.parse_span(self.duration.text())
        if seconds is None:
            self.duration.show_error("For example 45 min or 1:30.")
        else:
            self._duration_chosen(seconds)

    def _amount_typed(self) -> None:
        amount = self.amount.amount
        if amount is None:
            self._refuse_input("Write an amount of MOR first.")
            return
        self._unclear = ""
        self._mark_preset(0)
        self._presenter.set_stake(amount.base)
        self._show_state()

    def _refuse_input(self, reason: str) -> None:
        self._unclear = reason
        self._error = None
        self._mark_preset(0)
        self._presenter.unclear()
        self._show_state()

    def _choose_midnight(self) -> None:
        self._duration_chosen(max(SHORTEST_S, self._presenter.until_midnight()))

    def _choose_longest(self) -> None:
        quote = self._presenter.quote
        if quote is not None:
            self._duration_chosen(min(quote.max_affordable_s, quote.max_duration_s))

    def _mark_preset(self, seconds: int) -> None:
        for value, chip in self._presets.items():
            chip.setCheckable(True)
            chip.setChecked(value == seconds)

    # --- answers ---

    def _offers_loaded(self, detail: ModelDetail) -> None:
        name = detail.model.name
        verb = "Extend the session with" if self._presenter.extends else "Open a session with"
        self._title.setText(f"{verb} {name}")
        self._avatar.set_name(name, detail.model.id)
        self._offers.show_offers(detail, self._presenter.bid_id)
        self._show_privacy()

    def _quoting(self) -> None:
        self._error = None
        self._show_state()

    def _quoted(self, quote: Quote) -> None:
        now = self._presenter.time.now()
        self.slider.set_range(quote.min_duration_s, max(quote.max_duration_s, 600))
        self.slider.set_value(quote.duration_s)
        if not self.duration.edit.hasFocus():
            self.duration.set_text(formats.span(quote.duration_s))
        if not self.amount.edit.hasFocus():
            self.amount.set_amount(Mor(quote.stake), decimals=2)
        self._mark_preset(quote.duration_s)
        left = formats.duration(self._presenter.until_midnight())
        self._midnight.set_text(f"Until midnight UTC, {left}")
        longest = min(quote.max_affordable_s, quote.max_duration_s)
        self._longest.setVisible(longest >= quote.min_duration_s)
        self._longest.set_text(f"As long as I can, {formats.duration(longest)}")
        self._fee.setText(
            f"Network fee about {formats.eth(quote.fee_open_wei)} now,"
            f" {formats.eth(quote.fee_close_wei)} at the end"
        )
        self._balance.setText(
            f"Balance {formats.mor(quote.balance)} · {formats.eth(quote.balance_eth_wei)}"
        )
        self._show_privacy()
        self._offers.show_chosen(quote)
        self.money.show_quote(quote, now)
        self._show_state()

    def _show_privacy(self) -> None:
        quote, detail = self._presenter.quote, self._presenter.detail
        if quote is None:
            return
        privacy = quote.prompt_privacy
        is_for_audio = detail is not None and detail.model.kind == "STT"
        note = (audio_note(privacy) if is_for_audio else "") or "The provider reads your prompts."
        self._lock.set_icon(privacy_icon(privacy))
        self._privacy.setText(f"{privacy_words(privacy)}. {note}")

    def _previewed(self, preview: StopPreview) -> None:
        self.money.show_preview(preview)

    def _refused(self, error: NodeError) -> None:
        self._error = error
        if self._step >= 0:
            self._stepper.set_step(self._step, "failed")
        self._set_running(False)
        self._show_state()

    # --- opening ---

    def _confirm(self) -> None:
        if isinstance(self._error, PromptReadableError):
            self._presenter.agree_to_readable(str(self._error.details.get("provider", "")))
            return
        if self._error is not None:
            self._presenter.again()
            return
        self._step = 0
        self._stepper.set_step(0, "running")
        self._set_running(True)
        self._presenter.confirm()
        self._show_state()

    def _progressed(self, progress: OpenProgress) -> None:
        self._step = _STEPS.index(progress.step)
        for index in range(len(_STEPS)):
            if index < self._step:
                self._stepper.set_step(index, "done")
            else:
                self._stepper.set_step(index, "running" if index == self._step else "waiting")

    def _opened(self) -> None:
        self._set_running(False)
        self.finished.emit()
        self.close_sheet()

    def _set_running(self, running: bool) -> None:
        """While the provider and the chain are asked nothing else can be changed."""
        for widget in (self.duration, self.amount, self.slider, self._offers, self.money):
            widget.setEnabled(not running)
        self.cancel.set_text("Close, it goes on" if running else "Cancel")

    def _show_state(self) -> None:
        quote = self._presenter.quote
        reason = self._unclear or refusal(quote, self._error)
        running = self._presenter.is_opening
        self._progress.setVisible(self._step >= 0)
        is_told = bool(self._unclear) or quote is not None or self._error is not None
        self._problem.setText(reason if is_told else "")
        self._problem.setVisible(bool(self._problem.text()))
        if isinstance(self._error, PromptReadableError):
            self.confirm.set_text("Agree to readable prompts")
            self.confirm.disable_with("")
        elif self._error is not None and self._error.retryable:
            self.confirm.set_text("Try again")
            self.confirm.disable_with("")
        else:
            stake = formats.mor(quote.stake) if quote is not None else ""
            verb = "Pay" if quote is not None and quote.direct_payment else "Stake"
            waiting = "Open" if self._unclear else "Asking for the price"
            self.confirm.set_text(f"{verb} {stake} and open" if stake else waiting)
            self.confirm.disable_with(reason)
        self.confirm.set_busy(running)
