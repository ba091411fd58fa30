"""Python's cycle collector, kept to the window's thread.

A cycle may hold Qt objects; collected in the node's thread they would be destroyed there, which Qt
forbids. So the automatic collector is off and this one runs on a timer, a young generation at a
time.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class WindowCollector(QObject):
    """Owns the collector of the process from `start` until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._thresholds = gc.get_threshold()

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def collect(self) -> None:
        """Collect the oldest generation that is due, as the automatic collector would."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
