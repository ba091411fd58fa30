"""What the accounts tab knows and does."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.accounts.groups import AccountGroup, grouped
from morpheus_desktop.pages.wallet.accounts.scanning import AccountScan
from morpheus_desktop.pages.wallet.switching import AccountSwitch
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.service.api import NodeService
from node.service.dto import AccountView, AddAccount, WalletStatus

Act = Literal["rename", "hide", "remove", "watch", "next"]
REMOVE = "REMOVE"
"""The word that has to be typed before an account is removed."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsState:
    """`is_reading`: balances are still to come. `demo`: the account is of the demo network."""

    status: WalletStatus
    accounts: tuple[AccountView, ...] = ()
    demo: bool = False
    is_reading: bool = False

    @property
    def in_memory(self) -> bool:
        """The one account of this run; nothing can be changed about it."""
        return self.status.kind == "memory"

    @property
    def groups(self) -> tuple[AccountGroup, ...]:
        found = grouped(self.accounts)
        if not self.in_memory:
            return found
        title = "Demo account" if self.demo else "Account of this run"
        return tuple(replace(item, title=title, note="") for item in found)

    def is_used(self, group: str) -> bool:
        """Whether the account in use is of this group, so that its phrase can be opened."""
        return any(item.active and item.group == group for item in self.accounts)

    @property
    def hidden(self) -> tuple[AccountView, ...]:
        return tuple(item for item in self.accounts if item.hidden and not item.active)

    @property
    def unread(self) -> bool:
        """Whether the chain could not be read."""
        missing = any(item.mor is None or item.eth_wei is None for item in self.accounts)
        return missing and not self.is_reading


class AccountsPresenter(QObject):
    """`loaded()` or `failed(NodeError)`; `stale()` when another look may show something else.

    `done(act, AccountView | WalletStatus)` or `refused(act, NodeError)`, one act at a time.
    """

    loaded = Signal()
    failed = Signal(object)
    stale = Signal()
    done = Signal(str, object)
    refused = Signal(str, object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self.time = time
        self.state: AccountsState | None = None
        self.load = Refresh(
            tasks, self._read, "accounts", done=self._arrived, failed=self.failed.emit
        )
        signals.wallet_changed.connect(self.stale)
        signals.balance_changed.connect(self.stale)

    def switching(self, host: QWidget) -> AccountSwitch:
        """What uses another account; its sheet opens over the window of `host`."""
        return AccountSwitch(host, self._node, self._tasks)

    def scanning(self, group: str) -> AccountScan:
        """For one sheet that looks for accounts of a kept phrase."""
        return AccountScan(self._node, self._tasks, group)

    def by_address(self, address: str) -> AccountView | None:
        """The account with an address, in any case."""
        wanted = address.strip().casefold()
        known = self.state.accounts if self.state is not None else ()
        return next((item for item in known if item.address.casefold() == wanted), None)

    # --- acts ---

    def rename(self, address: str, label: str) -> None:
        self._do("rename", self._node.wallet.label_account(address, label))

    def hide(self, address: str, hidden: bool) -> None:
        self._do("hide", self._node.wallet.hide_account(address, hidden))

    def remove(self, address: str, typed: str) -> None:
        self._do("remove", self._node.wallet.remove_account(address, typed))

    def watch(self, address: str, label: str) -> None:
        self._do("watch", self._node.wallet.watch(address, label))

    def add_next(self, group: str, label: str, password: SecretStr | None) -> None:
        """The next account of a phrase that is kept."""
        request = AddAccount(group=group, label=label, password=password)
        self._do("next", self._node.wallet.add_account(request))

    # --- inside ---

    def _do(self, act: Act, coroutine: Coroutine[Any, Any, _T]) -> None:
        self._tasks.attempt(
            coroutine,
            f"account-{act}",
            failed=lambda error: self.refused.emit(act, error),
            done=lambda result: self._did(act, result),
        )

    def _did(self, act: Act, result: object) -> None:
        self.done.emit(act, result)
        self.load()

    async def _read(self) -> AccountsState:
        wallet = self._node.wallet
        status = await wallet.status()
        node = await self._node.system.status()
        demo = node.network is not None and node.network.is_demo
        if self.state is None:
            # Names are there at once; what the accounts hold may take the network a while.
            known = await wallet.accounts()
            self._arrived(AccountsState(status=status, accounts=known, demo=demo, is_reading=True))
        accounts = await wallet.accounts(balances=True)
        return AccountsState(status=status, accounts=accounts, demo=demo)

    def _arrived(self, state: AccountsState) -> None:
        self.state = state
        self.loaded.emit()
