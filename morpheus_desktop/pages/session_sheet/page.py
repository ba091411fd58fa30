"""The session sheet: one pair of time and stake, an offer, what happens, one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.session_sheet.money_block import MoneyBlock
from morpheus_desktop.pages.session_sheet.notes import Fix, Notes, fix_of
from morpheus_desktop.pages.session_sheet.offers import OfferChoice
from morpheus_desktop.pages.session_sheet.options import Options
from morpheus_desktop.pages.session_sheet.pair import LONGEST_S, SHORTEST_S, TimeAndStake
from morpheus_desktop.pages.session_sheet.presenter import (
    Rules,
    SessionSheetPresenter,
    refusal,
)
from morpheus_desktop.privacy import audio_note, privacy_icon, privacy_words
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.confirm_fields import ConfirmFields
from morpheus_desktop.widgets.frames import line
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from morpheus_desktop.widgets.stepper import Stepper
from node.core.errors import (
    NodeError,
    PriceChangedError,
    PromptReadableError,
    QuoteExpiredError,
)
from node.service.dto import (
    ModelDetail,
    OpenProgress,
    OpenStep,
    Quote,
    SessionView,
)

WIDTH = 660
_STEPS = (OpenStep.ASKING_PROVIDER, OpenStep.ALLOWING, OpenStep.OPENING, OpenStep.READY)
_STEP_TITLES = (
    "The provider agrees",
    "The marketplace may take the stake",
    "The session opens",
    "Ready",
)


class SessionSheet(Sheet):
    """Shows what its presenter finds; closes itself when the session is open.

    Signals: `finished()`; `receive_requested()` when MOR or ETH is missing.
    """

    finished = Signal()
    receive_requested = Signal()

    def __init__(self, host: QWidget, presenter: SessionSheetPresenter) -> None:
        self._presenter = presenter
        self._error: NodeError | None = None
        self._shown: Quote | None = None
        self._unclear = ""
        self._step = -1
        self._make_widgets()
        super().__init__(
            host, self._build(), width=WIDTH, name="session.sheet", footer=self._footer_part()
        )
        self._connect()

    def begin(self, model_id: str, *, bid_id: str = "", duration_s: int | None = None) -> None:
        """Ask for the offers and the first quote, and show the sheet."""
        self._unclear = ""
        self._presenter.start(model_id, bid_id=bid_id, duration_s=duration_s)
        self._show_state()
        self.open()
        self.pair.slider.setFocus()

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
        self._title = ElidedLabel("Open a session", "h2")
        self._subtitle = Label(
            "Your MOR is locked while you chat, then it comes back.", "body", "text2"
        )
        self._close = IconButton("x", "Close", name="session.sheet.close")
        self.pair = TimeAndStake()
        self._offers = OfferChoice()
        self.money = MoneyBlock()
        self._fee = ElidedLabel("", "small", "text2")
        self._balance = Label("", "small", "text2")
        self._lock = IconLabel("lock", "text3", 14)
        self._privacy = Label("", "small", "text2")
        self._privacy.setObjectName("session.sheet.privacy")
        self._notes = Notes()
        self.guard = ConfirmFields("session.sheet")
        self._missing = ElidedLabel("", "small", "text2", align=Qt.AlignmentFlag.AlignRight)
        self._missing.setObjectName("session.sheet.missing")
        self._stepper = Stepper(_STEP_TITLES)
        self.options = Options()
        self.options.hide()
        self.more = Button("More options", "ghost", icon="caret-down", name="session.sheet.more")
        self.cancel = Button("Cancel", "secondary", size="primary", name="session.sheet.cancel")
        self.confirm = Button("Open", "primary", size="primary", name="session.sheet.confirm")

    def _build(self) -> QVBoxLayout:
        head = row(self._avatar, spacing=14)
        head.addLayout(column(self._title, self._subtitle), 1)
        head.addWidget(self._close)
        fees = row(IconLabel("info", "text3", 14), spacing=6)
        fees.addWidget(self._fee, 1)
        fees.addWidget(self._balance)
        self._progress = boxed(column(line(), 14, self._stepper, 4))
        return column(
            head,
            16,
            self.pair,
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
            10,
            self.options,
            self._progress,
        )

    def _footer_part(self) -> QVBoxLayout:
        """What must be seen before the yes stands above it, however small the window is."""
        return column(self._notes, self.guard, self._buttons(), spacing=10)

    def _buttons(self) -> QHBoxLayout:
        buttons = row(self.more, spacing=8)
        buttons.addWidget(self._missing, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.confirm)
        return buttons

    def _connect(self) -> None:
        presenter = self._presenter
        self._close.clicked.connect(self.close_sheet)
        self.cancel.clicked.connect(self.close_sheet)
        self.closed.connect(presenter.leave)
        self.pair.duration_chosen.connect(self._duration_chosen)
        self.pair.stake_chosen.connect(self._stake_chosen)
        self.pair.unclear.connect(self._refuse_input)
        self._offers.chosen.connect(presenter.choose_bid)
        self.money.stop_moved.connect(presenter.preview_stop)
        self.more.clicked.connect(self._toggle_options)
        self.options.changed.connect(self._options_changed)
        self._notes.fix_clicked.connect(self._fix)
        self.guard.changed.connect(self._show_state)
        self.guard.submitted.connect(self._confirm)
        self.confirm.clicked.connect(self._confirm)
        presenter.rules_read.connect(self._rules_read)
        presenter.offers_loaded.connect(self._offers_loaded)
        presenter.quoting.connect(self._quoting)
        presenter.quoted.connect(self._quoted)
        presenter.stop_previewed.connect(self.money.show_preview)
        presenter.refused.connect(self._refused)
        presenter.progressed.connect(self._progressed)
        presenter.opened.connect(self._opened)

    # --- choosing ---

    def _duration_chosen(self, seconds: int) -> None:
        self._unclear = ""
        self._presenter.set_duration(seconds)
        self._show_state()

    def _stake_chosen(self, base: int) -> None:
        self._unclear = ""
        self._presenter.set_stake(base)
        self._show_state()

    def _refuse_input(self, reason: str) -> None:
        self._unclear = reason
        self._error = None
        self._presenter.unclear()
        self._show_state()

    def _toggle_options(self) -> None:
        shown = self.options.isHidden()
        self.options.setVisible(shown)
        self.more.set_text("Fewer options" if shown else "More options")
        if shown:
            self.bring_into_view(self.options)

    def _options_changed(self) -> None:
        options = self.options
        self._presenter.set_options(
            failover=options.failover, auto_extend=options.auto_extend, direct=options.direct
        )

    def _fix(self, fix: Fix) -> None:
        """The button beside a reason: the way out that the sheet itself has."""
        if fix.seconds:
            self.pair.choose_duration(fix.seconds)
        elif fix.kind == "offers":
            self._offers.unfold()
        elif fix.kind == "receive":
            self.receive_requested.emit()
            self.close_sheet()
        elif fix.kind == "tee":
            self._presenter.accept_unverified_tee()

    # --- answers ---

    def _offers_loaded(self, detail: ModelDetail) -> None:
        name = detail.model.name
        verb = "Extend the session with" if self._presenter.extends else "Open a session with"
        self._title.set_text(f"{verb} {name}")
        self._avatar.set_name(name, detail.model.id)
        self._offers.show_offers(detail, self._presenter.bid_id)
        self._show_privacy()

    def _rules_read(self, rules: Rules) -> None:
        self.options.show_rules(rules)
        self.money.show_rules(auto_claim=rules.auto_claim)

    def _quoting(self) -> None:
        self._error = None
        self._show_state()

    def _quoted(self, quote: Quote) -> None:
        self._shown = quote
        self.pair.show_quote(quote, self._presenter.until_midnight())
        self._fee.set_text(
            f"Fees about {formats.eth(quote.fee_open_wei)} now,"
            f" {formats.eth(quote.fee_close_wei)} at the end"
        )
        self._balance.setText(
            f"Balance {formats.mor(quote.balance)} · {formats.eth(quote.balance_eth_wei)}"
        )
        self._show_privacy()
        self._offers.show_chosen(quote)
        self.options.show_quote(quote)
        self.money.show_quote(quote, self._presenter.time.now())
        self.guard.ask(password=quote.needs_password, typed=quote.needs_typed)
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

    def _refused(self, error: NodeError) -> None:
        if self.guard.show_error(error):
            # Nothing was sent and the quote stands: type it again.
            self._step = -1
            self._set_running(False)
            self._show_state()
            return
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
        if isinstance(self._error, PriceChangedError):
            self._presenter.follow(self._error)
            return
        if self._error is not None:
            self._presenter.again()
            return
        if not self.confirm.isEnabled():
            return
        self._step = 0
        self._stepper.set_step(0, "running")
        self._set_running(True)
        self._presenter.confirm(self.guard.password(), self.guard.typed())
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
        self.guard.clear()
        self.finished.emit()
        self.close_sheet()

    def _set_running(self, running: bool) -> None:
        """While the provider and the chain are asked nothing else can be changed."""
        changeable = (self.pair, self._offers, self.money, self.options, self.guard)
        for widget in changeable:
            widget.setEnabled(not running)
        self.cancel.set_text("Close, it goes on" if running else "Cancel")

    def _show_state(self) -> None:
        quote = self._presenter.quote
        reason = self._unclear or refusal(quote, self._error)
        running = self._presenter.is_opening
        self._progress.setVisible(self._step >= 0)
        is_told = bool(self._unclear) or quote is not None or self._error is not None
        fix = None if self._unclear else fix_of(quote or self._shown, self._error)
        self._notes.show_notes(
            reason if is_told else "",
            fix,
            quote.warnings if quote is not None and not running else (),
        )
        missing = "" if reason or self._error or running else self.guard.problem
        self._missing.set_text(missing)
        reason = reason or missing
        if isinstance(self._error, PromptReadableError):
            self.confirm.set_text("Agree to readable prompts")
            self.confirm.disable_with("")
        elif isinstance(self._error, QuoteExpiredError | PriceChangedError):
            self.confirm.set_text("Review again")
            self.confirm.disable_with("")
        elif self._error is not None and self._error.retryable:
            self.confirm.set_text("Try again")
            self.confirm.disable_with("")
        else:
            stake = formats.mor(quote.stake) if quote is not None else ""
            verb = "Lock" if quote is not None and quote.direct_payment else "Stake"
            waiting = "Open" if self._unclear else "Asking for the price"
            self.confirm.set_text(f"{verb} {stake} and open" if stake else waiting)
            self.confirm.disable_with(reason)
        self.confirm.set_busy(running)
