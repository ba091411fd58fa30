"""Changing an allowance: how much, then what it means, then the yes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.approvals.amount_form import AmountForm
from morpheus_desktop.pages.wallet.approvals.presenter import ApprovalsPresenter
from morpheus_desktop.pages.wallet.approvals.review import DraftReview
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.confirm_fields import ConfirmFields
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import InvalidAmountError, NodeError, QuoteExpiredError, WalletLockedError
from node.service.dto import ApprovalView, SendDraft

_CHECKING = "Checking the network fee…"
_AGED = "This was older than five minutes. The fee is checked again: look once more."
_GOING = "On its way. This can be closed: Activity shows when it is done."


class ApprovalSheet(Sheet):
    """With `revoke` it begins with the yes, otherwise with the amount.

    Signals: `unlock_needed(NodeError)`.
    """

    unlock_needed = Signal(object)

    def __init__(
        self,
        host: QWidget,
        presenter: ApprovalsPresenter,
        approval: ApprovalView,
        *,
        revoke: bool,
    ) -> None:
        self._presenter, self._approval, self._revoke = presenter, approval, revoke
        self._draft: SendDraft | None = None
        self._amount = 0
        name = "wallet.approvals.sheet"
        self._title = Label("", "h2", wrap=True)
        self.form = AmountForm(approval)
        self.review = DraftReview(approval)
        self.guard = ConfirmFields(name)
        self._note = Label("", "body", "text2", wrap=True)
        self._error = Label("", "small", "danger", wrap=True)
        self.next_button = Button("", "primary", size="primary", name=f"{name}.go")
        self.back_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        super().__init__(
            host,
            self._content(),
            name=name,
            footer=row(None, self.back_button, self.next_button),
        )
        self._connect()
        if revoke:
            self._check(0)
        else:
            self._show_form()

    def _content(self) -> QLayout:
        guard = boxed(column(8, self.guard))
        return column(self._title, 12, self.form, self.review, self._note, guard, self._error, 4)

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.drafted.connect(self._show_draft)
        presenter.draft_failed.connect(self._refused)
        presenter.on_its_way.connect(self._going)
        presenter.sent.connect(self._sent)
        presenter.send_failed.connect(self._send_failed)
        presenter.time.ticked.connect(self._tick)
        self.form.changed.connect(self._show_what_is_missing)
        self.form.submitted.connect(self._go_on)
        self.guard.changed.connect(self._show_what_is_missing)
        self.guard.submitted.connect(self._go_on)
        self.next_button.clicked.connect(self._go_on)
        self.back_button.clicked.connect(self._go_back)
        self.closed.connect(presenter.forget_draft)

    # --- steps ---

    def _show_form(self) -> None:
        self._draft = None
        self._title.setText("Change the allowance")
        self._steps(form=True)
        self._say("")
        self._write("")
        self.next_button.set_text("Review")
        self.back_button.set_text("Cancel")
        self._show_what_is_missing()

    def _check(self, amount: int) -> None:
        """Ask for the draft; the review shows what it says."""
        self._amount, self._draft = amount, None
        self._title.setText(_title(amount))
        self._steps(form=False)
        self.review.hide()
        self._say("")
        self._write(_CHECKING)
        self.next_button.set_text(_verb(amount))
        self.next_button.disable_with("The network fee is not known yet.")
        self._presenter.draft(amount, self._approval.spender)

    def _show_draft(self, draft: SendDraft) -> None:
        if not self.isVisible() or draft.amount != self._amount or self.locked:
            return
        self._draft = draft
        self._write("")
        self.review.show_draft(draft)
        self.review.show()
        self.guard.ask(password=draft.needs_password, typed=draft.needs_typed)
        self.back_button.set_text("Cancel" if self._revoke else "Back")
        self._show_what_is_missing()
        if not self._revoke:
            self._focus_what_is_next(draft)

    def _focus_what_is_next(self, draft: SendDraft) -> None:
        if draft.needs_typed:
            self.guard.typed_field.setFocus()
        elif draft.needs_password:
            self.guard.password_field.setFocus()
        else:
            self.next_button.setFocus()

    def _refused(self, error: NodeError) -> None:
        words = f"{error.message} {error.hint}".strip()
        if isinstance(error, InvalidAmountError) and not self._revoke:
            self._show_form()
            self.form.show_error(words)
            return
        self._write("")
        self._say(words)
        self.next_button.set_text("Check again")
        self.next_button.disable_with("")
        self.back_button.set_text("Cancel" if self._revoke else "Back")

    # --- what the user does ---

    def _go_on(self) -> None:
        if not self.next_button.isEnabled():
            return
        if self.form.isVisible():
            amount = self.form.amount()
            if amount is not None:
                self._check(amount)
        elif self._draft is None:
            self._check(self._amount)
        elif (obstacle := self._presenter.obstacle()) is not None:
            self.unlock_needed.emit(obstacle)
        else:
            self._say("")
            self._busy(True)
            self._presenter.send(self._draft, self.guard.password(), self.guard.typed())

    def _go_back(self) -> None:
        if self._revoke or self.form.isVisible() or self._presenter.is_sending:
            self.close_sheet()
            return
        self._presenter.forget_draft()
        self.guard.clear()
        self.guard.ask(password=False, typed="")
        self._show_form()

    # --- what comes of it ---

    def _going(self) -> None:
        if self._draft is not None and self.locked:
            self.locked = False
            self.guard.clear()
            self.guard.ask(password=False, typed="")
            self._write(_GOING)
            self.back_button.set_text("Close")
            self.back_button.setEnabled(True)

    def _sent(self, draft: SendDraft) -> None:
        if draft == self._draft:
            self.locked = False
            self.guard.clear()
            self.close_sheet()

    def _send_failed(self, error: NodeError) -> None:
        if self._draft is None:
            return
        self._busy(False)
        self._write("")
        self.back_button.set_text("Cancel" if self._revoke else "Back")
        if isinstance(error, QuoteExpiredError):
            self._check_again()
        elif isinstance(error, WalletLockedError):
            self.unlock_needed.emit(error)
        elif not self.guard.show_error(error):
            self._say(f"{error.message} {error.hint}".strip())

    def _tick(self) -> None:
        draft = self._draft
        aged = draft is not None and self._presenter.time.now() > draft.expires_at
        if aged and self.isVisible() and not self._presenter.is_sending:
            self._check_again()

    def _check_again(self) -> None:
        self._check(self._amount)
        self._say(_AGED)

    # --- parts ---

    def _steps(self, *, form: bool) -> None:
        self.form.setVisible(form)
        self.review.setVisible(not form)
        if form:
            self.guard.ask(password=False, typed="")

    def _show_what_is_missing(self) -> None:
        problem = self.form.problem if self.form.isVisibleTo(self) else self.guard.problem
        self.next_button.disable_with(problem)

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.next_button.set_busy(on)
        self.back_button.setEnabled(not on)

    def _write(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))


def _title(amount: int) -> str:
    if not amount:
        return "Take the allowance back"
    return f"Allow the marketplace {formats.mor(amount)}"


def _verb(amount: int) -> str:
    return f"Approve {formats.mor(amount)}" if amount else "Revoke"
