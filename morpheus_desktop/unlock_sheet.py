"""Asks for the wallet's password before something has to be signed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import WalletStatus

_BY_PASSWORD = "Reading goes on without; signing needs the password."  # noqa: S105 - a sentence
_BY_KEYRING = "The keychain of this computer keeps the password. It may ask you to allow this."


class UnlockSheet(Sheet):
    """Signals: `unlocked()`. With `by_keyring` the system keeps the password: a click is enough."""

    unlocked = Signal()

    def __init__(
        self, host: QWidget, node: NodeService, tasks: GuiTasks, *, by_keyring: bool = False
    ) -> None:
        self._node, self._tasks, self._by_keyring = node, tasks, by_keyring
        self.field = PasswordField(name="unlock.password")
        self.go = Button("Unlock", "primary", name="unlock.confirm")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("unlock.problem")
        self._problem.hide()
        cancel = Button("Cancel", "ghost", name="unlock.cancel")
        super().__init__(
            host,
            column(
                Label("Unlock your wallet", "h2"),
                4,
                Label(_BY_KEYRING if by_keyring else _BY_PASSWORD, "body", "text2", wrap=True),
                14,
                self.field,
                self._problem,
                18,
                row(None, cancel, self.go),
            ),
            width=420,
            name="unlock",
        )
        self.field.setVisible(not by_keyring)
        cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._unlock)
        self.field.submitted.connect(self._unlock)

    def open(self) -> None:
        super().open()
        (self.go if self._by_keyring else self.field.edit).setFocus()

    def _unlock(self) -> None:
        password = self.field.text()
        if (password or self._by_keyring) and self.go.isEnabled():
            self.go.set_busy(True)
            self._tasks.attempt(
                self._node.wallet.unlock(password), "unlock", failed=self._failed, done=self._done
            )

    def _failed(self, error: NodeError) -> None:
        self.go.set_busy(False)
        words = f"{error.message} {error.hint}".strip()
        if self._by_keyring:
            self._problem.setText(words)
            self._problem.show()
            return
        self.field.show_error(words)
        self.field.edit.selectAll()

    def _done(self, _status: WalletStatus) -> None:
        self.field.set_text("")
        self.close_sheet()
        self.unlocked.emit()
