"""Import of a wallet: recovery phrase, private key or keystore file."""

from pathlib import Path

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from morpheus_desktop.pages.onboarding.presenter import (
    account_number,
    entered_words,
    looks_like_phrase,
)
from morpheus_desktop.pages.onboarding.protect_fields import ProtectFields
from morpheus_desktop.pages.onboarding.wallet_steps import Step
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import PasswordField, TextField
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import ImportWallet

_NO_FILE = "No file chosen"


class ImportStep(Step):
    """Signals: `confirmed(ImportWallet, file)`; `file` is the path of a keystore, or empty."""

    confirmed = Signal(object, str)

    def __init__(self, *, keyring: bool = False) -> None:
        self._file = ""
        self._kind = Segment(("Phrase or key", "Keystore file"), name="wallet.import.kind")
        self._note = Label("", "small", "danger", wrap=True)
        self._words = self._make_words()
        self._keystore = self._make_keystore()
        self._protect = ProtectFields(keyring=keyring)
        self.go = Button("Import wallet", "primary", size="primary", name="wallet.import.go")
        body = column(
            self._kind, self._words, self._keystore, self._note, self._protect, spacing=12
        )
        super().__init__(
            "Import a wallet",
            "What you paste or choose is encrypted again for this computer.",
            boxed(body),
            self.go,
        )
        self._kind.chosen.connect(self._show_kind)
        self._secret.textChanged.connect(self._check)
        self._account.changed.connect(self._check)
        self._protect.changed.connect(self._check)
        self._protect.submitted.connect(self._confirm)
        self.go.clicked.connect(self._confirm)
        self._show_kind()

    def _make_words(self) -> QWidget:
        self._secret = QPlainTextEdit()
        self._secret.setObjectName("wallet.secret")
        self._secret.setAccessibleName("Recovery phrase or private key")
        self._secret.setPlaceholderText("Recovery phrase or private key")
        self._secret.setFont(font("mono"))
        self._secret.setFixedHeight(72)
        self._secret.setTabChangesFocus(True)
        self._account = TextField("0", name="wallet.import.account")
        self._account.edit.setAccessibleName("Account number")
        self._account.setFixedWidth(72)
        self._path = TextField("m/44'/60'/0'/0/0", name="wallet.import.path")
        self._path.edit.setAccessibleName("Derivation path")
        self._path.setFixedWidth(170)
        self._derivation = boxed(
            row(
                Label("Account", "body", "text2"),
                self._account,
                None,
                Label("Path", "body", "text2"),
                self._path,
            )
        )
        return boxed(
            column(
                Frame("field", column(self._secret, margins=(10, 8, 10, 8))),
                self._derivation,
                spacing=12,
            )
        )

    def _make_keystore(self) -> QWidget:
        choose = Button("Choose a file", "secondary", name="wallet.import.choose")
        choose.clicked.connect(self._choose)
        self._file_name = ElidedLabel(_NO_FILE, "body", "text2")
        self._file_name.setObjectName("wallet.import.file")
        self._file_password = PasswordField("Password of that file", name="wallet.import.password")
        self._file_password.changed.connect(self._check)
        return boxed(
            column(row(choose, self._file_name, spacing=12), self._file_password, spacing=12)
        )

    @property
    def is_file(self) -> bool:
        return self._kind.index == 1

    def show_error(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def take_file(self, path: str) -> None:
        """A keystore was chosen."""
        self._file = path
        self._file_name.set_text(Path(path).name or _NO_FILE)
        self._check()

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Choose a keystore file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def _show_kind(self) -> None:
        self._words.setVisible(not self.is_file)
        self._keystore.setVisible(self.is_file)
        self._check()

    def _check(self) -> None:
        text = self._secret.toPlainText()
        self._derivation.setVisible(looks_like_phrase(text))
        odd = "" if self.is_file else entered_words(text)
        self.show_error(odd if text.endswith((" ", "\n")) else "")
        self.go.disable_with(odd or self._missing() or self._protect.problem)

    def _missing(self) -> str:
        """What is not given yet, in words."""
        if self.is_file:
            if not self._file:
                return "Choose a keystore file."
            return "" if self._file_password.text() else "Type the password of that file."
        text = self._secret.toPlainText()
        if not text.strip():
            return "Paste a phrase or a key."
        if looks_like_phrase(text) and account_number(self._account.text()) is None:
            return "The account is a number, 0 for the first."
        return ""

    def _confirm(self) -> None:
        if self.go.isEnabled():
            self.confirmed.emit(self._request(), self._file if self.is_file else "")

    def _request(self) -> ImportWallet:
        password, by_keyring = self._protect.value(), self._protect.by_keyring
        if self.is_file:
            return ImportWallet(
                keystore_password=SecretStr(self._file_password.text()),
                password=password,
                use_keyring=by_keyring,
            )
        secret = SecretStr(self._secret.toPlainText().strip())
        if not looks_like_phrase(secret.get_secret_value()):
            return ImportWallet(private_key=secret, password=password, use_keyring=by_keyring)
        return ImportWallet(
            phrase=secret,
            path=self._path.text().strip(),
            account=account_number(self._account.text()) or 0,
            password=password,
            use_keyring=by_keyring,
        )
