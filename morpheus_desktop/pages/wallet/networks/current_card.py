"""The network in use: what reaches it, what amounts rest on, its contracts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QSizePolicy

from morpheus_desktop.models.networks import ADDED, kind_tile, money_kind, network_words
from morpheus_desktop.pages.wallet.networks.contracts import (
    card_name,
    contracts_line,
    remove_button,
)
from morpheus_desktop.pages.wallet.networks.presenter import NetworksState
from morpheus_desktop.pages.wallet.networks.server_table import ServerRows
from morpheus_desktop.pages.wallet.networks.words import age_words, trust_words
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.icon_label import IconLabel, Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import NetworkView

_TESTING = "Testing, up to five seconds…"
_TRUST_ICONS = {"text2": "shield-check", "warning": "warning", "danger": "warning-circle"}
_USED = "It is in use. Choose another network first."
_FIXED = "The servers are fixed by ETH_NODE_ADDRESS or a flag of this start."


class CurrentCard(Card):
    """`test_clicked()`, `edit_clicked()`."""

    test_clicked = Signal()
    edit_clicked = Signal()

    def __init__(self) -> None:
        self._shown: NetworkView | None = None
        self._head = row(spacing=10)
        self._words = Label("", "small", "text2", wrap=True)
        self._trust_icon = IconLabel("shield-check", "text2", 16)
        self.trust = Label("", "small", "text2", wrap=True)
        self.rows = ServerRows()
        self.table = DataTable(
            self.rows.looks,
            name="wallet.networks.servers",
            title="Servers",
            row_height=52,
            least=190,
        )
        self.table.setModel(self.rows)
        self.age = Label("", "caption", "text3")
        self.test_button = Button(
            "Test servers",
            icon="arrows-clockwise",
            size="compact",
            name="wallet.networks.test",
        )
        self.edit_button = Button(
            "Change servers…",
            size="compact",
            icon="sliders-horizontal",
            name="wallet.networks.edit",
        )
        self._contracts = column()
        self._contracts_box = boxed(column(12, line(), 12, self._contracts))
        self._servers = boxed(self._table())
        super().__init__(
            column(self._head, 8, self._words, self._servers, self._contracts_box),
            margins=(18, 16, 18, 16),
        )
        self.setObjectName("wallet.networks.current")
        self.test_button.clicked.connect(self.test_clicked)
        self.edit_button.clicked.connect(self.edit_clicked)
        self.table.row_activated.connect(lambda _row: self.edit_button.click())

    def _table(self) -> QLayout:
        trust = row(self._trust_icon, spacing=8)
        trust.addWidget(self.trust, 1)
        foot = row(self.age, None, self.test_button, self.edit_button)
        return column(10, trust, 8, self.table, 8, foot)

    def show_state(self, state: NetworksState) -> None:
        network = state.current
        if network is None:
            return
        if network != self._shown:
            self._shown = network
            self._show_network(network)
        self._servers.setVisible(not network.is_demo)
        words, role = trust_words(state.servers, state.endpoints)
        self.trust.setText(words)
        self.trust.set_role(role)
        self._trust_icon.set_icon(_TRUST_ICONS[role], role)
        self.rows.show_servers(network, state.endpoints)
        self.table.setFixedHeight(self.table.content_height())
        self.edit_button.disable_with(_FIXED if state.servers.fixed else "")

    def show_busy(self, busy: bool, age_s: int) -> None:
        self.test_button.set_busy(busy)
        self.age.setText(_TESTING if busy else age_words(age_s))

    def _show_network(self, network: NetworkView) -> None:
        clear(self._head)
        self._head.addWidget(Tile(*kind_tile(network), 32))
        self._head.addSpacing(2)
        title = ElidedLabel(network.title, "h3")
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._head.addWidget(title)
        if network.is_removable:
            self._head.addWidget(Badge(ADDED))
        self._head.addWidget(Badge(*money_kind(network)))
        self._head.addWidget(Badge("In use", "", dot="demo" if network.is_demo else "ok"))
        self._head.addStretch(1)
        self._words.setText(network_words(network))
        self.setAccessibleName(card_name(network, "in use"))
        clear(self._contracts)
        foot = contracts_line(network)
        if network.is_removable:
            remove = remove_button(network)
            remove.disable_with(_USED)
            foot.addWidget(remove, 0, Qt.AlignmentFlag.AlignBottom)
        self._contracts.addLayout(foot)
        self._contracts_box.setVisible(bool(network.marketplace))
