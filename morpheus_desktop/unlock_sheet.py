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


class UnlockSheet(Sheet):
    """Signals: `unlocked()`."""

    unlocked = Signal()

    def __init__(self, host: QWidget, node: NodeService, tasks: GuiTasks) -> None:
        self._node, self._tasks = node, tasks
        self.field = PasswordField(name="unlock.password")
        self.go = Button("Unlock", "primary", name="unlock.confirm")
        cancel = Button("Cancel", "ghost", name="unlock.cancel")
        super().__init__(
            host,
            column(
                Label("Unlock your wallet", "h2"),
                4,
                Label("Reading goes on without; signing needs the password.", "body", "text2"),
                14,
                self.field,
                18,
                row(None, cancel, self.go),
            ),
            width=420,
            name="unlock",
        )
        cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._unlock)
        self.field.submitted.connect(self._unlock)

    def open(self) -> None:
        super().open()
        self.field.edit.setFocus()

    def _unlock(self) -> None:
        password = self.field.text()
        if password and self.go.isEnabled():
            self.go.set_busy(True)
            self._tasks.attempt(
                self._node.wallet.unlock(password), "unlock", failed=self._failed, done=self._done
            )

    def _failed(self, error: NodeError) -> None:
        self.go.set_busy(False)
        self.field.show_error(f"{error.message} {error.hint}".strip())
        self.field.edit.selectAll()

    def _done(self, _status: WalletStatus) -> None:
        self.field.set_text("")
        self.close_sheet()
        self.unlocked.emit()
