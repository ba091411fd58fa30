"""Send MOR or ETH: what and where, then the checked draft and the yes, then what became of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.send.footer import Footer
from morpheus_desktop.pages.wallet.send.form_step import FormStep
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter, Wish
from morpheus_desktop.pages.wallet.send.problems import Problem, is_watch_only, problem_of
from morpheus_desktop.pages.wallet.send.result_step import ResultStep
from morpheus_desktop.pages.wallet.send.review_step import ReviewStep, difference
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import (
    NodeError,
    PriceChangedError,
    QuoteExpiredError,
    RpcUnavailableError,
    WalletLockedError,
)
from node.service.dto import Contact, SendDraft, TransactionView

WIDTH = 540
_FORM, _REVIEW, _RESULT = "form", "review", "result"
_TITLES = {_FORM: "Send", _REVIEW: "Check before sending", _RESULT: ""}
_FEE_ROSE = "funds.fee_rose"
_SAME = "Checked again: it costs the same."


class SendSheet(Sheet):
    """`to`: the recipient to begin with, for example a contact's address.

    Signals: `finished(TransactionView)` when a transfer was sent; `unlock_needed(NodeError)`;
    `receive_requested()` when ETH for the fee is missing. All that was typed stays through them.
    """

    finished = Signal(object)
    unlock_needed = Signal(object)
    receive_requested = Signal()

    def __init__(self, host: QWidget, presenter: SendPresenter, *, to: str = "") -> None:
        self._presenter = presenter
        self._draft: SendDraft | None = None
        self._step = _FORM
        self._used_up = self._asked_again = self._waits_for_key = False
        self._told_hash = ""
        self.form, self.review, self.result = FormStep(), ReviewStep(), ResultStep()
        self.footer = Footer()
        self.guard = self.footer.guard
        self.next_button, self.back_button = self.footer.next_button, self.footer.back_button
        self.done_button = self.footer.done_button
        self._title = Label("Send", "h2")
        super().__init__(
            host,
            column(self._title, 12, self.form, self.review, self.result),
            width=WIDTH,
            name="wallet.send",
            footer=self.footer.layout,
        )
        self._connect()
        self._show_step(_FORM)
        if to:
            self.form.to.set_address(to)
        presenter.load()

    def open(self) -> None:
        super().open()
        (self.form.amounts.edit if self.form.to.edit.text() else self.form.to.edit).setFocus()

    def _connect(self) -> None:
        presenter, form = self._presenter, self.form
        presenter.context_read.connect(self._context_read)
        presenter.checked.connect(self._checked)
        presenter.most_found.connect(self._most_found)
        presenter.most_failed.connect(lambda error: form.show_refusal(error, final=True))
        presenter.drafted.connect(self._drafted)
        presenter.draft_failed.connect(self._not_drafted)
        presenter.sent.connect(self._sent)
        presenter.send_failed.connect(self._not_sent)
        presenter.trouble.connect(self._trouble)
        presenter.unlocked.connect(self._unlocked)
        presenter.contact_saved.connect(self._contact_saved)
        presenter.contact_failed.connect(self.result.show_not_saved)
        form.changed.connect(presenter.check)
        form.submitted.connect(self._go_on)
        form.most_wanted.connect(self._find_most)
        form.way_chosen.connect(self._follow)
        form.reload_wanted.connect(presenter.load)
        self.result.save_wanted.connect(self._save_contact)
        self.guard.changed.connect(self._show_what_is_missing)
        self.guard.submitted.connect(self._go_on)
        self.next_button.clicked.connect(self._go_on)
        self.back_button.clicked.connect(self._go_back)
        self.done_button.clicked.connect(self.close_sheet)
        self.closed.connect(presenter.leave)

    # --- the form ---

    def _context_read(self) -> None:
        context = self._presenter.context
        if context is not None:
            self.form.set_context(context)
            self._show_what_is_missing()

    def _checked(self, wish: Wish, draft: SendDraft | None, error: NodeError | None) -> None:
        if self._step != _FORM or wish != self.form.wish:
            return
        if draft is not None:
            self.form.show_cost(draft)
        elif error is not None:
            self.form.show_refusal(error, final=False)

    def _find_most(self) -> None:
        asset, to = self.form.amounts.asset, self.form.to.address
        context = self._presenter.context
        held = context.held(asset) if context is not None else None
        if to:
            self._presenter.find_most(asset, to)
        elif asset == "MOR" and held is not None:
            self._most_found(asset, held)
        else:
            self.form.to.show_error("Enter the recipient first: the fee depends on it.")
            self.form.to.setFocus()

    def _most_found(self, asset: str, most: int) -> None:
        if asset != self.form.amounts.asset:
            return
        if not most:
            words = f"This wallet holds no {asset} that could be sent."
            self.form.show_problem(Problem(words=words, place="form"))
            return
        self.form.amounts.set_amount(most)
        self.form.amounts.edit.setFocus()

    def _follow(self, way: str) -> None:
        """The button beside a problem."""
        if way == "most":
            self._find_most()
        elif way == "retry":
            self._presenter.load()
            self._presenter.check(self.form.wish)
        elif way == "receive":
            self.close_sheet()
            self.receive_requested.emit()

    # --- from step to step ---

    def _go_on(self) -> None:
        if not self.next_button.isEnabled() or self._presenter.is_sending:
            return
        wish, draft = self.form.wish, self._draft
        if self._step == _FORM:
            if self.form.judge() and wish is not None:
                self._busy(True)
                self._presenter.draft(wish)
        elif self._used_up:
            self._check_again()
        elif draft is not None:
            self.review.show_problem("")
            self._busy(True)
            self.locked = True
            self._presenter.confirm(draft, self.guard.password(), self.guard.typed())

    def _check_again(self) -> None:
        self._asked_again = True
        self._busy(True)
        self._presenter.draft_again()

    def _drafted(self, draft: SendDraft) -> None:
        self._busy(False)
        self.locked = self._used_up = self._waits_for_key = False
        context, old = self._presenter.context, self._draft
        if context is None:
            return
        changes = difference(old, draft) if old is not None and self._step == _REVIEW else ""
        if self._asked_again and not changes:
            changes = _SAME
        self._asked_again = False
        self._draft = draft
        self.review.show_draft(draft, context, changes)
        self.guard.ask(password=draft.needs_password, typed=draft.needs_typed)
        self._show_step(_REVIEW)
        first = self.guard.typed_field if draft.needs_typed else self.guard.password_field
        (self.next_button if self.guard.isHidden() else first).setFocus()

    def _not_drafted(self, error: NodeError) -> None:
        self._busy(False)
        self._asked_again = False
        if self._step == _REVIEW and isinstance(error, RpcUnavailableError | WalletLockedError):
            self._stay(error)
            return
        self._show_form()
        self.form.show_refusal(error, final=True)

    def _go_back(self) -> None:
        if self._step == _FORM:
            self.close_sheet()
            return
        self._show_form()
        self.form.amounts.edit.setFocus()

    def _show_form(self) -> None:
        self._draft = None
        self._used_up = self._waits_for_key = False
        self.footer.forget()
        self._show_step(_FORM)

    # --- sending ---

    def _sent(self, transaction: TransactionView) -> None:
        self._show_result()
        self.result.show_transaction(transaction)
        if self._told_hash != transaction.hash:
            self._told_hash = transaction.hash
            self.finished.emit(transaction)

    def _trouble(self, error: NodeError) -> None:
        self._show_result()
        self.result.show_trouble(error)

    def _not_sent(self, error: NodeError) -> None:
        self.locked = False
        self._busy(False)
        if self.guard.show_error(error):
            return
        if isinstance(error, QuoteExpiredError | PriceChangedError) or error.code == _FEE_ROSE:
            self._check_again()
            return
        self._stay(error)

    def _stay(self, error: NodeError) -> None:
        """Nothing was sent and the draft is used up: say why, and check anew when asked to."""
        self._used_up = True
        words = problem_of(error, "").words
        self.review.show_problem(words if "othing was" in words else f"{words} Nothing was sent.")
        self.bring_into_view(self.review)
        if isinstance(error, WalletLockedError) and not is_watch_only(error):
            self._waits_for_key = True
            self.unlock_needed.emit(error)
        self._show_what_is_missing()
        self.next_button.setFocus()

    def _unlocked(self) -> None:
        if self._waits_for_key and self._step == _REVIEW:
            self._check_again()

    # --- afterwards ---

    def _show_result(self) -> None:
        self.locked = False
        self._busy(False)
        draft, context = self._draft, self._presenter.context
        if self._step == _RESULT or draft is None:
            return
        known = context.recipient(draft.to) if context is not None else None
        self.result.begin(draft, known.name if known is not None else draft.contact)
        self._show_step(_RESULT)
        self.done_button.setFocus()

    def _save_contact(self, name: str) -> None:
        if self._draft is not None:
            self._presenter.save_contact(self._draft.to, name)

    def _contact_saved(self, contact: Contact) -> None:
        self.result.show_saved(contact)
        self.done_button.setFocus()

    # --- looks ---

    def _show_step(self, step: str) -> None:
        self._step = step
        for name, widget in ((_FORM, self.form), (_REVIEW, self.review), (_RESULT, self.result)):
            widget.setVisible(name == step)
        self._title.setText(_TITLES[step])
        self._title.setVisible(bool(_TITLES[step]))
        self._show_what_is_missing()

    def _show_what_is_missing(self) -> None:
        context, draft = self._presenter.context, self._draft
        watched = context is not None and context.status.watch_only
        reason = "This account is watched only." if watched else ""
        if self._step == _RESULT:
            self.footer.show_result()
        elif self._step == _REVIEW and draft is not None:
            self.footer.show_review(draft, used_up=self._used_up, reason=reason)
        else:
            self.footer.show_form(reason)

    def _busy(self, on: bool) -> None:
        self.footer.set_busy(on)
        self.form.setEnabled(not on)
