"""Using another account of the wallet: what is said before, the password where it helps."""

from dataclasses import dataclass

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.accounts.switch_sheet import SwitchSheet
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError, NoTargetError
from node.service.api import NodeService
from node.service.dto import AccountView, SessionView, WalletStatus

_NOT_CLOSED = ("opening", "active", "ended", "closing")
_UNREAD = "Sessions that {label} has open stay open; they are closed when {label} is used again."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """The account in use. `stays` says what it leaves open."""

    status: WalletStatus
    stays: str


class AccountSwitch(QObject):
    """Opens a sheet over the window of `host` where something has to be said or asked.

    Signals: `switched(WalletStatus)`; `failed(NodeError)` for what no open sheet says itself.
    """

    switched = Signal(object)
    failed = Signal(object)

    def __init__(self, host: QWidget, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__(host)
        self._host, self._node, self._tasks = host, node, tasks
        self._sheet: SwitchSheet | None = None
        self._running = False

    def switch(self, account: AccountView) -> None:
        """Use this account, one change at a time. Nothing happens for the one in use."""
        if account.active or self._running:
            return
        self._running = True
        self._tasks.attempt(
            self._look(),
            "switch-account",
            failed=self._refused,
            done=lambda before: self._go_on(account, before),
        )

    # --- inside ---

    def _go_on(self, account: AccountView, before: _Before) -> None:
        asks = account.kind != "watch" and not account.by_keyring
        if not asks and not before.stays:
            self._select(account, None)
            return
        sheet = SwitchSheet(
            self._host.window(), account, stays=before.stays, wait_s=before.status.wait_s
        )
        sheet.confirmed.connect(lambda password: self._select(account, password))
        sheet.closed.connect(self._closed)
        self._sheet = sheet
        sheet.open()
        (sheet.password.field.edit if asks else sheet.unlock_button).setFocus()

    def _select(self, account: AccountView, password: SecretStr | None) -> None:
        self._tasks.attempt(
            self._node.wallet.select_account(account.address, password),
            "select-account",
            failed=self._refused,
            done=self._selected,
        )

    def _selected(self, status: WalletStatus) -> None:
        self._running = False
        if self._sheet is not None:
            self._sheet.finished()
        self.switched.emit(status)

    def _refused(self, error: NodeError) -> None:
        if self._sheet is not None:
            self._sheet.refused(error)
            return
        self._running = False
        self.failed.emit(error)

    def _closed(self) -> None:
        self._sheet = None
        self._running = False

    async def _look(self) -> _Before:
        status = await self._node.wallet.status()
        if status.watch_only or status.kind == "none":
            return _Before(status=status, stays="")
        try:
            sessions = await self._node.sessions.list()
        except NoTargetError:
            return _Before(status=status, stays="")
        except NodeError:
            # What cannot be counted now is there all the same.
            return _Before(status=status, stays=_UNREAD.format(label=status.label))
        return _Before(status=status, stays=stays_open(sessions, status.label))


def stays_open(sessions: tuple[SessionView, ...], label: str) -> str:
    """What happens to the sessions of the account that is left, in words; empty without any."""
    count = sum(item.state in _NOT_CLOSED for item in sessions)
    if not count:
        return ""
    if count == 1:
        return (
            f"1 session of {label} stays open. It is closed, and its stake comes back, when"
            f" {label} is used again."
        )
    return (
        f"{count} sessions of {label} stay open. They are closed, and their stake comes back, when"
        f" {label} is used again."
    )
