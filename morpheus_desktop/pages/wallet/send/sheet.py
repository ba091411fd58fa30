"""Send MOR or ETH: what and where, then the checked draft, then the yes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.confirm_fields import ConfirmFields
from morpheus_desktop.widgets.fields import AmountEdit, TextField
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import FundsError, InvalidAddressError, NodeError, WalletLockedError
from node.core.units import Mor
from node.service.dto import MorOverview, SendDraft, TransactionView

_ASSETS = ("MOR", "ETH")
_FORM, _REVIEW = 0, 1


class SendSheet(Sheet):
    """`finished(TransactionView)` when the transfer was sent; `unlock_needed(NodeError)`."""

    finished = Signal(object)
    unlock_needed = Signal(object)

    def __init__(self, host: QWidget, presenter: SendPresenter, overview: MorOverview) -> None:
        self._presenter, self._overview = presenter, overview
        self._draft: SendDraft | None = None
        self.asset = Segment(_ASSETS, name="wallet.send.asset")
        self.to = TextField("0x… address", name="wallet.send.to")
        self.amounts = (
            AmountEdit(unit="MOR", name="wallet.send.amount.mor"),
            AmountEdit(unit="ETH", name="wallet.send.amount.eth"),
        )
        self.all_button = Button("All", "secondary", name="wallet.send.all")
        self._free = Label("", "small", "text3")
        self._error = Label("", "small", "danger", wrap=True)
        self._review = column(spacing=6)
        self.guard = ConfirmFields("wallet.send")
        self._title = Label("Send", "h2")
        self.next_button = Button("Review", "primary", size="primary", name="wallet.send.review")
        self.back_button = Button("Cancel", "ghost", size="primary", name="wallet.send.cancel")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._form())
        self._stack.addWidget(boxed(column(Sunken(self._review), 10, self.guard, None)))
        super().__init__(
            host,
            column(
                self._title,
                14,
                self._stack,
                self._error,
                18,
                row(None, self.back_button, self.next_button),
            ),
            name="wallet.send",
        )
        self._error.hide()
        self._connect()
        self._asset_chosen(0)

    def _form(self) -> QWidget:
        amount = row(spacing=8)
        for field in self.amounts:
            amount.addWidget(field, 1)
        amount.addWidget(self.all_button)
        return boxed(
            column(
                row(self.asset, None),
                14,
                Label("To", "small", "text2"),
                4,
                self.to,
                12,
                row(Label("Amount", "small", "text2"), None, self._free),
                4,
                amount,
            )
        )

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.drafted.connect(self._show_draft)
        presenter.draft_failed.connect(self._refused)
        presenter.sent.connect(self._sent)
        presenter.send_failed.connect(self._send_failed)
        self.asset.chosen.connect(self._asset_chosen)
        self.all_button.clicked.connect(self._all)
        self.next_button.clicked.connect(self._go_on)
        self.back_button.clicked.connect(self._go_back)
        self.to.submitted.connect(self._go_on)
        self.guard.changed.connect(self._show_what_is_missing)
        self.guard.submitted.connect(self._go_on)
        for field in self.amounts:
            field.submitted.connect(self._go_on)

    @property
    def amount(self) -> AmountEdit:
        """The field of the chosen asset."""
        return self.amounts[self.asset.index]

    def _asset_chosen(self, index: int) -> None:
        for number, field in enumerate(self.amounts):
            field.setVisible(number == index)
        mor = index == 0
        self.all_button.setVisible(mor)
        held = self._overview.wallet if mor else self._overview.eth_wei
        self._free.setText(f"{formats.mor(held) if mor else formats.eth(held)} free")

    def _all(self) -> None:
        self.amount.set_amount(Mor(self._overview.wallet), decimals=18)

    # --- form to draft ---

    def _go_on(self) -> None:
        if not self.next_button.isEnabled():
            return
        if self._draft is not None:
            self._busy(True)
            self.locked = True
            self._presenter.send(self._draft, self.guard.password(), self.guard.typed())
            return
        address, amount = self.to.text().strip(), self.amount.amount
        if not address:
            self.to.show_error("Enter the address to send to.")
        elif amount is None or not amount.base:
            self.amount.show_error("Enter an amount above 0.")
        else:
            self._say("")
            self._busy(True)
            self._presenter.draft(_ASSETS[self.asset.index], address, amount.base)

    def _refused(self, error: NodeError) -> None:
        self._busy(False)
        words = f"{error.message} {error.hint}".strip()
        if isinstance(error, InvalidAddressError) or error.code == "input.address":
            self.to.show_error(words)
            self.to.setFocus()
        elif isinstance(error, FundsError) or error.code.startswith("input.amount"):
            self.amount.show_error(words)
            self.amount.setFocus()
        else:
            self._say(words)

    # --- draft to yes ---

    def _show_draft(self, draft: SendDraft) -> None:
        self._busy(False)
        self._draft = draft
        write = formats.mor if draft.asset == "MOR" else formats.eth
        amount = write(draft.amount)
        clear(self._review)
        self._review.addWidget(Label(amount, "figure"))
        self._review.addWidget(Label("goes to", "small", "text3"))
        to = Label(formats.grouped_address(draft.to), "mono", selectable=True)
        to.setAccessibleName(draft.to)
        self._review.addWidget(to)
        self._review.addSpacing(6)
        self._fact("Network fee, at most", formats.eth(draft.fee_max_wei or draft.fee_wei))
        self._fact("Left afterwards", write(draft.balance_after))
        for warning in draft.warnings:
            line = row(IconLabel("warning", "warning", 16), spacing=8)
            line.addWidget(Label(warning.text, "body", "warning", wrap=True), 1)
            self._review.addLayout(line)
        line = row(IconLabel("info", "text3", 16), spacing=8)
        line.addWidget(Label("A transfer cannot be taken back.", "body", "text2", wrap=True), 1)
        self._review.addLayout(line)
        self.guard.ask(password=draft.needs_password, typed=draft.needs_typed)
        self._title.setText("Check before sending")
        self._stack.setCurrentIndex(_REVIEW)
        self.next_button.set_text(f"Send {amount}")
        self.back_button.set_text("Back")
        self._show_what_is_missing()
        if self.next_button.isEnabled():
            self.next_button.setFocus()

    def _fact(self, name: str, value: str) -> None:
        self._review.addLayout(row(Label(name, "body", "text2"), None, Label(value, "strong")))

    def _go_back(self) -> None:
        if self._draft is None:
            self.close_sheet()
            return
        self._draft = None
        self._say("")
        self.guard.clear()
        self.guard.ask(password=False, typed="")
        self._show_what_is_missing()
        self._title.setText("Send")
        self._stack.setCurrentIndex(_FORM)
        self.next_button.set_text("Review")
        self.back_button.set_text("Cancel")

    def _sent(self, transaction: TransactionView) -> None:
        self.locked = False
        self._busy(False)
        self.close_sheet()
        self.finished.emit(transaction)

    def _send_failed(self, error: NodeError) -> None:
        self.locked = False
        self._busy(False)
        if isinstance(error, WalletLockedError):
            self.unlock_needed.emit(error)
        if error.code == "market.quote_expired":
            self._go_back()
        if self.guard.show_error(error):
            return
        self._say(f"{error.message} {error.hint}".strip())

    def _show_what_is_missing(self) -> None:
        self.next_button.disable_with(self.guard.problem)

    def _busy(self, on: bool) -> None:
        self.next_button.set_busy(on)
        self.back_button.setEnabled(not on)

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
