"""The password of one wallet inside a sheet, with the wait after a wrong one."""

from pydantic import SecretStr
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column
from node.core.errors import NodeError, WrongPasswordError

_SECOND_MS = 1000


class PasswordPart(QWidget):
    """Signals: `changed()` when `problem` may be another one, `submitted()`.

    With `by_keyring` the secret store of the system keeps the password and nothing is asked.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, why: str, *, name: str, by_keyring: bool = False) -> None:
        super().__init__()
        self._by_keyring = by_keyring
        self._wait_s = 0
        self.field = PasswordField(name=name)
        self._timer = QTimer(self, interval=_SECOND_MS)
        self._timer.timeout.connect(self._second)
        self.setLayout(column(Label(why, "small", "text2", wrap=True), self.field, spacing=6))
        self.field.changed.connect(self.changed)
        self.field.submitted.connect(self.submitted)
        if by_keyring:
            self.hide()

    @property
    def problem(self) -> str:
        """Why the password cannot be tried now, in words; empty when it can."""
        if self._by_keyring:
            return ""
        if self._wait_s:
            return f"Next try in {self._wait_s} s"
        return "" if self.field.text() else "Type the password first."

    @property
    def wait_s(self) -> int:
        return self._wait_s

    def value(self) -> SecretStr | None:
        """The password; None when the secret store has it."""
        return None if self._by_keyring else SecretStr(self.field.text())

    def show_refusal(self, error: NodeError) -> bool:
        """Say at the field what was wrong with it; False when the failure is another one."""
        if self._by_keyring or not isinstance(error, WrongPasswordError):
            return False
        self.field.show_error(f"{error.message} {error.hint}".strip())
        self.field.edit.selectAll()
        self.field.edit.setFocus()
        waits = error.details.get("wait_s", 0)
        self.wait_for(waits if isinstance(waits, int) else 0)
        return True

    def wait_for(self, seconds: int) -> None:
        """No password is taken for so long."""
        self._wait_s = seconds
        if seconds:
            self._timer.start()
        self.changed.emit()

    def show_again(self) -> None:
        """Ask once more, unless nothing is asked."""
        if not self._by_keyring:
            self.show()

    def clear(self) -> None:
        """Forget what was typed."""
        self.field.set_text("")

    def _second(self) -> None:
        self._wait_s = max(0, self._wait_s - 1)
        if not self._wait_s:
            self._timer.stop()
        self.changed.emit()
