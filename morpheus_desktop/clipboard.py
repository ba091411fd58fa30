"""Secrets on the clipboard: marked as such, and taken away again."""

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

CLEAR_MS = 60_000
_HINTS = {
    "x-kde-passwordManagerHint": b"secret",
    "ExcludeClipboardContentFromMonitorProcessing": b"1",
}
"""Asks clipboard histories of KDE and Windows not to keep it."""


class SecretClipboard(QObject):
    """Copies one secret at a time; after `clear_ms` it is taken away, if it is still there."""

    def __init__(self, parent: QObject | None = None, *, clear_ms: int = CLEAR_MS) -> None:
        super().__init__(parent)
        self._secret = ""
        self._timer = QTimer(self, interval=clear_ms, singleShot=True)
        self._timer.timeout.connect(self.clear)

    def copy(self, secret: str) -> None:
        data = QMimeData()
        data.setText(secret)
        for kind, value in _HINTS.items():
            data.setData(kind, value)
        QGuiApplication.clipboard().setMimeData(data)
        self._secret = secret
        self._timer.start()

    def clear(self) -> None:
        """Empty the clipboard if it still holds the secret, and forget it."""
        clipboard = QGuiApplication.clipboard()
        if self._secret and clipboard.text() == self._secret:
            clipboard.clear()
        self._secret = ""
        self._timer.stop()
