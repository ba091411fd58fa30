"""How much of what: asset, amount, the most; what an unclear amount may have meant."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.send.amounts import (
    ASSETS,
    above_balance,
    choices_of,
    read_amount,
    typed_form,
    written,
)
from morpheus_desktop.pages.wallet.send.choice_line import ChoiceLine
from morpheus_desktop.pages.wallet.send.context import SendContext
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.guarded_field import GuardedField
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import InvalidAmountError


class AmountRow(QWidget):
    """Signals: `changed()`; `submitted()`; `most_wanted()`; `secret_typed()`, when the field is
    empty again.
    """

    changed = Signal()
    submitted = Signal()
    most_wanted = Signal()
    secret_typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asset_choice = Segment(ASSETS, name="wallet.send.asset")
        self.field = GuardedField("0", name="wallet.send.amount")
        self.edit = self.field.edit
        self.edit.setFont(font("strong", tabular=True))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setMaxLength(200)
        self._unit = Label("MOR", "small", "text3")
        self.field.add_widget(self._unit)
        self.most_button = Button("Max", "secondary", name="wallet.send.max")
        self._held = ElidedLabel("", "small", "text2", align=Qt.AlignmentFlag.AlignRight)
        self._held.setObjectName("wallet.send.held")
        self._choices = ChoiceLine(self.edit, "wallet.send.choice")
        self.most_button.setFixedHeight(self.field.frame.height())
        # The segment is four pixels lower than the frame of a field.
        line = row(column(2, self.asset_choice, None), spacing=8)
        line.addLayout(column(self.field, self._choices, None), 1)
        line.addLayout(column(self.most_button, None))
        head = row(Label("Amount", "small", "text2"), spacing=16)
        head.addWidget(self._held, 1)
        self.setLayout(column(head, 4, line))
        self._context: SendContext | None = None
        self._unclear = ""
        self.amount: int | None = None
        self.asset_choice.chosen.connect(self._asset_chosen)
        self.field.changed.connect(self._typed)
        self.field.secret_taken.connect(self.secret_typed)
        self.field.submitted.connect(self._entered)
        self.most_button.clicked.connect(self.most_wanted)
        self._choices.taken.connect(self._take)
        self._describe()

    @property
    def asset(self) -> str:
        return ASSETS[self.asset_choice.index]

    def choose_asset(self, asset: str) -> None:
        self.asset_choice.choose(ASSETS.index(asset))

    def set_context(self, context: SendContext) -> None:
        self._context = context
        self._describe()
        self._show_problem()

    def set_amount(self, base: int) -> None:
        """Exactly so much, with all its decimals."""
        self.edit.setText(typed_form(base))

    def show_error(self, text: str) -> None:
        self.field.show_error(text)

    def judge(self) -> bool:
        """Whether there is an amount that may be sent; says what is wrong with it."""
        if self.amount is None and not self._unclear:
            self.show_error("Enter an amount above 0.")
        return self.amount is not None and not self.is_too_much

    @property
    def is_too_much(self) -> bool:
        held = self._context.held(self.asset) if self._context is not None else None
        return held is not None and self.amount is not None and self.amount > held

    def _asset_chosen(self, _index: int) -> None:
        self._describe()
        self._typed(self.edit.text())

    def _describe(self) -> None:
        asset = self.asset
        context = self._context
        held = context.held(asset) if context is not None else None
        words = ""
        if context is not None and held is not None:
            words = f"{written(asset, held)} in {context.payer}"
        self._held.set_text(words)
        self._unit.setText(asset)
        self.edit.setAccessibleName(f"Amount in {asset}")

    def _typed(self, text: str) -> None:
        self.amount, self._unclear = None, ""
        choices: tuple[str, ...] = ()
        if text.strip():
            try:
                self.amount = read_amount(text, self.asset)
            except InvalidAmountError as error:
                choices = choices_of(error)
                self._unclear = error.message if choices else _words(error, text)
        self.edit.setToolTip(f"{typed_form(self.amount)} {self.asset}" if self.amount else "")
        self._choices.offer(choices, self.asset)
        self._show_problem()
        self.changed.emit()

    def _show_problem(self) -> None:
        held = self._context.held(self.asset) if self._context is not None else None
        if self._unclear:
            self.show_error(self._unclear)
        elif self.is_too_much and held is not None and self.amount is not None:
            self.show_error(above_balance(self.asset, self.amount, held))
            self._offer_most()
        else:
            self.show_error("")

    def _offer_most(self) -> None:
        button = Button("Use the most possible", size="compact", name="wallet.send.most")
        self._choices.show_buttons([(button, "")])

    def _take(self, text: str) -> None:
        """A reading was chosen, or with no text the most possible."""
        if text:
            self.edit.setText(text)
            self.edit.setFocus()
        else:
            self.most_wanted.emit()

    def _entered(self) -> None:
        if self._choices.only:
            self._take(self._choices.only)
        else:
            self.submitted.emit()


def _words(error: InvalidAmountError, text: str) -> str:
    """Half a number is not a mistake yet."""
    if text.strip() in (".", "0", "0.", "0,") or not text.strip().strip("0."):
        return ""
    return f"{error.message} {error.hint}".strip()
