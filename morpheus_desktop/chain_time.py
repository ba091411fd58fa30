"""The chain's time between two looks at the node: countdowns follow it, not the system clock."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from node.service.dto import NodeStatus

TICK_MS = 1000


class ChainTime(QObject):
    """`now` in Unix seconds; `ticked` once a second while `start`ed.

    The demo's time may run faster. Without a word of the node it is this computer's time.
    """

    ticked = Signal()

    def __init__(
        self, parent: QObject | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._monotonic = monotonic
        self._base = int(time.time())
        self._since = monotonic()
        self._speed = 1
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.ticked)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def follow(self, status: NodeStatus) -> None:
        """Take over the chain's time from a fresh status."""
        self._base = status.now
        self._since = self._monotonic()
        self._speed = status.demo.speed if status.demo is not None else 1
        self.ticked.emit()

    def now(self) -> int:
        return self._base + int((self._monotonic() - self._since) * self._speed)
