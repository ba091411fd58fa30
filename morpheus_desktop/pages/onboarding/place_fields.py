"""Where an imported wallet goes when there is one already: beside it, or in its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row

REPLACE = "REPLACE"


class PlaceFields(QWidget):
    """Hidden without a wallet of `address`. Signals: `changed()`; `backup_requested()`."""

    changed = Signal()
    backup_requested = Signal()

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self._choice = Segment(("Beside it", "In its place"), name="wallet.import.place")
        self._typed = TextField(f"Type {REPLACE}", name="wallet.import.replace")
        warning = Label(
            f"This would replace wallet {formats.short_address(address)}. Back it up first.",
            "small",
            "danger",
            wrap=True,
        )
        save = Button("Back up", "link", name="wallet.import.backup")
        save.clicked.connect(self.backup_requested)
        first = row(spacing=12)
        first.addWidget(warning, 1)
        first.addWidget(save)
        self._danger = boxed(column(first, self._typed, spacing=8))
        there = f"You have {formats.short_address(address)} already"
        head = row(Label(there, "body", "text2"), None, self._choice)
        self.setLayout(column(head, self._danger, spacing=10))
        self._choice.chosen.connect(self._chosen)
        self._typed.changed.connect(self.changed)
        self._danger.hide()
        if not address:
            self.hide()

    @property
    def is_needed(self) -> bool:
        return bool(self._address)

    @property
    def add(self) -> bool:
        return bool(self._address) and self._choice.index == 0

    @property
    def replace(self) -> bool:
        return bool(self._address) and self._choice.index == 1

    @property
    def problem(self) -> str:
        if self.replace and self._typed.text().strip() != REPLACE:
            return f"Type {REPLACE} first."
        return ""

    def _chosen(self) -> None:
        self._danger.setVisible(self.replace)
        self.changed.emit()
