"""How a wallet is protected on this computer: by a password, or by the system's secret store."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.figures import Meter
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row

MIN_PASSWORD = 12
_GOOD_PASSWORD = 20
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
        self.meter = Meter("Length of the password")
        for field in (self.password, self.again):
            field.changed.connect(self._changed)
        self.again.submitted.connect(self.submitted)
        self._by.chosen.connect(self._changed)
        choice = boxed(row(Label("Protected by", "body", "text2"), None, self._by))
        if not keyring:
            choice.hide()
        self.setLayout(column(choice, self.password, self.meter, self.again, self.hint, spacing=10))
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

    @property
    def _is_long(self) -> bool:
        return len(self.password.text()) >= _GOOD_PASSWORD

    def _changed(self) -> None:
        for field in (self.password, self.again):
            field.setVisible(not self.by_keyring)
        length = len(self.password.text())
        tone = "danger" if length < MIN_PASSWORD else "accent" if self._is_long else "warning"
        self.meter.set_share(length / _GOOD_PASSWORD, tone=tone)
        self.meter.setVisible(not self.by_keyring and length > 0)
        text = _BY_KEYRING if self.by_keyring else self.problem
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.changed.emit()


def password_problem(password: str, again: str) -> str:
    """Why this password is not taken yet; empty when it is."""
    if not password:
        return f"{MIN_PASSWORD} characters or more; four words are easy to remember."
    if len(password) < MIN_PASSWORD:
        return (
            f"Could be guessed in minutes. Take {MIN_PASSWORD} characters or more, or four words."
        )
    if again and password != again:
        return "The two passwords differ."
    return "" if again else "Type it once more."
