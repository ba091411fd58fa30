"""A network that is not in use, and the way to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout

from morpheus_desktop.models.networks import ADDED, kind_tile, money_kind, network_words
from morpheus_desktop.pages.wallet.networks.contracts import (
    card_name,
    contracts_line,
    remove_button,
)
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import NetworkView

_NO_SERVER = "No public server serves it. Name one at the start: MORPHEUS_RPC_URLS."
_UNFIT = "The settings hold it in a way that cannot be used. Remove it and add it again."


class OtherCard(Card):
    """`use_clicked(NetworkView)`; `remove_clicked(NetworkView)` of one that the user added."""

    use_clicked = Signal(object)
    remove_clicked = Signal(object)

    def __init__(self, network: NetworkView) -> None:
        self.network = network
        reachable = network.is_demo or bool(network.hosts)
        self.use_button = Button("Use", size="compact", name=f"wallet.networks.use.{network.name}")
        self.use_button.setAccessibleName(f"Use {network.title}")
        missing = _UNFIT if network.is_removable else _NO_SERVER
        self.use_button.disable_with("" if reachable else missing)
        head = row(Tile(*kind_tile(network), 32), spacing=12)
        head.addWidget(ElidedLabel(network.title, "strong"), 1)
        head.addWidget(Badge(*money_kind(network)))
        head.addWidget(self.use_button)
        words = network_words(network) if reachable else f"{network_words(network)}. {missing}"
        lines = column(head, 8, Label(words, "small", "text2", wrap=True))
        if network.marketplace:
            lines.addSpacing(10)
            lines.addLayout(contracts_line(network))
        lines.addStretch(1)
        if network.is_removable:
            lines.addSpacing(6)
            lines.addLayout(self._foot())
        super().__init__(lines, margins=(18, 12, 14, 14))
        self.setObjectName(f"wallet.networks.card.{network.name}")
        self.setAccessibleName(card_name(network))
        self.use_button.clicked.connect(lambda: self.use_clicked.emit(self.network))

    def _foot(self) -> QLayout:
        remove = remove_button(self.network)
        remove.clicked.connect(lambda: self.remove_clicked.emit(self.network))
        return row(Badge(ADDED), None, remove)
