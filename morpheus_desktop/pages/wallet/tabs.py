"""The tabs of the wallet page: each is made when it is first shown."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.layouts import column
from morpheus_desktop.widgets.tabs import Tabs
from node.service.api import NodeService

ACTIVITY, APPROVALS, ACCOUNTS, CONTACTS, NETWORKS = TITLES = (
    "Activity",
    "Approvals",
    "Accounts",
    "Address book",
    "Networks",
)

_Presenter = TypeVar("_Presenter", bound=QObject)
TabFactory = Callable[[], WalletTab]


class WalletTabs(QWidget):
    """`told` and `problem` of all tabs come out here. `chosen(title)`; `made(title, widget)` when a
    tab was shown for the first time, for what only one of them says.
    """

    told = Signal(str, str)
    problem = Signal(object)
    chosen = Signal(str)
    made = Signal(str, object)

    def __init__(self, factories: Mapping[str, TabFactory]) -> None:
        super().__init__()
        self._factories = factories
        self._titles = tuple(factories)
        self._made: dict[str, WalletTab] = {}
        self._counts = {title: "" for title in self._titles}
        self.bar = Tabs(self._titles, name="wallet.tabs")
        self._content = column()
        self.setLayout(column(self.bar, 4, self._content))
        self.bar.chosen.connect(lambda _index: self.shown())

    @property
    def title(self) -> str:
        return self._titles[self.bar.index]

    def choose(self, title: str) -> None:
        """Show the tab of that title."""
        self.bar.choose(self._titles.index(title))

    def shown(self) -> None:
        """The page, or another tab of it, became visible."""
        chosen = self._tab(self.title)
        for tab in self._made.values():
            tab.setVisible(tab is chosen)
        self.chosen.emit(self.title)
        chosen.shown()

    def _tab(self, title: str) -> WalletTab:
        tab = self._made.get(title)
        if tab is None:
            tab = self._made[title] = self._factories[title]()
            self._content.addWidget(tab)
            self._connect(title, tab)
            self.made.emit(title, tab)
        return tab

    def _connect(self, title: str, tab: WalletTab) -> None:
        tab.told.connect(self.told)
        tab.problem.connect(self.problem)
        tab.count_changed.connect(lambda text: self._count(title, text))

    def _count(self, title: str, text: str) -> None:
        self._counts[title] = text
        self.bar.set_counts(*self._counts.values())


class TabMaker:
    """Factories of the tabs by their titles. Imports are inside: a tab costs nothing before."""

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        self._node, self._tasks, self._signals, self._time = node, tasks, signals, time

    def factories(self) -> dict[str, TabFactory]:
        return {
            ACTIVITY: self._activity,
            APPROVALS: self._approvals,
            ACCOUNTS: self._accounts,
            CONTACTS: self._contacts,
            NETWORKS: self._networks,
        }

    def _activity(self) -> WalletTab:
        from morpheus_desktop.pages.wallet.activity.presenter import ActivityPresenter
        from morpheus_desktop.pages.wallet.activity.tab import ActivityTab

        return self._made(ActivityPresenter, ActivityTab)

    def _approvals(self) -> WalletTab:
        from morpheus_desktop.pages.wallet.approvals.presenter import ApprovalsPresenter
        from morpheus_desktop.pages.wallet.approvals.tab import ApprovalsTab

        return self._made(ApprovalsPresenter, ApprovalsTab)

    def _accounts(self) -> WalletTab:
        from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
        from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab

        return self._made(AccountsPresenter, AccountsTab)

    def _contacts(self) -> WalletTab:
        from morpheus_desktop.pages.wallet.contacts.presenter import ContactsPresenter
        from morpheus_desktop.pages.wallet.contacts.tab import ContactsTab

        return self._made(ContactsPresenter, ContactsTab)

    def _networks(self) -> WalletTab:
        from morpheus_desktop.pages.wallet.networks.presenter import NetworksPresenter
        from morpheus_desktop.pages.wallet.networks.tab import NetworksTab

        return self._made(NetworksPresenter, NetworksTab)

    def _made(
        self, make_presenter: Callable[..., _Presenter], make_tab: Callable[[_Presenter], WalletTab]
    ) -> WalletTab:
        """A tab with a presenter that lives as long as the tab."""
        presenter = make_presenter(self._node, self._tasks, self._signals, self._time)
        tab = make_tab(presenter)
        presenter.setParent(tab)
        return tab
