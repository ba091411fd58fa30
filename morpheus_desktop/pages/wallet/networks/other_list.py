"""The networks that are not in use, as cards: two beside each other where there is room."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QWidget

from morpheus_desktop.pages.wallet.networks.other_card import OtherCard
from morpheus_desktop.widgets.layouts import clear
from node.service.dto import NetworkView

_TWO_COLUMNS = 720
_PASSES = 6
"""So many turns of the event loop it takes at most until every layout up to the page has grown."""


class OtherList(QWidget):
    """`use_clicked(NetworkView)`, `remove_clicked(NetworkView)`; `focus_lost()` when the card that
    had the focus is gone.
    """

    use_clicked = Signal(object)
    remove_clicked = Signal(object)
    focus_lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[OtherCard] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)

    def show_networks(self, networks: list[NetworkView]) -> None:
        """The focus stays on the same button, if that is still there."""
        if [card.network for card in self.cards] == networks:
            return
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
        clear(self._grid)
        self.cards = [OtherCard(item) for item in networks]
        for card in self.cards:
            card.use_clicked.connect(self.use_clicked)
            card.remove_clicked.connect(self.remove_clicked)
        self._columns = 0
        self._place()
        if name:
            self._focus_again(name)

    def reveal(self, name: str, *, focus: bool) -> None:
        """Scroll to the card of the network `name` and, with `focus`, go there."""
        for card in self.cards:
            if card.network.name == name:
                if focus:
                    card.use_button.setFocus(Qt.FocusReason.OtherFocusReason)
                _bring_into_view(card)

    def _focus_again(self, name: str) -> None:
        for card in self.cards:
            for widget in card.findChildren(QWidget, name):
                if widget.isEnabled():
                    widget.setFocus(Qt.FocusReason.OtherFocusReason)
                    return
        self.focus_lost.emit()

    def _place(self) -> None:
        columns = 2 if self.width() >= _TWO_COLUMNS else 1
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
        for column_number in range(2):
            self._grid.setColumnStretch(column_number, int(column_number < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()


def _bring_into_view(card: QWidget, passes: int = _PASSES) -> None:
    above = card.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is None:
        return
    above.ensureWidgetVisible(card, 0, 16)
    if passes:
        QTimer.singleShot(0, card, lambda: _bring_into_view(card, passes - 1))
