"""What the wallet page knows and does: balances, transactions, the demo's time."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, NoTargetError, NoWalletError
from node.service.api import NodeService
from node.service.dto import (
    DemoStatus,
    MorOverview,
    NetworkView,
    TransactionView,
    WalletStatus,
)

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletState:
    """All at one moment. `overview` is None without a wallet or a network.

    `next_back` is when the next open session ends, 0 without one. `has_more` older transactions.
    """

    status: WalletStatus
    network: NetworkView | None = None
    demo: DemoStatus | None = None
    overview: MorOverview | None = None
    next_back: int = 0
    transactions: tuple[TransactionView, ...] = ()
    has_more: bool = False


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
        self._limit = PAGE
        self.load = Refresh(
            tasks, self._read, "wallet", done=self._arrived, failed=self.failed.emit
        )
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

    def claim(self) -> None:
        """Take back all stake whose time has come, once at a time."""
        if not self.is_claiming:
            self.is_claiming = True
            self.busy_changed.emit()
            self._tasks.spawn(self._claim(), "claim")

    def show_more(self) -> None:
        self._limit += PAGE
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
        sessions = await self._node.sessions.list()
        found = await self._node.wallet.transactions(0, self._limit + 1)
        ends = [session.ends_at for session in sessions if session.state == "active"]
        return WalletState(
            status=status,
            network=node.network,
            demo=node.demo,
            overview=overview,
            next_back=min(ends, default=0),
            transactions=found[: self._limit],
            has_more=len(found) > self._limit,
        )

    def _arrived(self, state: WalletState) -> None:
        self.state = state
        self.loaded.emit()
