"""Networks: which one is in use, what reaches it, and the way to another one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QWidget

from morpheus_desktop.errors import present
from morpheus_desktop.pages.wallet.networks.add_sheet import AddSheet
from morpheus_desktop.pages.wallet.networks.current_card import CurrentCard
from morpheus_desktop.pages.wallet.networks.other_card import OtherCard
from morpheus_desktop.pages.wallet.networks.other_list import OtherList
from morpheus_desktop.pages.wallet.networks.presenter import NetworksPresenter, NetworksState
from morpheus_desktop.pages.wallet.networks.remove_sheet import RemoveSheet
from morpheus_desktop.pages.wallet.networks.servers_sheet import ServersSheet
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.load_view import LoadView
from node.service.dto import NetworkView, NodeStatus

EVERY_S = 10
"""So often the figures are read again while they are looked at. Nobody is asked for it."""


class NetworksTab(WalletTab):
    """`network_requested(NetworkView)` to use another one."""

    network_requested = Signal(object)

    def __init__(self, presenter: NetworksPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet.networks")
        self._presenter = presenter
        self._ticks = 0
        self._new = ""
        self._notices = column()
        self.current = CurrentCard()
        self._none = Label(
            "No network is in use: there are no balances, sessions and offers now.",
            "body",
            "text2",
            wrap=True,
        )
        self.add_button = Button(
            "Add a network…", icon="plus", size="compact", name="wallet.networks.add.open"
        )
        others = row(Label("Other networks", "strong"), None, self.add_button)
        self._list = OtherList()
        content = boxed(column(self._notices, self._none, self.current, 20, others, 8, self._list))
        # Even without an answer there is nothing else to show than that.
        self.view = LoadView(content, QWidget(), name="wallet.networks", rows=4)
        self._follow(presenter, self.view, self._show)
        self._connect()

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.busy_changed.connect(self._show_busy)
        presenter.probe_failed.connect(lambda _error: self._show())
        presenter.servers_saved.connect(self._servers_saved)
        presenter.time.ticked.connect(self._tick)
        self.current.test_clicked.connect(presenter.probe)
        self.current.edit_clicked.connect(self._edit_servers)
        self.add_button.clicked.connect(self._add)
        self._list.use_clicked.connect(self.network_requested)
        self._list.remove_clicked.connect(self._remove)
        self._list.focus_lost.connect(self.add_button.setFocus)
        presenter.own.added.connect(self._added)
        presenter.own.removed.connect(self._removed)

    @property
    def others(self) -> list[OtherCard]:
        """The cards of the networks that are not in use."""
        return self._list.cards

    # --- what is there ---

    def _tick(self) -> None:
        if self.isVisible() and self._presenter.state is not None:
            self._ticks += 1
            if self._ticks % EVERY_S == 0 and not self._presenter.is_probing:
                self._presenter.load()
            self._show_busy()

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        self.current.setVisible(state.current is not None)
        self._none.setVisible(state.current is None)
        self.current.show_state(state)
        self._show_notices(state)
        self._show_others(state)
        self._show_busy()
        self.view.show_content()
        if self.isVisible():
            self._presenter.probe_if_old()

    def _show_busy(self) -> None:
        self.current.show_busy(self._presenter.is_probing, self._presenter.age_s())

    def _show_notices(self, state: NetworksState) -> None:
        clear(self._notices)
        difference, clock = state.servers.disagreement, self._presenter.clock
        failure = self._presenter.test_failure
        if failure is not None:
            words = present(failure)
            self._notice(words.title, words.text, words.severity)
        if difference:
            self._notice("The servers disagree", f"{difference} Nothing is signed.", "danger")
        if clock is not None:
            tone = "warning" if clock.warning else "danger"
            self._notice("Your computer's clock is off", f"{clock.message} {clock.hint}", tone)

    def _notice(self, title: str, text: str, tone: str) -> None:
        banner = Banner(title, text.strip(), tone=tone)
        banner.setObjectName("wallet.networks.notice")
        self._notices.addWidget(banner)
        self._notices.addSpacing(8)

    def _show_others(self, state: NetworksState) -> None:
        used = state.current.name if state.current is not None else ""
        wanted = [item for item in state.networks if item.name != used]
        self._list.show_networks(wanted)
        if any(item.name == self._new for item in wanted):
            # The next step is to use it; whoever types elsewhere meanwhile goes on there.
            is_free = QApplication.focusWidget() in (None, self.window(), self.add_button)
            self._list.reveal(self._new, focus=is_free)
            self._new = ""

    # --- what the user does ---

    def _edit_servers(self) -> None:
        state = self._presenter.state
        if state is not None and state.current is not None:
            ServersSheet(self.window(), self._presenter, state.current, state.servers).open()

    def _add(self) -> None:
        AddSheet(self.window(), self._presenter.own).open()

    def _added(self, network: NetworkView) -> None:
        self._new = network.name
        self.told.emit(f"{network.title} is added", "success")

    def _remove(self, network: NetworkView) -> None:
        RemoveSheet(self.window(), self._presenter.own, network).open()

    def _removed(self, name: str) -> None:
        title = next((i.network.title for i in self.others if i.network.name == name), name)
        self.told.emit(f"{title} is removed", "success")

    def _servers_saved(self, status: NodeStatus) -> None:
        del status
        self.told.emit("The servers are in use", "success")
