"""Another password for the wallet, or the system's keychain in place of one."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.protect_fields import ProtectFields
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError, WrongPasswordError
from node.service.api import NodeService
from node.service.dto import WalletStatus


class PasswordSheet(Sheet):
    """Signals: `changed()`."""

    changed = Signal()

    def __init__(
        self, host: QWidget, node: NodeService, tasks: GuiTasks, status: WalletStatus
    ) -> None:
        self._node, self._tasks, self._by_keyring = node, tasks, status.by_keyring
        self.old = PasswordField("Password until now", name="password.old")
        if status.by_keyring:
            self.old.hide()
        self.protect = ProtectFields(keyring=status.keyring_available)
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("password.problem")
        self._problem.hide()
        cancel = Button("Cancel", "ghost", size="primary", name="password.cancel")
        self.go = Button("Change", "primary", size="primary", name="password.go")
        super().__init__(
            host,
            column(
                Label("Change the password", "h2"),
                4,
                Label(
                    "All accounts of this wallet are encrypted anew. Backup files keep the"
                    " password they were saved with.",
                    "body",
                    "text2",
                    wrap=True,
                ),
                16,
                self.old,
                10,
                self.protect,
                self._problem,
            ),
            name="password",
            footer=row(None, cancel, self.go),
        )
        cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._change)
        self.old.changed.connect(self._check)
        self.protect.changed.connect(self._check)
        self.protect.submitted.connect(self._change)
        self.closed.connect(self._forget)
        self._check()

    def _check(self) -> None:
        missing = not self._by_keyring and not self.old.text()
        self.go.disable_with("Type the password until now." if missing else self.protect.problem)

    def _change(self) -> None:
        if not self.go.isEnabled():
            return
        self.go.set_busy(True)
        self._problem.hide()
        old = None if self._by_keyring else SecretStr(self.old.text())
        self._tasks.attempt(
            self._node.wallet.change_password(old, self.protect.value(), self.protect.by_keyring),
            "change-password",
            failed=self._failed,
            done=lambda _status: self._done(),
        )

    def _failed(self, error: NodeError) -> None:
        self.go.set_busy(False)
        words = f"{error.message} {error.hint}".strip()
        if isinstance(error, WrongPasswordError) and not self._by_keyring:
            self.old.show_error(words)
            self.old.edit.selectAll()
            self.old.edit.setFocus()
        else:
            self._problem.setText(words)
            self._problem.show()

    def _done(self) -> None:
        self.changed.emit()
        self.close_sheet()

    def _forget(self) -> None:
        self.old.set_text("")
        self.protect.take()
