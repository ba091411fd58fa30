"""What can be done about the wallet's secrets: backup, export, another password."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import WalletStatus

_NONE = "There is no wallet yet."
_WATCHED = "This account is watched only: there is no secret of it here."
_MEMORY = "The wallet of the demo lives in this program only: there is nothing to back up."


class WalletCard(Card):
    """Signals: `backup_clicked()`, `reveal_clicked()`, `password_clicked()`."""

    backup_clicked = Signal()
    reveal_clicked = Signal()
    password_clicked = Signal()

    def __init__(self) -> None:
        self._none = Label("", "body", "text2", wrap=True)
        self._none.setObjectName("settings.wallet.none")
        self._badge = Badge("")
        self._backup_text = ElidedLabel("", "small", "text3")
        self.backup_button = _button("Back up", "settings.wallet.backup")
        self._password_text = ElidedLabel("", "small", "text3")
        self.password_button = _button("Change", "settings.wallet.password")
        self.reveal_button = _button("Show or export", "settings.wallet.reveal")
        self._backup = _line("Recovery phrase", self._backup_text, self._badge, self.backup_button)
        self._there = boxed(
            column(
                self._backup,
                line(),
                _line("Password", self._password_text, self.password_button),
                line(),
                _line(
                    "Secrets and backup file",
                    ElidedLabel(
                        "all accounts in one encrypted file, phrase, key", "small", "text3"
                    ),
                    self.reveal_button,
                ),
                spacing=10,
            )
        )
        super().__init__(column(self._none, self._there), margins=(18, 14, 18, 14))
        self.setObjectName("settings.wallet")
        self.backup_button.clicked.connect(self.backup_clicked)
        self.password_button.clicked.connect(self.password_clicked)
        self.reveal_button.clicked.connect(self.reveal_clicked)
        self.show_wallet(None)

    def show_wallet(self, status: WalletStatus | None) -> None:
        nothing = _nothing_words(status)
        self._none.setText(nothing)
        self._none.setVisible(bool(nothing))
        self._there.setVisible(not nothing)
        if status is None or nothing:
            return
        self._badge.set_text(
            "backed up" if status.backed_up else "not backed up",
            "success" if status.backed_up else "warning",
        )
        account = status.label or formats.short_address(status.address)
        self._backup_text.set_text(
            f"of {account}" if status.has_phrase else f"{account} came without a phrase"
        )
        self._badge.setVisible(status.has_phrase)
        self.backup_button.setVisible(status.has_phrase)
        self.backup_button.set_text("Check again" if status.backed_up else "Back up")
        self._password_text.set_text(
            "kept by the keychain of this computer" if status.by_keyring else "asked for to sign"
        )


def _nothing_words(status: WalletStatus | None) -> str:
    if status is None or status.kind == "none":
        return _NONE
    if status.kind == "memory":
        return _MEMORY
    return _WATCHED if status.watch_only else ""


def _button(text: str, name: str) -> Button:
    return Button(text, "secondary", size="compact", name=name)


def _line(title: str, text: QWidget, *controls: QWidget) -> QWidget:
    item = row(spacing=12)
    item.addLayout(column(Label(title), text), 1)
    for control in controls:
        item.addWidget(control)
    return boxed(item)
