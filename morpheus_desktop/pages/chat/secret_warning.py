"""Stops a message that holds a key or a recovery phrase before anybody reads it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.redaction import holds_wallet_secret

_TITLE = "This looks like a private key or recovery phrase. It was not sent."
_TEXT = "Whoever reads it can take all the money. Nobody who helps you needs it."


class SecretWarning(Frame):
    """Hidden until `lets_pass` refuses. `send_anyway()`: the user insists on this very text."""

    send_anyway = Signal()

    def __init__(self) -> None:
        self.clear_button = Button(
            "Clear the clipboard", "secondary", size="compact", name="chat.secret.clear"
        )
        self.send_button = Button("Send anyway", "ghost", size="compact", name="chat.secret.send")
        text = column(
            Label(_TITLE, "strong", wrap=True), Label(_TEXT, "body", "text2", wrap=True), spacing=2
        )
        head = row(IconLabel("warning-circle", "danger", 18), spacing=10)
        head.addLayout(text, 1)
        buttons = row(None, self.send_button, self.clear_button, spacing=10)
        super().__init__(
            "banner-danger", column(head, buttons, spacing=8, margins=(14, 10, 10, 10))
        )
        self.setObjectName("chat.secret")
        self.setAccessibleName(f"{_TITLE} {_TEXT}")
        self._refused = self._agreed = ""
        self.clear_button.clicked.connect(self._clear)
        self.send_button.clicked.connect(self._agree)
        self.hide()

    def lets_pass(self, text: str) -> bool:
        """Whether `text` may be sent; if not, the warning comes up."""
        if text == self._agreed or not holds_wallet_secret(text):
            self._forget()
            return True
        self._refused = text
        self.clear_button.setVisible(holds_wallet_secret(QGuiApplication.clipboard().text()))
        self.show()
        return False

    def text_changed(self, text: str) -> None:
        """What was agreed to, or refused, holds for that text alone."""
        if text != self._refused:
            self._forget()

    def _agree(self) -> None:
        self._agreed = self._refused
        self.send_anyway.emit()

    def _clear(self) -> None:
        QGuiApplication.clipboard().clear()
        self.clear_button.hide()

    def _forget(self) -> None:
        self._refused = self._agreed = ""
        self.hide()
