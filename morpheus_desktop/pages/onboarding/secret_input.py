"""The field for a recovery phrase or a private key, checked while it is typed."""

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from morpheus_desktop.pages.onboarding.presenter import entered_words, looks_like_phrase
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.core.errors import InvalidMnemonicError, NodeError, UserInputError

_HEX = re.compile(r"(0x)?[0-9a-fA-F]*")
_KEY_DIGITS = 64


class SecretInput(QWidget):
    """Signals: `changed()`. `problem` says in words why it cannot be taken yet."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("wallet.secret")
        self.edit.setAccessibleName("Recovery phrase or private key")
        self.edit.setPlaceholderText("Recovery phrase or private key")
        self.edit.setFont(font("mono"))
        self.edit.setFixedHeight(72)
        self.edit.setTabChangesFocus(True)
        self._frame = Frame("field", column(self.edit, margins=(10, 8, 10, 8)))
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("wallet.secret.problem")
        self._suggest = Button("", "link", name="wallet.secret.suggest")
        self._suggest.clicked.connect(self._take_suggestion)
        told = row(spacing=12)
        told.addWidget(self._problem, 1)
        told.addWidget(self._suggest)
        self._told = boxed(told)
        self._more = Button("It has a passphrase too", "link", name="wallet.import.passphrase.show")
        self._passphrase = PasswordField("BIP-39 passphrase", name="wallet.import.passphrase")
        self._passphrase.hide()
        self._refused: NodeError | None = None
        self.setLayout(
            column(self._frame, self._told, row(self._more, None), self._passphrase, spacing=8)
        )
        self.edit.textChanged.connect(self._typed)
        self._passphrase.changed.connect(self.changed)
        self._more.clicked.connect(self._show_passphrase)
        self._show()

    def text(self) -> str:
        return self.edit.toPlainText().strip()

    @property
    def is_phrase(self) -> bool:
        return looks_like_phrase(self.text())

    @property
    def passphrase(self) -> str:
        return self._passphrase.text() if self.is_phrase else ""

    @property
    def problem(self) -> str:
        if not self.text():
            return "Paste a phrase or a key."
        if self._refused is not None:
            return self._refused.message
        return entered_words(self.text()) if self.is_phrase else key_problem(self.text())

    def show_failure(self, error: NodeError | None) -> bool:
        """Show what the node says about the text; False when it is about something else."""
        if error is not None and not isinstance(error, InvalidMnemonicError | UserInputError):
            return False
        self._refused = error
        self._show()
        return True

    # --- inside ---

    def _typed(self) -> None:
        self._refused = None
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        text = self.edit.toPlainText()
        error = self._refused
        words = f"{error.message} {error.hint}".strip() if error is not None else ""
        is_over = text.endswith((" ", "\n")) or not self.is_phrase
        if not words and self.text() and is_over:
            words = self.problem
        self._problem.setText(words)
        self._told.setVisible(bool(words))
        self._frame.set_state("error" if words else "")
        self.edit.setAccessibleDescription(words)
        suggestion = self._suggestion()
        self._suggest.set_text(f"Use “{suggestion[1]}”" if suggestion else "")
        self._suggest.setVisible(suggestion is not None)
        self._more.setVisible(self.is_phrase and self._passphrase.isHidden())

    def _suggestion(self) -> tuple[int, str] | None:
        """Position from 1 and the word that was probably meant."""
        if self._refused is None:
            return None
        position = self._refused.details.get("position")
        found = self._refused.details.get("suggestions")
        if isinstance(position, int) and isinstance(found, list | tuple) and found:
            return position, str(found[0])
        return None

    def _take_suggestion(self) -> None:
        suggestion = self._suggestion()
        words = self.text().split()
        if suggestion is not None and 1 <= suggestion[0] <= len(words):
            words[suggestion[0] - 1] = suggestion[1]
            self.edit.setPlainText(" ".join(words) + " ")
            self.edit.setFocus()

    def _show_passphrase(self) -> None:
        self._passphrase.show()
        self._more.hide()
        self._passphrase.edit.setFocus()


def key_problem(text: str) -> str:
    """Why one word is no private key, in words; empty when it may be one."""
    digits = len(text.removeprefix("0x"))
    if not _HEX.fullmatch(text):
        return "A private key has only the digits 0 to 9 and the letters a to f."
    if digits != _KEY_DIGITS:
        return (
            f"A private key has {_KEY_DIGITS} hex characters; this has {digits}. Copy it again;"
            " leave no spaces."
        )
    return ""
