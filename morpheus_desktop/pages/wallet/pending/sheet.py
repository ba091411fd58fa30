"""Speed up or cancel: what it costs, what may come of it, then the yes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.pending.presenter import ReplacePresenter, Verb
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError, QuoteExpiredError, WalletLockedError
from node.service.dto import ReplaceDraft, TransactionView

MINED = "chain.tx_mined"
KEPT = "chain.tx_kept"
_TITLES = {"speed_up": "Speed up this transaction", "cancel": "Cancel this transaction"}
_GO = {"speed_up": "Speed up", "cancel": "Cancel it"}
_CHECKING = "Checking what the network asks now…"
_AGED = "The fee was checked again: look once more."
_KEEP = "Let it wait"


class ReplaceSheet(Sheet):
    """Signals: `told(text, tone)` for a toast; `unlock_needed(NodeError)`, the sheet stays."""

    told = Signal(str, str)
    unlock_needed = Signal(object)

    def __init__(
        self,
        host: QWidget,
        presenter: ReplacePresenter,
        transaction: TransactionView,
        verb: Verb,
        what: str,
    ) -> None:
        self._presenter, self._transaction, self._verb = presenter, transaction, verb
        self._draft: ReplaceDraft | None = None
        name = "wallet.pending"
        self._facts, self._outcomes = column(spacing=6), column(spacing=8)
        self._figures = Sunken(self._facts)
        self._figures.hide()
        self._note = Label(_CHECKING, "body", "text2", wrap=True)
        self._note.setObjectName(f"{name}.note")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName(f"{name}.problem")
        self._problem.hide()
        self.keep_button = Button(_KEEP, "ghost", size="primary", name=f"{name}.keep")
        kind = "primary" if verb == "speed_up" else "danger"
        self.go_button = Button(_GO[verb], kind, size="primary", name=f"{name}.go")  # type: ignore[arg-type]
        super().__init__(
            host,
            column(
                Label(_TITLES[verb], "h2"),
                4,
                Label(what, "body", "text2", wrap=True),
                14,
                self._figures,
                boxed(column(14, self._outcomes)),
                self._note,
                8,
                self._problem,
            ),
            name=name,
            footer=row(None, self.keep_button, self.go_button),
        )
        presenter.drafted.connect(self._show_draft)
        presenter.draft_failed.connect(self._not_drafted)
        presenter.replaced.connect(self._replaced)
        presenter.replace_failed.connect(self._not_replaced)
        presenter.time.ticked.connect(self._tick)
        self.keep_button.clicked.connect(self.close_sheet)
        self.go_button.clicked.connect(self._go)
        self._check()

    # --- what it costs ---

    def _check(self) -> None:
        self._draft = None
        self.go_button.disable_with("The network fee is not known yet.")
        self._presenter.draft(self._transaction, self._verb)

    def _show_draft(self, draft: ReplaceDraft) -> None:
        self._draft = draft
        clear(self._facts)
        for title, value in (
            ("Fee now, at most", formats.eth(draft.old_fee_wei)),
            ("Fee then, at most", formats.eth(draft.fee_wei)),
            ("Number (nonce)", str(draft.nonce)),
        ):
            self._facts.addLayout(row(Label(title, "body", "text2"), None, Label(value, "strong")))
        self._figures.show()
        clear(self._outcomes)
        for sentence in draft.explanation:
            words = Label(sentence, "body", "text2", wrap=True)
            line = row(IconLabel("info", "text3", 16), spacing=10)
            line.addWidget(words, 1)
            self._outcomes.addLayout(line)
        self._note.hide()
        self.go_button.disable_with("")

    def _not_drafted(self, error: NodeError) -> None:
        self._note.hide()
        self._say(error)
        if error.code == MINED or not error.retryable:
            self._over()
        else:
            self.go_button.set_text("Check again")
            self.go_button.disable_with("")

    # --- what comes of it ---

    def _go(self) -> None:
        self._problem.hide()
        if self._draft is None:
            self.go_button.set_text(_GO[self._verb])
            self._check()
            return
        self._busy(True)
        self._presenter.replace(self._draft)

    def _replaced(self, _transaction: TransactionView) -> None:
        self._busy(False)
        self.close_sheet()
        words = {"speed_up": "Offered again with a higher fee", "cancel": "Cancelling"}
        self.told.emit(words[self._verb], "success")

    def _not_replaced(self, error: NodeError) -> None:
        self._busy(False)
        if isinstance(error, QuoteExpiredError):
            self._check_again()
        elif isinstance(error, WalletLockedError):
            self.unlock_needed.emit(error)
        else:
            self._say(error)
            if error.code in (MINED, KEPT):
                self._over()

    def _tick(self) -> None:
        draft = self._draft
        aged = draft is not None and self._presenter.time.now() > draft.expires_at
        if aged and self.isVisible() and not self._presenter.is_sending:
            self._check_again()

    def _check_again(self) -> None:
        self._check()
        self._note.setText(_AGED)
        self._note.show()

    # --- parts ---

    def _say(self, error: NodeError) -> None:
        self._problem.setText(f"{error.message} {error.hint}".strip())
        self._problem.show()
        self.bring_into_view(self._problem)

    def _over(self) -> None:
        """Nothing is left to do here."""
        self.go_button.hide()
        self.keep_button.set_text("Close")
        self.keep_button.setFocus()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.go_button.set_busy(on)
        self.keep_button.setEnabled(not on)
