"""The menus below the chips of the header: networks, and what can be done with the wallet."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from morpheus_desktop.models.networks import menu_words
from morpheus_desktop.network_change import NetworkChange
from morpheus_desktop.shell_presenter import ShellPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.window import MainWindow
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import NetworkView


class Ways(Protocol):
    """Where an entry can lead."""

    network_change: NetworkChange

    def go(self, section: str) -> None: ...

    def set_up_wallet(self) -> None: ...

    def unlock(self) -> None: ...

    def show_problem(self, error: NodeError) -> None: ...


class HeaderMenus(QObject):
    """Opens a menu when its chip is clicked."""

    def __init__(
        self,
        window: MainWindow,
        ways: Ways,
        *,
        node: NodeService,
        tasks: GuiTasks,
        shell: ShellPresenter,
    ) -> None:
        super().__init__(window)
        self._window, self._ways = window, ways
        self._node, self._tasks, self._shell = node, tasks, shell
        window.top_bar.account_clicked.connect(self._account)
        window.top_bar.network_clicked.connect(self._networks)

    def _account(self) -> None:
        wallet = self._shell.state.wallet
        if wallet is None or wallet.kind == "none":
            self._ways.set_up_wallet()
            return
        entries: list[tuple[str, Callable[[], None]]] = []
        if wallet.locked:
            entries.append(("Unlock", self._ways.unlock))
        elif wallet.kind == "vault":
            entries.append(("Lock", self._shell.lock))
        if self._window.has_page("wallet"):
            entries.insert(0, ("Wallet", lambda: self._ways.go("wallet")))
        self._open(self._window.top_bar.account, entries)

    def _networks(self) -> None:
        self._tasks.attempt(
            self._node.system.networks(),
            "networks",
            failed=self._ways.show_problem,
            done=self._list_networks,
        )

    def _list_networks(self, networks: tuple[NetworkView, ...]) -> None:
        choose = self._ways.network_change.choose
        self._open(
            self._window.top_bar.network,
            [(menu_words(item), partial(choose, item)) for item in networks],
        )

    def _open(self, chip: QWidget, entries: list[tuple[str, Callable[[], None]]]) -> None:
        if not entries:
            return
        menu = QMenu(self._window)
        for title, action in entries:
            menu.addAction(title).triggered.connect(lambda _checked=False, action=action: action())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))
