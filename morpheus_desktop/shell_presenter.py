"""What the frame of the window shows: network, wallet, the session nearest to its end, health."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError
from node.core.events import HealthChanged
from node.service.api import NodeService
from node.service.dto import MorOverview, NetworkView, SessionView, WalletStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellState:
    """`overview` is None without a wallet or a network. `to_close` counts ended open sessions."""

    network: NetworkView | None = None
    wallet: WalletStatus | None = None
    overview: MorOverview | None = None
    session: SessionView | None = None
    to_close: int = 0
    has_local: bool = False
    is_known: bool = False

    @property
    def is_demo(self) -> bool:
        return self.network is not None and self.network.is_demo

    @property
    def is_new(self) -> bool:
        """Whether there is nothing to continue with, so that Welcome is shown."""
        no_wallet = self.wallet is None or self.wallet.kind == "none"
        return self.is_known and no_wallet and self.network is None and not self.has_local


class ShellPresenter(QObject):
    """Reads the state at the start and after the node's events.

    Signals: `changed()`; `failed(NodeError)` the last read; `health_changed(HealthChanged)`;
    `told(text, tone)` what became of something that an earlier run left unfinished.
    """

    changed = Signal()
    failed = Signal(object)
    health_changed = Signal(object)
    told = Signal(str, str)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._time = time
        self.state = ShellState()
        self._told: set[str] = set()
        self.refresh = Refresh(
            tasks, self._read, "shell", done=self._arrived, failed=self.failed.emit
        )
        for signal in (
            signals.wallet_changed,
            signals.balance_changed,
            signals.local_models_changed,
        ):
            signal.connect(self.refresh)
        signals.session_changed.connect(lambda _event: self.refresh())
        signals.health_changed.connect(self._health)

    def lock(self) -> None:
        self._tasks.attempt(self._node.wallet.lock(), "lock", failed=self.failed.emit)

    async def _read(self) -> ShellState:
        status = await self._node.system.status()
        self._time.follow(status)
        wallet = await self._node.wallet.status()
        local = await self._node.local.models()
        state = ShellState(
            network=status.network, wallet=wallet, has_local=bool(local), is_known=True
        )
        if status.network is None or wallet.kind == "none":
            return state
        sessions = await self._node.sessions.list()
        active = [item for item in sessions if item.state == "active"]
        self._tell_resumed(sessions)
        running = [item for item in active if item.ends_at > status.now]
        ended = [item for item in sessions if item.state == "ended"]
        return replace(
            state,
            session=min(running, key=lambda item: item.ends_at, default=None),
            to_close=len(ended),
            overview=await self._overview(),
        )

    def _tell_resumed(self, sessions: tuple[SessionView, ...]) -> None:
        """Once for each session whose opening was cut off by the end of the program."""
        for item in sessions:
            if item.resumed and item.intent_id not in self._told:
                self._told.add(item.intent_id)
                name = item.model_name or "a model"
                if item.error:
                    self.told.emit(f"No session with {name} after all. {item.error}", "warning")
                else:
                    self.told.emit(f"Finished after the restart: {name} is open", "success")

    async def _overview(self) -> MorOverview | None:
        """The balances, or None while the chain does not answer."""
        try:
            return await self._node.wallet.overview()
        except NodeError as error:
            self.failed.emit(error)
            return None

    def _arrived(self, state: ShellState) -> None:
        self.state = state
        self.changed.emit()

    def _health(self, event: HealthChanged) -> None:
        self.health_changed.emit(event)
        self.refresh()
