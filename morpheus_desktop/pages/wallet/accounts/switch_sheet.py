"""Asked before another account is used: unlock it at once, and what stays with the one before."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.accounts.password_part import PasswordPart
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import AccountView

_WHY = "With its password the account can sign at once. Without, it is locked until you need it."
_WATCHED = "An address without its key: you see everything, but nothing can be signed."
_BY_KEYRING = "The keychain of this computer keeps the password."


class SwitchSheet(Sheet):
    """Signals: `confirmed(SecretStr | None)`, without a password the account stays locked.

    `stays` says what the account before leaves open; empty for nothing.
    """

    confirmed = Signal(object)

    def __init__(
        self, host: QWidget, account: AccountView, *, stays: str = "", wait_s: int = 0
    ) -> None:
        self._asks = account.kind != "watch" and not account.by_keyring
        name = "wallet.switch"
        self.password = PasswordPart(_WHY, name=f"{name}.password", by_keyring=not self._asks)
        self.unlock_button = Button(
            "Switch and unlock" if self._asks else "Switch",
            "primary",
            size="primary",
            name=f"{name}.unlock",
        )
        self.locked_button = Button(
            "Switch, stay locked", "secondary", size="primary", name=f"{name}.locked"
        )
        if not self._asks:
            self.locked_button.hide()
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName(f"{name}.problem")
        self._problem.hide()
        super().__init__(
            host,
            self._lines(account, stays),
            name=name,
            footer=row(self.cancel_button, None, self.locked_button, self.unlock_button),
        )
        self._connect()
        self.password.wait_for(wait_s if self._asks else 0)
        self._check()

    def _lines(self, account: AccountView, stays: str) -> QVBoxLayout:
        lines = column(Label("Use another account", "h2"), 14, _who(account))
        if not self._asks:
            lines.addSpacing(10)
            words = _WATCHED if account.kind == "watch" else _BY_KEYRING
            lines.addWidget(Label(words, "small", "text2", wrap=True))
        if stays:
            lines.addSpacing(12)
            lines.addWidget(_note(stays))
        lines.addSpacing(14)
        lines.addWidget(self.password)
        lines.addWidget(self._problem)
        lines.addSpacing(8)
        return lines

    def _connect(self) -> None:
        self.password.changed.connect(self._check)
        self.password.submitted.connect(self._unlock)
        self.unlock_button.clicked.connect(self._unlock)
        self.locked_button.clicked.connect(lambda: self._confirm(None))
        self.cancel_button.clicked.connect(self.close_sheet)
        self.closed.connect(self.password.clear)

    def finished(self) -> None:
        """The account is in use."""
        self._busy(False)
        self.close_sheet()

    def refused(self, error: NodeError) -> None:
        """Nothing has changed."""
        self._busy(False)
        if not self.password.show_refusal(error):
            self._problem.setText(f"{error.message} {error.hint}".strip())
            self._problem.show()
        self._check()

    def _check(self) -> None:
        wait_s = self.password.wait_s
        text = "Switch and unlock" if self._asks else "Switch"
        self.unlock_button.set_text(f"Next try in {wait_s} s" if wait_s else text)
        self.unlock_button.disable_with(self.password.problem)

    def _unlock(self) -> None:
        if self.unlock_button.isEnabled():
            self._confirm(self.password.value())

    def _confirm(self, password: SecretStr | None) -> None:
        self._problem.hide()
        self._busy(True, waits_on=self.locked_button if password is None else self.unlock_button)
        self.confirmed.emit(password)

    def _busy(self, on: bool, *, waits_on: Button | None = None) -> None:
        self.locked = on
        for button in (self.unlock_button, self.locked_button):
            button.set_busy(on and (button is waits_on or button.isHidden()))
            if on and button is not waits_on:
                button.setEnabled(False)
        self.cancel_button.setEnabled(not on)
        if not on:
            self.locked_button.setEnabled(True)
            self._check()


def _who(account: AccountView) -> Sunken:
    names = column(
        ElidedLabel(account.label, "strong"),
        Label(formats.short_address(account.address), "mono", "text2"),
    )
    line = row(Avatar(account.label, account.address, side=36, circle=True), spacing=12)
    line.addLayout(names, 1)
    box = Sunken(line, margins=(14, 10, 14, 10))
    box.setToolTip(account.address)
    return box


def _note(text: str) -> QWidget:
    line = row(IconLabel("timer", "text2", 16), spacing=8)
    line.addWidget(Label(text, "small", "text2", wrap=True), 1)
    box = QWidget()
    box.setLayout(line)
    box.setObjectName("wallet.switch.stays")
    box.setAccessibleName(text)
    return box
