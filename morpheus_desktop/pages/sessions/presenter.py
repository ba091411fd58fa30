"""What the sessions page knows: sessions, what each returns and when, stake to take back."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, NoTargetError, NoWalletError
from node.service.api import NodeService
from node.service.dto import ClaimResult, CloseResult, MorOverview, SessionView, StopPreview

_OPEN = ("opening", "active", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """All at one moment. `at_end` says what an open or ended session returns, by its id;
    `auto_claim`: what was held is taken back by itself.
    """

    sessions: tuple[SessionView, ...] = ()
    overview: MorOverview | None = None
    at_end: dict[str, StopPreview] = field(default_factory=dict)
    auto_claim: bool = False

    @property
    def open(self) -> tuple[SessionView, ...]:
        return tuple(item for item in self.sessions if item.state in _OPEN)

    @property
    def ended(self) -> tuple[SessionView, ...]:
        return tuple(item for item in self.sessions if item.state == "ended")

    def following(self, session: SessionView) -> SessionView | None:
        """The open session that takes the place of `session` at its end."""
        return next((item for item in self.open if session.id and item.follows == session.id), None)

    @property
    def past(self) -> tuple[SessionView, ...]:
        return tuple(item for item in self.sessions if item.state in ("closed", "failed"))


class SessionsPresenter(QObject):
    """`loaded()` or `failed(NodeError)` after a read; old data stays after a failure.

    `close_previewed(SessionView, StopPreview)` answers `preview_close`; `closed(CloseResult)` or
    `close_failed(NodeError)` answer `close`; `claimed(ClaimResult)` or `claim_failed(NodeError)`
    answer `claim`; `busy_changed()` when one of them began or ended; `mark_failed(NodeError)`
    answers `set_auto_extend`, a success the next `loaded`.
    """

    loaded = Signal()
    failed = Signal(object)
    close_previewed = Signal(object, object)
    closed = Signal(object)
    close_failed = Signal(object)
    claimed = Signal(object)
    claim_failed = Signal(object)
    busy_changed = Signal()
    mark_failed = Signal(object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self.time = time
        self.state: Sessions | None = None
        self.closing: set[str] = set()
        self.is_claiming = False
        self.load = Refresh(
            tasks, self._read, "sessions", done=self._arrived, failed=self.failed.emit
        )
        signals.balance_changed.connect(self.load)
        signals.wallet_changed.connect(self.load)
        signals.session_changed.connect(lambda _event: self.load())

    def preview_close(self, session: SessionView) -> None:
        """Ask what closing now would return, and when the rest."""
        self._tasks.attempt(
            self._node.sessions.preview_stop(session.id, self.time.now()),
            "close-preview",
            failed=self.close_failed.emit,
            done=lambda preview: self.close_previewed.emit(session, preview),
        )

    def close(self, session_id: str) -> None:
        """Close once; a second call while the first runs is ignored."""
        self._close((session_id,))

    def close_ended(self) -> None:
        """Close every ended session, one after the other."""
        if self.state is not None:
            self._close(tuple(session.id for session in self.state.ended))

    def set_auto_extend(self, session_id: str, on: bool) -> None:
        """Whether the node opens the next session before this one ends."""
        self._tasks.attempt(
            self._node.sessions.set_auto_extend(session_id, on),
            "auto-extend",
            failed=self.mark_failed.emit,
            done=lambda _: self.load(),
        )

    def claim(self) -> None:
        """Take back all stake whose time has come."""
        if not self.is_claiming:
            self._claiming(True)
            self._tasks.spawn(self._claim(), "claim")

    def _close(self, ids: tuple[str, ...]) -> None:
        wanted = tuple(item for item in ids if item not in self.closing)
        if wanted:
            self.closing.update(wanted)
            self.busy_changed.emit()
            self._tasks.spawn(self._close_all(wanted), "close")

    async def _close_all(self, ids: tuple[str, ...]) -> None:
        for session_id in ids:
            try:
                result: CloseResult = await self._node.sessions.close(session_id)
            except NodeError as error:
                self.close_failed.emit(error)
            else:
                self.closed.emit(result)
            finally:
                self.closing.discard(session_id)
                self.busy_changed.emit()
        self.load()

    async def _claim(self) -> None:
        try:
            result: ClaimResult = await self._node.wallet.withdraw_released()
        except NodeError as error:
            self.claim_failed.emit(error)
        else:
            self.claimed.emit(result)
            self.load()
        finally:
            self._claiming(False)

    def _claiming(self, on: bool) -> None:
        self.is_claiming = on
        self.busy_changed.emit()

    async def _read(self) -> Sessions:
        try:
            overview = await self._node.wallet.overview()
        except (NoWalletError, NoTargetError):
            return Sessions()  # nothing set up yet: an empty page, not a failure
        sessions = await self._node.sessions.list()
        at_end = {}
        for session in sessions:
            if session.state in ("active", "ended"):
                moment = max(session.ends_at, self.time.now() if session.state == "ended" else 0)
                at_end[session.id] = await self._node.sessions.preview_stop(session.id, moment)
        fields = {item.name: item.value for item in await self._node.system.settings()}
        return Sessions(
            sessions=sessions,
            overview=overview,
            at_end=at_end,
            auto_claim=bool(fields.get("auto_claim", False)),
        )

    def _arrived(self, state: Sessions) -> None:
        self.state = state
        self.loaded.emit()
