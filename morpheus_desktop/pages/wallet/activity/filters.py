"""Which transactions are listed: a kind, and words to look for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.layouts import column, row

KINDS = {
    "": "All",
    "send": "Sent",
    "received": "Received",
    "session": "Sessions",
    "approval": "Allowances",
    "claim": "Taken back",
    "hosting": "Hosting",
}
"""Kinds of the facade and how they are called here. Dust is found by the search."""


class ActivityFilters(QWidget):
    """`kind_chosen(kind)`, `searched(text)`, `export_clicked()`."""

    kind_chosen = Signal(str)
    searched = Signal(str)
    export_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonToggled.connect(self._toggled)
        self._kinds: dict[object, str] = {}
        self.search = SearchField("Find a transaction", name="wallet.activity.search")
        self.export_button = IconButton(
            "export", "Save all as a table (CSV)", name="wallet.activity.export"
        )
        upper = row(spacing=8)
        upper.addWidget(self.search, 1)
        upper.addWidget(self.export_button)
        self.setLayout(column(upper, 8, self._chips()))
        self.search.changed.connect(self.searched)
        self.export_button.clicked.connect(self.export_clicked)

    def _chips(self) -> QHBoxLayout:
        line = row(spacing=6)
        for kind, title in KINDS.items():
            chip = Chip(title, name=f"wallet.activity.kind.{kind or 'all'}")
            chip.setCheckable(True)
            chip.setChecked(not kind)
            self._group.addButton(chip)
            self._kinds[chip] = kind
            line.addWidget(chip)
        line.addStretch(1)
        return line

    def _toggled(self, chip: object, on: bool) -> None:
        if on and chip in self._kinds:
            self.kind_chosen.emit(self._kinds[chip])
