"""One window per data folder: a second start raises the first one's window."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 500


class SingleInstance(QObject):
    """`raise_requested` is emitted when the program was started again with the same folder."""

    raise_requested = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()
        self._name = f"morpheus-desktop-{digest[:24]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)

    def claim(self) -> bool:
        """Become the first instance, or raise the window of the one that is and return False."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(CONNECT_MS):
            socket.disconnectFromServer()
            return False
        # A socket that a killed program left behind.
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return True

    def release(self) -> None:
        self._server.close()

    def _connected(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.disconnected.connect(connection.deleteLater)
            self.raise_requested.emit()
