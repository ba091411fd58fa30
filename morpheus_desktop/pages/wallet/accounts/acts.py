"""What the user does with accounts: the menus, the sheets they open, and what came of it."""

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.accounts.groups import AccountGroup, brief
from morpheus_desktop.pages.wallet.accounts.menus import account_entries, add_entries, build_menu
from morpheus_desktop.pages.wallet.accounts.next_sheet import NextSheet
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter, AccountsState
from morpheus_desktop.pages.wallet.accounts.remove_sheet import RemoveSheet
from morpheus_desktop.pages.wallet.accounts.rename_sheet import RenameSheet
from morpheus_desktop.pages.wallet.accounts.scan_sheet import ScanSheet
from morpheus_desktop.pages.wallet.accounts.watch_sheet import WatchSheet
from node.core.errors import NodeError
from node.service.dto import AccountView, WalletStatus

_BY_SHEET = ("rename", "remove", "watch")
"""Acts whose failures their sheets say themselves."""


class AccountActs(QObject):
    """Opens sheets over the window of `host`. Signals as those of the tab."""

    told = Signal(str, str)
    problem = Signal(object)
    onboarding_requested = Signal()
    back_up_requested = Signal()
    reveal_requested = Signal(str)
    password_requested = Signal()

    def __init__(self, host: QWidget, presenter: AccountsPresenter) -> None:
        super().__init__(host)
        self._host, self._presenter = host, presenter
        self._switch = presenter.switching(host)
        self._switch.switched.connect(self._switched)
        self._switch.failed.connect(self.problem)
        presenter.done.connect(self._did)
        presenter.refused.connect(self._refused)

    @property
    def _state(self) -> AccountsState | None:
        return self._presenter.state

    # --- menus ---

    def open_menu(self, account: AccountView, place: QPoint) -> None:
        state = self._state
        if state is not None:
            entries = account_entries(account, state)
            build_menu(
                self._host,
                entries,
                lambda act: self.act(act, account),
                name="wallet.accounts.menu",
            ).popup(place)

    def open_add_menu(self, place: QPoint) -> None:
        state = self._state
        if state is not None:
            name = "wallet.accounts.add.menu"
            build_menu(self._host, add_entries(state), self.add, name=name).popup(place)

    # --- one account ---

    def act(self, act: str, account: AccountView) -> None:
        """Do what a row or its menu says; nothing where it is not offered."""
        state = self._state
        if state is None or act not in _offered(account, state):
            return
        match act:
            case "use":
                self._switch.switch(account)
            case "rename":
                RenameSheet(self._host.window(), self._presenter, account).open()
            case "copy":
                QGuiApplication.clipboard().setText(account.address)
                self.told.emit(f"The address of {brief(account.label)} is copied", "success")
            case "hide":
                self._presenter.hide(account.address, not account.hidden)
            case "remove":
                self._ask_to_remove(account, state)
            case "backup":
                self.back_up_requested.emit()
            case "reveal":
                self.reveal_requested.emit("private_key")
            case "password":
                self.password_requested.emit()

    def _ask_to_remove(self, account: AccountView, state: AccountsState) -> None:
        sheet = RemoveSheet(self._host.window(), self._presenter, account, state)
        sheet.back_up_requested.connect(self.back_up_requested)
        sheet.open()

    # --- further accounts ---

    def add(self, way: str) -> None:
        """A way of the menu; those of a phrase carry its group."""
        kind, _, key = way.partition(":")
        groups = self._state.groups if self._state is not None else ()
        group = next((item for item in groups if item.key == key), None)
        if kind == "next" and group is not None:
            self.add_next(group)
        elif kind == "find" and group is not None:
            self._find(group)
        elif kind == "watch":
            WatchSheet(self._host.window(), self._presenter).open()
        elif kind == "wallet":
            self.onboarding_requested.emit()
        elif kind == "backup-file":
            self.reveal_requested.emit("backup")

    def add_next(self, group: AccountGroup) -> None:
        """The next account of a phrase; the password is asked for where nobody else has it."""
        if group.by_keyring:
            self._presenter.add_next(group.key, "", None)
            return
        NextSheet(self._host.window(), self._presenter, group, wait_s=self._wait_s).open()

    def _find(self, group: AccountGroup) -> None:
        scan = self._presenter.scanning(group.key)
        sheet = ScanSheet(self._host.window(), scan, group, wait_s=self._wait_s)
        scan.setParent(sheet)
        scan.added.connect(self._added)
        scan.add_failed.connect(lambda _error: self._presenter.load())
        sheet.open()

    @property
    def _wait_s(self) -> int:
        return self._state.status.wait_s if self._state is not None else 0

    # --- what comes of it ---

    def _switched(self, status: WalletStatus) -> None:
        locked = ", locked" if status.locked else ""
        self.told.emit(f"{brief(status.label)} is in use{locked}", "success")
        self._presenter.load()

    def _added(self, accounts: tuple[AccountView, ...]) -> None:
        names = " and ".join(brief(item.label) for item in accounts)
        many = len(accounts) > 2
        text = f"{len(accounts)} accounts are added" if many else f"{names} added"
        self.told.emit(text, "success")
        self._presenter.load()

    def _did(self, act: str, result: object) -> None:
        if isinstance(result, AccountView):
            name = brief(result.label)
            words = {
                "rename": f"The account is called {name} now",
                "hide": f"{name} is {'hidden' if result.hidden else 'shown again'}",
                "watch": f"{name} is watched",
                "next": f"{name} is added",
            }
            self.told.emit(words[act], "success")
        elif act == "remove":
            self.told.emit("The account is removed", "success")

    def _refused(self, act: str, error: NodeError) -> None:
        in_sheet = act in _BY_SHEET or self._host.window().findChild(NextSheet) is not None
        if not in_sheet:
            self.told.emit(f"{error.message} {error.hint}".strip(), "warning")


def _offered(account: AccountView, state: AccountsState) -> set[str]:
    entries = account_entries(account, state)
    return {act for act, _text, _keys, why_not in entries if act and not why_not}
