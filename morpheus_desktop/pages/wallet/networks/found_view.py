"""What was found at the servers of a new network."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.networks.words import height_words, masked_host
from morpheus_desktop.widgets.frames import Sunken, line
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import NetworkCheck, ServerAnswer

_FOUND = "Servers and contracts are as they should be"
_KEPT = {
    True: ("wrench", "warning", "It is added as a test network: its MOR is worth nothing."),
    False: ("globe", "info", "It is added as a network with real money."),
}


class FoundView(QWidget):
    """Hidden until `show_found`. `summary` is what a screen reader is told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.summary = ""
        self._lines = column(spacing=6)
        self.setLayout(column(14, Sunken(self._lines)))
        self.hide()

    def show_found(self, found: NetworkCheck, *, is_test: bool) -> None:
        clear(self._lines)
        head = row(IconLabel("check-circle", "success", 18), spacing=10)
        head.addWidget(Label(_FOUND, "strong", wrap=True), 1)
        self._lines.addWidget(boxed(head))
        for answer in found.servers:
            self._lines.addWidget(_server(answer))
        self._lines.addWidget(boxed(column(2, line(), 2)))
        icon, role, words = _KEPT[is_test]
        self._lines.addWidget(_note(icon, role, words))
        # What should be known before is graver where money is real.
        mark = "info" if is_test else "warning"
        for text in found.notes:
            self._lines.addWidget(_note(mark, mark, text))
        self.summary = " ".join([f"{_FOUND}.", words, *found.notes])
        self.setAccessibleName(self.summary)
        self.show()


def _server(answer: ServerAnswer) -> QWidget:
    host = masked_host(answer.host)
    block, speed = f"block {height_words(answer.height)}", f"{answer.latency_ms}{formats.NBSP}ms"
    cells = row(spacing=16, margins=(28, 0, 0, 0))
    cells.addWidget(ElidedLabel(host, "body", mode=Qt.TextElideMode.ElideMiddle), 1)
    cells.addWidget(Label(block, "small", "text2", align=Qt.AlignmentFlag.AlignRight))
    cells.addWidget(Label(speed, "small", "text2", align=Qt.AlignmentFlag.AlignRight))
    box = boxed(cells)
    box.setAccessibleName(f"{host}, {block}, answered in {speed}")
    return box


def _note(icon: str, role: str, text: str) -> QWidget:
    cells = row(spacing=12)
    cells.addWidget(IconLabel(icon, role, 16), 0, Qt.AlignmentFlag.AlignTop)
    cells.addWidget(Label(text, "small", "text2", wrap=True), 1)
    return boxed(cells)
