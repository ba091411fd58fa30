"""Finds accounts of a kept phrase, in any style of paths, and adds several at once."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop.pages.wallet.accounts.found_list import FoundList
from morpheus_desktop.pages.wallet.accounts.groups import AccountGroup
from morpheus_desktop.pages.wallet.accounts.password_part import PasswordPart
from morpheus_desktop.pages.wallet.accounts.scanning import AccountScan
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.core.redaction import holds_secret
from node.service.dto.accounts import PathStyle

_LEAD = "Looks through the accounts of this phrase until five in a row are empty."
_WHY = "The password opens the phrase; nothing leaves this computer but the addresses."
_STYLES: tuple[PathStyle, ...] = ("standard", "ledger", "custom")
_EXAMPLE = "m/44'/60'/0'/0/i"
_SECRET_PATH = "That was a secret, not a path: it is removed. Clear the clipboard too."  # noqa: S105 - a sentence
_BAD_PATH = "input.derivation_path"


class ScanSheet(Sheet):
    """The button of the sheet looks first, then adds what is ticked."""

    def __init__(
        self, host: QWidget, scan: AccountScan, group: AccountGroup, *, wait_s: int = 0
    ) -> None:
        self._scan = scan
        name = "wallet.accounts.find"
        self.style_choice = Segment(("Standard", "Ledger", "Other path"), name=f"{name}.style")
        self.path = TextField(_EXAMPLE, name=f"{name}.path")
        self.path.edit.setAccessibleName("Derivation path, i stands for the number")
        self.path.hide()
        self.password = PasswordPart(_WHY, name=f"{name}.password", by_keyring=group.by_keyring)
        self.list = FoundList()
        self.further_button = Button("Look further", "ghost", name=f"{name}.further")
        self.stop_button = Button("Stop", "secondary", icon="stop", name=f"{name}.stop")
        self._progress = ElidedLabel("", "small", "text2")
        self._progress.setObjectName(f"{name}.progress")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName(f"{name}.problem")
        self._problem.hide()
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self.go = Button("Look for accounts", "primary", size="primary", name=f"{name}.go")
        super().__init__(
            host,
            self._lines(group),
            width=560,
            name=name,
            footer=row(None, self.cancel_button, self.go),
        )
        self._adding = False
        self._connect()
        self.password.wait_for(wait_s)
        self._show()

    def _lines(self, group: AccountGroup) -> QVBoxLayout:
        going = row(spacing=10)
        going.addWidget(self._progress, 1)
        going.addWidget(self.stop_button)
        going.addWidget(self.further_button)
        return column(
            Label("Find accounts", "h2"),
            4,
            Label(_LEAD, "body", "text2", wrap=True),
            16,
            row(Label(group.title, "body", "text2"), None, self.style_choice),
            8,
            self.path,
            10,
            self.password,
            self.list,
            boxed(going),
            self._problem,
            8,
        )

    def open(self) -> None:
        super().open()
        (self.go if self.password.isHidden() else self.password.field.edit).setFocus()

    def _connect(self) -> None:
        scan = self._scan
        scan.progressed.connect(self._progressed)
        scan.finished.connect(self._show)
        scan.stopped.connect(self._show)
        scan.failed.connect(self._refused)
        scan.added.connect(self._added)
        scan.add_failed.connect(self._not_added)
        self.style_choice.chosen.connect(lambda _index: self._other_path())
        self.path.changed.connect(self._path_typed)
        self.path.submitted.connect(self._go)
        self.password.changed.connect(self._show)
        self.password.submitted.connect(self._go)
        self.list.changed.connect(self._show)
        self.further_button.clicked.connect(self._look)
        self.stop_button.clicked.connect(self._stop)
        self.go.clicked.connect(self._go)
        self.cancel_button.clicked.connect(self.close_sheet)
        self.closed.connect(self._forget)

    @property
    def style_chosen(self) -> PathStyle:
        return _STYLES[self.style_choice.index]

    # --- what the user does ---

    def _other_path(self) -> None:
        custom = self.style_chosen == "custom"
        self.path.setVisible(custom)
        self._begin_anew()
        if custom:
            self.path.setFocus()

    def _path_typed(self, text: str) -> None:
        if holds_secret(text):
            self.path.set_text("")
            self.path.show_error(_SECRET_PATH)
            return
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._scan.forget()
        self.list.show_found(())
        self._say("")
        self._show()

    def _go(self) -> None:
        if not self.go.isEnabled():
            return
        if not self._scan.found:
            self._look()
        elif self.list.chosen:
            self._say("")
            self._adding = self.locked = True
            self._show()
            self._scan.add(self.list.chosen, self.password.value())

    def _look(self) -> None:
        self._say("")
        self._scan.look(self.style_chosen, self._path_text(), self.password.value())
        self._show()

    def _path_text(self) -> str:
        return self.path.text().strip() if self.style_chosen == "custom" else ""

    def _stop(self) -> None:
        self._scan.cancel()
        self.further_button.setFocus()

    def _forget(self) -> None:
        self._scan.cancel()
        self.password.clear()

    # --- what is there ---

    def _progressed(self) -> None:
        if self.password.isVisible():
            self.password.hide()
            self.list.setFocus()
        self.list.show_found(self._scan.found)
        self._show()

    def _show(self) -> None:
        scan, running = self._scan, self._scan.is_running
        if not scan.found and not running:
            self.password.show_again()
        self.list.setVisible(bool(scan.found))
        self.stop_button.setVisible(running)
        self.further_button.setVisible(scan.can_go_on and not running)
        self.further_button.setEnabled(not self._adding)
        self.style_choice.setEnabled(not self._adding)
        words = self.list.summary
        if running:
            words = f"Looking… {words}" if scan.found else "Looking…"
        self._progress.set_text(words)
        self._progress.setVisible(bool(words))
        self._show_go(running=running)

    def _show_go(self, *, running: bool) -> None:
        scan, count = self._scan, len(self.list.chosen)
        self.cancel_button.setEnabled(not self._adding)
        self.go.set_busy(self._adding or (running and not scan.found))
        if scan.found:
            self.go.set_text(f"Add {count} accounts" if count > 1 else "Add account")
            self.go.disable_with("" if count else "Choose an account.")
            return
        wait_s = self.password.wait_s
        self.go.set_text(f"Next try in {wait_s} s" if wait_s else "Look for accounts")
        missing = self.style_chosen == "custom" and not self._path_text()
        self.go.disable_with("Enter the path first." if missing else self.password.problem)

    def _refused(self, error: NodeError) -> None:
        self._show()
        words = f"{error.message} {error.hint}".strip()
        if self.password.show_refusal(error):
            return
        if error.code == _BAD_PATH:
            self.path.show_error(words)
            self.path.edit.setFocus()
        else:
            self._say(words)

    def _added(self, _accounts: object) -> None:
        self._adding = self.locked = False
        self.close_sheet()

    def _not_added(self, error: NodeError) -> None:
        self._adding = self.locked = False
        self.list.show_found(self._scan.found)
        self._show()
        self._say(f"{error.message} {error.hint}".strip())

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
