"""QR codes: a white plate with a quiet zone in both themes, so that every camera reads them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_QUIET = 4


class QrView(QWidget):
    """The code of a text, error level M, at least four pixels per module."""

    def __init__(self, text: str, *, module: int = 5) -> None:
        super().__init__()
        import segno

        self._rows = [bytes(line) for line in segno.make(text, error="m", micro=False).matrix]
        self._module = max(4, module)
        side = (len(self._rows) + 2 * _QUIET) * self._module
        self.setFixedSize(side, side)
        self.setAccessibleName(f"QR code of {text}")

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(self.rect(), 10, 10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        size = self._module
        for top, line in enumerate(self._rows):
            for left, dark in enumerate(line):
                if dark:
                    painter.fillRect(
                        (left + _QUIET) * size,
                        (top + _QUIET) * size,
                        size,
                        size,
                        Qt.GlobalColor.black,
                    )
        painter.end()
