"""QR codes: a white plate with a quiet zone in both themes, so that every camera reads them."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from morpheus_desktop.theme import current

QUIET = 4
_LEAST = 4
_PRINTED = 12


def matrix_of(text: str) -> list[bytes]:
    """Rows of modules, 1 for dark, error level M."""
    import segno

    return [bytes(line) for line in segno.make(text, error="m", micro=False).matrix]


def qr_image(text: str, *, module: int = _PRINTED) -> QImage:
    """The code with its quiet zone, black on white, to be kept or sent to somebody."""
    rows = matrix_of(text)
    side = (len(rows) + 2 * QUIET) * module
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    _paint(painter, rows, QUIET * module, module)
    painter.end()
    return image


class QrView(QWidget):
    """The code of a text, at least four pixels per module.

    With `side` the plate keeps that size, whatever the text, while it has room.
    """

    def __init__(self, text: str = "", *, module: int = 5, side: int = 0) -> None:
        super().__init__()
        self._module, self._side = max(_LEAST, module), side
        self._rows: list[bytes] = []
        self._text = ""
        self.set_text(text)
        current().changed.connect(self.update)

    @property
    def text(self) -> str:
        """What a camera reads."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another code; nothing but the plate for no text."""
        self._text = text
        self._rows = matrix_of(text) if text else []
        count = len(self._rows) + 2 * QUIET
        if self._side:
            self._module = max(_LEAST, self._side // count)
        wide = max(self._side, count * self._module)
        self.setFixedSize(wide, wide)
        self.setAccessibleName(f"QR code of {text}" if text else "QR code")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current().color("border"), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        start = (self.width() - len(self._rows) * self._module) // 2
        _paint(painter, self._rows, start, self._module)
        painter.end()


def _paint(painter: QPainter, rows: list[bytes], start: int, module: int) -> None:
    for top, line in enumerate(rows):
        for left, dark in enumerate(line):
            if dark:
                painter.fillRect(
                    start + left * module,
                    start + top * module,
                    module,
                    module,
                    Qt.GlobalColor.black,
                )
