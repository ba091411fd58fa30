"""What is asked before money above a limit moves: the password, a text to type."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.fields import PasswordField, TextField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column
from node.core.errors import NodeError, WrongPasswordError

TYPED_CODE = "input.typed_text"


class ConfirmFields(QWidget):
    """Hidden until `ask`. `problem` says what is missing. Object names: `<name>.password`,
    `<name>.typed`.

    Signals: `changed()`, `submitted()`.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.password_field = PasswordField(name=f"{name}.password")
        self.typed_field = TextField(name=f"{name}.typed")
        self._wanted = ""
        self._needs_password = False
        self._lead = Label("", "small", "text2", wrap=True)
        why = Label("This amount needs the password of your wallet.", "small", "text2", wrap=True)
        self._password = boxed(column(why, self.password_field, spacing=4))
        self._typed = boxed(column(self._lead, self.typed_field, spacing=4))
        self.setLayout(column(self._typed, self._password, spacing=10))
        for field in (self.password_field, self.typed_field):
            field.changed.connect(self.changed)
            field.submitted.connect(self.submitted)
        self.ask(password=False, typed="")

    def ask(self, *, password: bool, typed: str) -> None:
        """Show what is needed. What was typed stays, unless another text is wanted."""
        if typed != self._wanted:
            self.typed_field.set_text("")
        self._needs_password, self._wanted = password, typed
        self._lead.setText(f"Type {typed} to go on.")
        self.typed_field.edit.setAccessibleName(f"Type {typed} to go on")
        self._password.setVisible(password)
        self._typed.setVisible(bool(typed))
        self.setVisible(password or bool(typed))

    @property
    def problem(self) -> str:
        """What is not given yet, in words; empty when all is there."""
        if self._wanted and self.typed_field.text().strip() != self._wanted:
            return f"Type {self._wanted} first."
        if self._needs_password and not self.password_field.text():
            return "Type the password first."
        return ""

    def password(self) -> SecretStr | None:
        """The password, None when none is asked for."""
        return SecretStr(self.password_field.text()) if self._needs_password else None

    def typed(self) -> str:
        return self.typed_field.text().strip() if self._wanted else ""

    def show_error(self, error: NodeError) -> bool:
        """Say at its field what was wrong; False when the failure is about something else."""
        words = f"{error.message} {error.hint}".strip()
        if isinstance(error, WrongPasswordError) and self._needs_password:
            self.password_field.show_error(words)
            self.password_field.edit.selectAll()
            self.password_field.edit.setFocus()
            return True
        if error.code == TYPED_CODE and self._wanted:
            self.typed_field.show_error(words)
            self.typed_field.edit.setFocus()
            return True
        return False

    def clear(self) -> None:
        """Forget what was typed."""
        self.password_field.set_text("")
        self.typed_field.set_text("")
