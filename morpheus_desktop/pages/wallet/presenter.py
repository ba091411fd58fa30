"""What the wallet page knows and does: accounts, balances, claiming, the demo's time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.receive.presenter import ReceivePresenter
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter
from morpheus_desktop.pages.wallet.switching import AccountSwitch
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, NoTargetError, NoWalletError
from node.service.api import NodeService
from node.service.dto import (
    AccountView,
    DemoStatus,
    MorOverview,
    NetworkView,
    TransactionView,
    WalletStatus,
)

RETRY_S = 10
"""Seconds until a failed read is tried again by itself."""
_LAG_S = 15
"""Seconds until stake that should be free by now is looked for again: a block has to come."""
_FEES_OF = 60
"""So many transactions tell what a session costs in fees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletState:
    """All at one moment. `overview` is None without a wallet or a network.

    `next_back` is when the next open session ends, 0 without one. `session_fee`: wei that opening
    and closing cost lately, 0 while it is not known. `problem`: why the figures could not be read;
    those of the same account from before stay.
    """

    status: WalletStatus
    network: NetworkView | None = None
    demo: DemoStatus | None = None
    overview: MorOverview | None = None
    next_back: int = 0
    session_fee: int = 0
    accounts: tuple[AccountView, ...] = ()
    problem: NodeError | None = None


class WalletPresenter(QObject):
    """`loaded()` or `failed(NodeError)` after a read; old data stays after a failure.

    `unlocked()` or `unlock_failed(NodeError)`; `claimed(ClaimResult)`, `time_moved(DemoStatus)`;
    `act_failed(NodeError)` for the other acts; `busy_changed()`.
    """

    loaded = Signal()
    failed = Signal(object)
    unlocked = Signal()
    unlock_failed = Signal(object)
    claimed = Signal(object)
    time_moved = Signal(object)
    act_failed = Signal(object)
    busy_changed = Signal()

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._signals = signals
        self.time = time
        self.state: WalletState | None = None
        self.is_claiming = False
        self.is_moving = False
        self.read_at = 0
        self._next_read = 0
        self.load = Refresh(tasks, self._read, "wallet", done=self._arrived, failed=self._failed)
        signals.balance_changed.connect(self.load)
        signals.wallet_changed.connect(self.load)
        signals.transaction_changed.connect(lambda _event: self.load())

    # --- acts ---

    def unlock(self, password: str) -> None:
        self._tasks.attempt(
            self._node.wallet.unlock(password),
            "unlock",
            failed=self.unlock_failed.emit,
            done=lambda _status: self._unlocked(),
        )

    def lock(self) -> None:
        self._tasks.attempt(
            self._node.wallet.lock(),
            "lock",
            failed=self.act_failed.emit,
            done=lambda _status: self.load(),
        )

    def sending(self) -> SendPresenter:
        """For one sheet that sends."""
        return SendPresenter(self._node, self._tasks, self._signals)

    def receiving(self) -> ReceivePresenter:
        """For one sheet that shows the address."""
        return ReceivePresenter(self._node, self._tasks)

    def switching(self, host: QWidget) -> AccountSwitch:
        """For going over to another account; its questions are asked over `host`."""
        return AccountSwitch(host, self._node, self._tasks)

    def claim(self) -> None:
        """Take back all stake whose time has come, once at a time."""
        if not self.is_claiming:
            self.is_claiming = True
            self.busy_changed.emit()
            self._tasks.spawn(self._claim(), "claim")

    def look_if_due(self) -> None:
        """Read again when locked stake should be free by now, or a read failed a while ago."""
        if self._next_read and self.time.now() >= self._next_read:
            self._next_read = 0
            self.load()

    def skip_to_midnight(self) -> None:
        """Demo: move the chain's time to the next midnight UTC."""
        if not self.is_moving:
            self.is_moving = True
            self.busy_changed.emit()
            self._tasks.spawn(self._skip(), "skip")

    def set_speed(self, speed: int) -> None:
        self._tasks.spawn(self._set_speed(speed), "speed")

    # --- inside ---

    def _unlocked(self) -> None:
        self.unlocked.emit()
        self.load()

    async def _claim(self) -> None:
        try:
            self.claimed.emit(await self._node.wallet.withdraw_released())
        except NodeError as error:
            self.act_failed.emit(error)
        finally:
            self.is_claiming = False
            self.busy_changed.emit()
        self.load()

    async def _skip(self) -> None:
        try:
            await self._follow(await self._node.system.skip_to_midnight())
        except NodeError as error:
            self.act_failed.emit(error)
        finally:
            self.is_moving = False
            self.busy_changed.emit()
        self.load()

    async def _set_speed(self, speed: int) -> None:
        try:
            await self._follow(await self._node.system.set_demo_speed(speed))
        except NodeError as error:
            self.act_failed.emit(error)

    async def _follow(self, demo: DemoStatus) -> None:
        self.time.follow(await self._node.system.status())
        self.time_moved.emit(demo)

    async def _read(self) -> WalletState:
        status = await self._node.wallet.status()
        node = await self._node.system.status()
        state = WalletState(status=status, network=node.network, demo=node.demo)
        if status.kind == "none":
            return state
        try:
            overview = await self._node.wallet.overview()
        except (NoWalletError, NoTargetError):
            return state  # no network is chosen yet: nothing to count
        except NodeError as error:
            return replace(state, accounts=await self._node.wallet.accounts(), problem=error)
        sessions = await self._node.sessions.list()
        recent = await self._node.wallet.transactions(0, _FEES_OF)
        ends = [session.ends_at for session in sessions if session.state == "active"]
        return WalletState(
            status=status,
            network=node.network,
            demo=node.demo,
            overview=overview,
            next_back=min(ends, default=0),
            session_fee=session_fee(recent),
            accounts=await self._node.wallet.accounts(balances=status.kind == "vault"),
        )

    def _arrived(self, state: WalletState) -> None:
        if state.problem is not None:
            self.state = self._with_old_figures(state)
            self.loaded.emit()
            self._failed(state.problem)
            return
        self.state = state
        now = self.read_at = self.time.now()
        locked = state.overview.locked if state.overview is not None else ()
        until = min((part.until for part in locked if part.amount), default=0)
        self._next_read = max(until + 1, now + _LAG_S) if until else 0
        self.loaded.emit()

    def _with_old_figures(self, state: WalletState) -> WalletState:
        old = self.state
        if old is None or (old.status.address, old.network) != (
            state.status.address,
            state.network,
        ):
            self.read_at = 0
            return state
        return replace(
            state,
            overview=old.overview,
            next_back=old.next_back,
            session_fee=old.session_fee,
            accounts=old.accounts,
        )

    def _failed(self, error: NodeError) -> None:
        if error.retryable:
            self._next_read = self.time.now() + RETRY_S
        self.failed.emit(error)


def session_fee(transactions: Sequence[TransactionView]) -> int:
    """Wei for approving, opening and closing, as they cost on average; 0 without an opening."""

    def average(intent: str) -> int:
        fees = [item.fee_wei for item in transactions if item.intent == intent and item.fee_wei]
        return sum(fees) // len(fees) if fees else 0

    opening = average("open_session")
    if not opening:
        return 0
    return average("approve") + opening + (average("close_session") or opening)
