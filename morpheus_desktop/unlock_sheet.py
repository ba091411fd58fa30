"""Asks for the wallet's password before something has to be signed."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import WalletStatus

_BY_PASSWORD = "Reading goes on without; signing needs the password."  # noqa: S105 - a sentence
_BY_KEYRING = "The keychain of this computer keeps the password. It may ask you to allow this."

_FORGOTTEN = (
    "Nobody can reset it. With the recovery phrase, a private key or a backup file the wallet can"
    " be imported again under a new password; the locked one stays until you replace it."
)


class UnlockSheet(Sheet):
    """Signals: `unlocked()`; `restore_requested()` when the password is forgotten.

    With `by_keyring` the system keeps the password: a click is enough. After a wrong password the
    button counts the seconds until the next try.
    """

    unlocked = Signal()
    restore_requested = Signal()

    def __init__(
        self, host: QWidget, node: NodeService, tasks: GuiTasks, *, by_keyring: bool = False
    ) -> None:
        self._node, self._tasks, self._by_keyring = node, tasks, by_keyring
        self.field = PasswordField(name="unlock.password")
        self.go = Button("Unlock", "primary", name="unlock.confirm")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("unlock.problem")
        self._problem.hide()
        self._wait_s = 0
        self._timer = QTimer(interval=1000)
        self._timer.timeout.connect(self._second)
        self.forgotten = Button("Forgotten?", "link", name="unlock.forgotten")
        if by_keyring:
            self.forgotten.hide()
        self._restore = Button("Restore with your recovery phrase", "link", name="unlock.restore")
        self._explained = boxed(
            column(Label(_FORGOTTEN, "small", "text2", wrap=True), 6, row(self._restore, None))
        )
        self._explained.hide()
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
                8,
                self._explained,
                10,
                row(self.forgotten, None, cancel, self.go),
            ),
            width=420,
            name="unlock",
        )
        self._timer.setParent(self)
        self.field.setVisible(not by_keyring)
        cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._unlock)
        self.field.submitted.connect(self._unlock)
        self.forgotten.clicked.connect(self._explain)
        self._restore.clicked.connect(self._restore_clicked)

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
        waits = error.details.get("wait_s", 0)
        self._wait_for(waits if isinstance(waits, int) else 0)

    def _wait_for(self, seconds: int) -> None:
        self._wait_s = seconds
        self._show_wait()
        if seconds:
            self._timer.start()

    def _second(self) -> None:
        self._wait_s = max(0, self._wait_s - 1)
        self._show_wait()
        if not self._wait_s:
            self._timer.stop()

    def _show_wait(self) -> None:
        self.go.set_text(f"Next try in {self._wait_s} s" if self._wait_s else "Unlock")
        self.go.disable_with("Wrong passwords slow the next try down." if self._wait_s else "")

    def _explain(self) -> None:
        self.forgotten.hide()
        self._explained.show()
        self._restore.setFocus()

    def _restore_clicked(self) -> None:
        self.close_sheet()
        self.restore_requested.emit()

    def _done(self, _status: WalletStatus) -> None:
        self.field.set_text("")
        self.close_sheet()
        self.unlocked.emit()
