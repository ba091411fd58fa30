"""Opens the sheet for a session over whatever page is shown: a new one, or the next one."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError, WalletLockedError
from node.service.api import NodeService

if TYPE_CHECKING:
    from morpheus_desktop.pages.session_sheet.page import SessionSheet


class SessionSheets(QObject):
    """Signals: `opened(SessionView)`, `extended(SessionView)`; `unlock_wanted()`;
    `receive_wanted()`; `failed(NodeError)` for what no sheet says itself.
    """

    opened = Signal(object)
    extended = Signal(object)
    unlock_wanted = Signal()
    receive_wanted = Signal()
    failed = Signal(object)

    def __init__(
        self, window: QWidget, node: NodeService, tasks: GuiTasks, time: ChainTime
    ) -> None:
        super().__init__(window)
        self._window, self._node, self._tasks, self._time = window, node, tasks, time

    def open(self, model_id: str, duration_s: int = 0, bid_id: str = "") -> None:
        """For a new session; without a bid the best offer is proposed."""
        sheet = self._sheet(self.opened)
        sheet.begin(model_id, bid_id=bid_id, duration_s=duration_s or None)

    def extend(self, session_id: str) -> None:
        """For the next session on the same offer; chats go over by themselves."""
        self._tasks.attempt(
            self._node.sessions.get(session_id),
            "extend",
            failed=self.failed.emit,
            done=lambda session: self._sheet(self.extended).extend(session),
        )

    def _sheet(self, opened: SignalInstance) -> "SessionSheet":
        # It costs nothing before the first one.
        from morpheus_desktop.pages.session_sheet.page import SessionSheet
        from morpheus_desktop.pages.session_sheet.presenter import SessionSheetPresenter

        presenter = SessionSheetPresenter(self._node, self._tasks, self._time)
        sheet = SessionSheet(self._window, presenter)
        presenter.setParent(self)  # an opening goes on when its sheet is closed
        presenter.opened.connect(opened)
        presenter.refused.connect(self._refused)
        sheet.receive_requested.connect(self.receive_wanted)
        return sheet

    def _refused(self, error: NodeError) -> None:
        """The sheet says it itself; only the password is asked for elsewhere."""
        if isinstance(error, WalletLockedError):
            self.unlock_wanted.emit()
