"""Seeing or exporting what the wallet is made of: phrase, key, keystore file, backup file."""

import asyncio
from pathlib import Path

from pydantic import SecretStr
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from morpheus_desktop.clipboard import SecretClipboard
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.protect_fields import ProtectFields
from morpheus_desktop.widgets.secret_view import SecretView
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError, StorageError, WrongPasswordError
from node.core.paths import write_private
from node.service.api import NodeService
from node.service.dto import Revealed, RevealRequest, WalletStatus
from node.service.dto.accounts import RevealKind

_ROWS: dict[RevealKind, tuple[str, str]] = {
    "backup": ("Backup file", "all accounts in one encrypted file, to be kept elsewhere"),
    "phrase": ("Recovery phrase", "the words that bring all its accounts back"),
    "private_key": ("Private key", "of this account alone, for another program"),
    "keystore": ("Keystore file", "this account, encrypted, for another wallet"),
}
_WARNING = (
    "Who sees this has the money. Nobody who helps you needs it. Mind cameras and other screens."
)
_FILES: tuple[RevealKind, ...] = ("keystore", "backup")


class RevealSheet(Sheet):
    """The password is asked for each time. `pending` waits for a place to be written to.

    Signals: `saved(path)`; `copied()`.
    """

    saved = Signal(str)
    copied = Signal()

    def __init__(
        self,
        host: QWidget,
        node: NodeService,
        tasks: GuiTasks,
        status: WalletStatus,
        clipboard: SecretClipboard,
        *,
        what: RevealKind = "backup",
    ) -> None:
        self._node, self._tasks, self._status = node, tasks, status
        self._clipboard = clipboard
        self._kinds = [kind for kind in _ROWS if kind != "phrase" or status.has_phrase]
        self._secret: Revealed | None = None
        self.pending: Revealed | None = None
        self.rows = RadioGroup()
        self.rows.set_rows(
            [RadioRow(*_ROWS[kind], name=f"reveal.{kind}") for kind in self._kinds],
            self._kinds.index(what) if what in self._kinds else 0,
        )
        self.field = PasswordField(name="reveal.password")
        if status.by_keyring:
            self.field.hide()
        self.protect = ProtectFields()
        self._protect_lead = Label("Password of the file", "body", "text2")
        self._new = boxed(column(self._protect_lead, self.protect, spacing=6))
        self.view = SecretView(name="reveal.secret", title="Secret of the wallet")
        self._warning = Label(_WARNING, "small", "warning", wrap=True)
        self._extra = Label("", "small", "text2", wrap=True)
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("reveal.problem")
        self._ask = boxed(column(self.rows, 14, self.field, 10, self._new))
        self._shown = boxed(column(self._warning, 12, self.view, 8, self._extra))
        self.copy_button = Button(
            "Copy", "secondary", icon="copy", size="primary", name="reveal.copy"
        )
        self.cancel = Button("Cancel", "ghost", size="primary", name="reveal.cancel")
        self.go = Button("Show", "primary", size="primary", name="reveal.go")
        super().__init__(
            host,
            column(Label("Show or export", "h2"), 14, self._ask, self._shown, 6, self._problem),
            width=520,
            name="reveal",
            footer=row(self.copy_button, None, self.cancel, self.go),
        )
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        self.rows.chosen.connect(self._chosen)
        self.field.changed.connect(self._show_state)
        self.field.submitted.connect(self._go)
        self.protect.changed.connect(self._show_state)
        self.protect.submitted.connect(self._go)
        self.copy_button.clicked.connect(self._copy)
        self.cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._go)
        self.closed.connect(self._forget)

    def open(self) -> None:
        super().open()
        if not self._status.by_keyring:
            self.field.edit.setFocus()

    @property
    def what(self) -> RevealKind:
        return self._kinds[max(0, self.rows.index)]

    @property
    def _needs_new(self) -> bool:
        """A keystore for elsewhere, and a backup that no password protects yet."""
        return self.what == "keystore" or (self.what == "backup" and self._status.by_keyring)

    def _chosen(self) -> None:
        self._problem.setText("")
        self._show_state()

    def _show_state(self) -> None:
        shown = self._secret is not None
        self._ask.setVisible(not shown)
        self._shown.setVisible(shown)
        self._new.setVisible(self._needs_new)
        self._problem.setVisible(bool(self._problem.text()))
        self.copy_button.setVisible(shown and self.what == "private_key")
        self.cancel.setVisible(not shown)
        if shown:
            self.go.set_text("Done")
            self.go.disable_with("")
            return
        self.go.set_text("Save the file" if self.what in _FILES else "Show")
        missing = not self._status.by_keyring and not self.field.text()
        reason = "Type the password first." if missing else ""
        self.go.disable_with(reason or (self.protect.problem if self._needs_new else ""))

    def _go(self) -> None:
        if not self.go.isEnabled():
            return
        if self._secret is not None:
            self.close_sheet()
            return
        self.go.set_busy(True)
        self._problem.setText("")
        request = RevealRequest(
            what=self.what,
            password=None if self._status.by_keyring else SecretStr(self.field.text()),
            new_password=self.protect.value() if self._needs_new else None,
        )
        self._tasks.attempt(
            self._node.wallet.reveal(request), "reveal", failed=self._failed, done=self._revealed
        )

    def _failed(self, error: NodeError) -> None:
        self.go.set_busy(False)
        words = f"{error.message} {error.hint}".strip()
        if isinstance(error, WrongPasswordError) and not self._status.by_keyring:
            self.field.show_error(words)
            self.field.edit.selectAll()
            self.field.edit.setFocus()
            return
        self._problem.setText(words)
        self._show_state()

    def _revealed(self, secret: Revealed) -> None:
        self.go.set_busy(False)
        if self.what in _FILES:
            self._choose_place(secret)
            return
        self.field.set_text("")
        self._secret = secret
        text = secret.text.get_secret_value()
        if self.what == "phrase":
            self.view.set_words(text.split())
        else:
            self.view.set_text(text)
        has_more = bool(secret.passphrase.get_secret_value())
        self._extra.setText(
            "A BIP-39 passphrase belongs to these words; without it they open another wallet."
            if has_more
            else ""
        )
        self._extra.setVisible(has_more)
        self._show_state()
        self.view.setFocus()

    # --- files ---

    def _choose_place(self, secret: Revealed) -> None:
        self.pending = secret
        dialog = QFileDialog(self, "Save the file", secret.file_name, "JSON (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Write what was asked for last, with rights for the user alone."""
        if self.pending is not None:
            self.go.set_busy(True)
            self._tasks.attempt(
                _write(Path(path), self.pending.text),
                "save-backup",
                failed=self._failed,
                done=self._saved,
            )

    def _saved(self, path: Path) -> None:
        self.saved.emit(str(path))
        self.close_sheet()

    def _copy(self) -> None:
        if self._secret is not None:
            self._clipboard.copy(self._secret.text.get_secret_value())
            self.copied.emit()

    def _forget(self) -> None:
        self._secret = self.pending = None
        self.view.forget()
        self.field.set_text("")
        self.protect.take()


async def _write(path: Path, text: SecretStr) -> Path:
    content = text.get_secret_value().encode()
    try:
        await asyncio.to_thread(write_private, path, content)
    except OSError as error:
        raise StorageError(
            f"{path.name} cannot be written there.", hint="Choose another folder."
        ) from error
    return path
