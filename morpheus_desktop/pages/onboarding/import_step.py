"""Import of a wallet: phrase, private key, keystore or backup file, what a Go node left."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.onboarding.place_fields import PlaceFields
from morpheus_desktop.pages.onboarding.presenter import looks_like_phrase
from morpheus_desktop.pages.onboarding.secret_input import SecretInput
from morpheus_desktop.pages.onboarding.wallet_steps import Step
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.protect_fields import ProtectFields
from node.core.errors import NodeError
from node.service.dto import ImportWallet, PeerWallet

_NO_FILE = "No file chosen"
_TOO_FEW = "input.mnemonic_count"
Kind = Literal["secret", "keystore", "backup", "peer"]
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("secret", "Phrase or key"),
    ("keystore", "Keystore"),
    ("backup", "Backup file"),
    ("peer", "Go node"),
)
_BACKUP_NOTE = "All accounts of the backup come back; they keep the password of the file."
_PEER_NOTE = (
    "A Go node of this marketplace keeps its key in the keychain of this computer. It is looked at"
    " only when you ask."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the user wants imported; `file` is the path of a keystore or backup, or empty."""

    request: ImportWallet
    file: str = ""
    is_backup: bool = False


class ImportStep(Step):
    """`keyring`: the system has a secret store. `present`: address of the wallet that is there.

    Signals: `confirmed(Chosen)`; `accounts_wanted(ImportWallet)` with a phrase, whose accounts are
    looked at first; `phrase_typed(text)`; `peer_wanted()`; `backup_requested()`.
    """

    confirmed = Signal(object)
    accounts_wanted = Signal(object)
    phrase_typed = Signal(str)
    peer_wanted = Signal()
    backup_requested = Signal()

    def __init__(self, *, keyring: bool = False, present: str = "") -> None:
        self._file = ""
        self._peer: PeerWallet | None = None
        self._kinds = [kind for kind, _ in _KINDS if keyring or kind != "peer"]
        titles = tuple(title for kind, title in _KINDS if kind in self._kinds)
        self._kind = Segment(titles, name="wallet.import.kind")
        self.secret = SecretInput()
        self._note = Label("", "small", "danger", wrap=True)
        self._note.setObjectName("wallet.import.problem")
        self._lead = Label("", "small", "text2", wrap=True)
        self._files = self._make_files()
        self._peer_box = self._make_peer()
        self.place = PlaceFields(present)
        self._protect = ProtectFields(keyring=keyring)
        self.go = Button("Import wallet", "primary", size="primary", name="wallet.import.go")
        body = column(
            self._kind,
            self._lead,
            self.secret,
            self._files,
            self._peer_box,
            self._note,
            self.place,
            self._protect,
            spacing=12,
        )
        super().__init__(
            "Import a wallet",
            "What you paste or choose is encrypted again for this computer.",
            boxed(body),
            self.go,
        )
        self._kind.chosen.connect(self._show_kind)
        self.secret.changed.connect(self._secret_changed)
        self._protect.changed.connect(self._check)
        self._protect.submitted.connect(self._confirm)
        self.place.changed.connect(self._check)
        self.place.backup_requested.connect(self.backup_requested)
        self.go.clicked.connect(self._confirm)
        self._show_kind()

    def _make_files(self) -> QWidget:
        choose = Button("Choose a file", "secondary", name="wallet.import.choose")
        choose.clicked.connect(self._choose)
        self._file_name = ElidedLabel(_NO_FILE, "body", "text2")
        self._file_name.setObjectName("wallet.import.file")
        self._file_password = PasswordField("Password of that file", name="wallet.import.password")
        self._file_password.changed.connect(self._check)
        return boxed(
            column(row(choose, self._file_name, spacing=12), self._file_password, spacing=12)
        )

    def _make_peer(self) -> QWidget:
        self._look = Button("Look in the keychain", "secondary", name="wallet.import.peer")
        self._look.clicked.connect(self._look_for_peer)
        self._peer_words = Label("", "body", "text2", wrap=True)
        self._peer_words.setObjectName("wallet.import.peer.found")
        return boxed(column(row(self._look, None), 10, self._peer_words))

    # --- what it is told ---

    @property
    def kind(self) -> Kind:
        return self._kinds[self._kind.index]

    @property
    def is_file(self) -> bool:
        return self.kind in ("keystore", "backup")

    def show_error(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def show_failure(self, error: NodeError) -> None:
        """Say what the node refused, at its place."""
        if self.kind == "secret" and self.secret.show_failure(error):
            return
        self.show_error(f"{error.message} {error.hint}".strip())

    def phrase_checked(self, error: NodeError | None) -> None:
        """What the node says about the words typed so far; too few are no mistake yet."""
        is_early = error is not None and error.code == _TOO_FEW
        self.secret.show_failure(None if is_early else error)
        self._check()

    def show_peer(self, found: PeerWallet) -> None:
        self._look.set_busy(False)
        self._peer = found
        if found.found:
            what = "recovery phrase" if found.kind == "phrase" else "private key"
            address = formats.short_address(found.address)
            self._peer_words.setText(f"A {what} of {address} is there.")
        else:
            self._peer_words.setText("There is no key of a Go node in this keychain.")
        self._check()

    def take_file(self, path: str) -> None:
        """A keystore or a backup was chosen."""
        self._file = path
        self._file_name.set_text(Path(path).name or _NO_FILE)
        self._check()

    # --- what the user does ---

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Choose a file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def _look_for_peer(self) -> None:
        self._look.set_busy(True)
        self.peer_wanted.emit()

    def _show_kind(self) -> None:
        kind = self.kind
        self.secret.setVisible(kind == "secret")
        self._files.setVisible(self.is_file)
        self._peer_box.setVisible(kind == "peer")
        self._protect.setVisible(kind != "backup")
        self._lead.setText({"backup": _BACKUP_NOTE, "peer": _PEER_NOTE}.get(kind, ""))
        self._lead.setVisible(bool(self._lead.text()))
        self.place.setVisible(self.place.is_needed and kind != "backup")
        self._check()

    def _secret_changed(self) -> None:
        self._check()
        self.phrase_typed.emit(self.secret.text() if self.secret.is_phrase else "")

    def _check(self) -> None:
        self.show_error("")
        phrase = self.kind == "secret" and self.secret.is_phrase
        self.go.set_text("Continue" if phrase else "Import wallet")
        protect = "" if self.kind == "backup" else self._protect.problem
        place = "" if self.kind == "backup" else self.place.problem
        self.go.disable_with(self._missing() or place or protect)

    def _missing(self) -> str:
        """What is not given yet, in words."""
        if self.kind == "peer":
            found = self._peer is not None and self._peer.found
            return "" if found else "Look in the keychain first."
        if self.is_file:
            if not self._file:
                return f"Choose a {self.kind} file."
            return "" if self._file_password.text() else "Type the password of that file."
        return self.secret.problem

    def _confirm(self) -> None:
        if not self.go.isEnabled():
            return
        if self.kind == "secret" and self.secret.is_phrase:
            self.accounts_wanted.emit(self._request())
            return
        file = self._file if self.is_file else ""
        self.confirmed.emit(
            Chosen(request=self._request(), file=file, is_backup=self.kind == "backup")
        )

    def _request(self) -> ImportWallet:
        if self.kind == "backup":
            return ImportWallet(keystore_password=SecretStr(self._file_password.text()))
        protected = ImportWallet(
            password=self._protect.value(),
            use_keyring=self._protect.by_keyring,
            add=self.place.add,
            replace=self.place.replace,
        )
        if self.kind == "peer":
            return protected.model_copy(update={"from_peer": True})
        if self.kind == "keystore":
            password = SecretStr(self._file_password.text())
            return protected.model_copy(update={"keystore_password": password})
        secret = SecretStr(self.secret.text())
        if not looks_like_phrase(self.secret.text()):
            return protected.model_copy(update={"private_key": secret})
        passphrase = SecretStr(self.secret.passphrase)
        return protected.model_copy(
            update={"phrase": secret, "passphrase": passphrase, "keep_phrase": True}
        )
