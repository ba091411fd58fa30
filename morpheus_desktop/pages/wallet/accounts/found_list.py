"""Accounts that were found, to be ticked; those of the wallet stand there as known."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.accounts.groups import holding
from morpheus_desktop.widgets.check_row import CheckRow
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.layouts import clear, column
from node.service.dto import FoundAccount


class FoundList(QWidget):
    """Signals: `changed()` when others are ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[FoundAccount, ...] = ()
        self._boxes: dict[str, CheckRow] = {}
        self._rows = column(spacing=0)
        self.setLayout(column(Sunken(self._rows, margins=(6, 6, 6, 6)), 6))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Paths of those that are wanted, in their order."""
        return tuple(item.path for item in self._found if self._is_ticked(item.path))

    @property
    def summary(self) -> str:
        """How many were looked at and what came of it."""
        found = self._found
        if not found:
            return ""
        if found[0].mor is None:
            return "Balances cannot be read at the moment."
        full = sum(bool(item.mor or item.eth_wei) for item in found)
        what = {0: "none holds anything", 1: "1 holds something"}.get(
            full, f"{full} hold something"
        )
        return f"{len(found)} accounts looked at, {what}."

    def show_found(self, found: tuple[FoundAccount, ...]) -> None:
        """Show these; what was ticked stays, new ones with funds are ticked."""
        before = set(self._boxes)
        ticked = {path for path in self._boxes if self._is_ticked(path)}
        focused = next((path for path, box in self._boxes.items() if box.hasFocus()), "")
        clear(self._rows)
        self._found, self._boxes = found, {}
        for item in found:
            fresh = item.path not in before and bool(item.mor or item.eth_wei)
            box = self._row(item, ticked=item.path in ticked or fresh)
            self._boxes[item.path] = box
            self._rows.addWidget(box)
            if item.path == focused:
                box.show()
                box.setFocus()
        self.changed.emit()

    def _row(self, item: FoundAccount, *, ticked: bool) -> CheckRow:
        box = CheckRow(
            formats.short_address(item.address),
            "in your wallet" if item.known else item.path,
            holding(item),
            name=f"wallet.accounts.found.{item.index}",
        )
        box.setToolTip(f"{item.address}\n{item.path}")
        box.setChecked(ticked or item.known)
        box.setEnabled(not item.known)
        box.toggled.connect(lambda _on: self.changed.emit())
        return box

    def _is_ticked(self, path: str) -> bool:
        box = self._boxes.get(path)
        return box is not None and box.isEnabled() and box.isChecked()
