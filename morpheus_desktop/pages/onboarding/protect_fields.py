"""How a wallet is protected on this computer: by a password, or by the system's secret store."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.onboarding.presenter import password_problem
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row

_BY_KEYRING = (
    "The keychain of this computer keeps a random password and opens the wallet while you are"
    " logged in."
)


class ProtectFields(QWidget):
    """Password twice, or with `keyring` the choice of the system's keychain instead.

    `problem` says why this cannot be taken yet. Signals: `changed()`, `submitted()`.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, *, keyring: bool = False) -> None:
        super().__init__()
        self._by = Segment(("Password", "System keychain"), name="wallet.protect")
        self.password = PasswordField("Password", name="wallet.password")
        self.again = PasswordField("Password once more", name="wallet.password.again")
        self.hint = Label("", "small", "text3", wrap=True)
        for field in (self.password, self.again):
            field.changed.connect(self._changed)
        self.again.submitted.connect(self.submitted)
        self._by.chosen.connect(self._changed)
        choice = boxed(row(Label("Protected by", "body", "text2"), None, self._by))
        choice.setVisible(keyring)
        self.setLayout(column(choice, self.password, self.again, self.hint, spacing=10))
        self._changed()

    @property
    def by_keyring(self) -> bool:
        return self._by.index == 1

    @property
    def problem(self) -> str:
        if self.by_keyring:
            return ""
        return password_problem(self.password.text(), self.again.text())

    def value(self) -> SecretStr | None:
        """The password; None when the keychain keeps one."""
        return None if self.by_keyring else SecretStr(self.password.text())

    def take(self) -> SecretStr | None:
        """The value; the fields are emptied."""
        value = self.value()
        self.password.set_text("")
        self.again.set_text("")
        return value

    def _changed(self) -> None:
        for field in (self.password, self.again):
            field.setVisible(not self.by_keyring)
        text = _BY_KEYRING if self.by_keyring else self.problem
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.changed.emit()
