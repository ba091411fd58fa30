"""How much the marketplace may take: exactly each stake, or once an amount."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.approvals.words import amount_words
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow
from morpheus_desktop.widgets.fields import AmountEdit
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column
from node.service.dto import ApprovalView

_EXACT, _ONCE = 0, 1
_WHY = "Saves the extra transaction of the next sessions, until it is used up."


class AmountForm(QWidget):
    """`changed()`, `submitted()`. `problem` says why it cannot go on."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, approval: ApprovalView) -> None:
        super().__init__()
        self._now = approval.amount
        self.choice = RadioGroup()
        self.choice.set_rows(
            [
                RadioRow(
                    "Exactly what each session locks",
                    "Recommended. Nothing is left over; what is allowed now is taken back.",
                    name="wallet.approvals.sheet.exact",
                ),
                RadioRow("Approve once for an amount", _WHY, name="wallet.approvals.sheet.once"),
            ],
            _EXACT if approval.amount else _ONCE,
        )
        self.field = AmountEdit(name="wallet.approvals.sheet.amount")
        note = "It may take up to this much for your sessions without asking you again."
        self._once = boxed(column(10, self.field, 6, Label(note, "small", "text2", wrap=True)))
        lead = f"Allowed now: {amount_words(approval.amount)}"
        self.setLayout(column(Label(lead, "body", "text2", wrap=True), 10, self.choice, self._once))
        self.choice.chosen.connect(self._chosen)
        self.field.changed.connect(lambda _text: self.changed.emit())
        self.field.submitted.connect(self.submitted)
        self._once.setVisible(self.choice.index == _ONCE)

    @property
    def problem(self) -> str:
        if self.choice.index == _EXACT and not self._now:
            return "Nothing is allowed now: each session approves exactly what it locks."
        return ""

    def amount(self) -> int | None:
        """Base units, 0 for exactly; None, with the reason at the field, when it is no amount."""
        if self.choice.index == _EXACT:
            return 0
        if self.field.amount is None or not self.field.amount.base:
            if not self.field.edit.accessibleDescription():
                self.field.show_error("Enter an amount above 0.")
            self.field.setFocus()
            return None
        return self.field.amount.base

    def show_error(self, text: str) -> None:
        self.field.show_error(text)
        self.field.setFocus()

    def _chosen(self, index: int) -> None:
        self._once.setVisible(index == _ONCE)
        if index == _ONCE:
            self.field.setFocus()
        self.changed.emit()
