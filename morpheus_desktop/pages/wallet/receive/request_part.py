"""Asking for an amount: what the code and the link then say."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.send.amounts import (
    ASSETS,
    choices_of,
    read_amount,
    typed_form,
)
from morpheus_desktop.pages.wallet.send.choice_line import ChoiceLine
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.guarded_field import WAS_SECRET, GuardedField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import InvalidAmountError


class RequestPart(QWidget):
    """`amount` in base units of `asset`, None while nothing is asked for. Signals: `changed()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asset_choice = Segment(ASSETS, name="wallet.receive.asset")
        self.field = GuardedField("any amount", name="wallet.receive.amount", words=WAS_SECRET)
        self.edit = self.field.edit
        self.edit.setAccessibleName("Amount to ask for")
        self.edit.setFont(font("strong", tabular=True))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._unit = Label("MOR", "small", "text3")
        self.field.add_widget(self._unit)
        self._choices = ChoiceLine(self.edit, "wallet.receive.choice")
        line = row(column(2, self.asset_choice, None), spacing=8)
        line.addLayout(column(self.field, self._choices, None), 1)
        title = Label("Ask for an amount, if you like", "small", "text2")
        self.setLayout(column(title, 4, line))
        self.amount: int | None = None
        self.asset_choice.chosen.connect(lambda _index: self._typed(self.edit.text()))
        self.field.changed.connect(self._typed)
        self.field.submitted.connect(self._entered)
        self._choices.taken.connect(self._take)

    @property
    def asset(self) -> str:
        return ASSETS[self.asset_choice.index]

    def refuse(self, words: str) -> None:
        """The amount cannot be asked for."""
        self.field.show_error(words)

    def _typed(self, text: str) -> None:
        self._unit.setText(self.asset)
        self.amount, problem = None, ""
        choices: tuple[str, ...] = ()
        if text.strip():
            try:
                self.amount = read_amount(text, self.asset)
            except InvalidAmountError as error:
                choices = choices_of(error)
                problem = error.message if text.strip("0. ") else ""
        self.edit.setToolTip(f"{typed_form(self.amount)} {self.asset}" if self.amount else "")
        self.field.show_error(problem)
        self._choices.offer(choices, self.asset)
        self.changed.emit()

    def _take(self, text: str) -> None:
        self.edit.setText(text)
        self.edit.setFocus()

    def _entered(self) -> None:
        if self._choices.only:
            self._take(self._choices.only)
