"""Leaving while sessions are open: what goes on without the app, and the way to end it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.api import NodeService


class QuitSheet(Sheet):
    """Signals: `confirmed()` the window may close now."""

    confirmed = Signal()

    def __init__(
        self, host: QWidget, node: NodeService, tasks: GuiTasks, *, ends_at: int, now: int
    ) -> None:
        self._node, self._tasks = node, tasks
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.hide()
        self.end = Button("Close them now", "secondary", name="quit.end")
        self._quit = Button("Quit", "primary", name="quit.confirm")
        stay = Button("Stay", "ghost", name="quit.cancel")
        back = formats.when(ends_at, now)
        super().__init__(
            host,
            column(
                Label("Sessions are still open", "h2"),
                4,
                Label(
                    f"They stay open on the network; the next one ends at {back}. The stake comes"
                    " back when the app runs again after the end, or now if you close them.",
                    "body",
                    "text2",
                    wrap=True,
                ),
                8,
                self._problem,
                14,
                row(stay, None, self.end, self._quit),
            ),
            name="quit",
        )
        stay.clicked.connect(self.close_sheet)
        self._quit.clicked.connect(self._confirm)
        self.end.clicked.connect(self._end_all)

    def _end_all(self) -> None:
        self.end.set_busy(True)
        self.locked = True
        self._tasks.attempt(
            self._close_sessions(), "close-all", failed=self._failed, done=lambda _: self._confirm()
        )

    async def _close_sessions(self) -> None:
        for session in await self._node.sessions.list():
            if session.state in ("active", "ended"):
                await self._node.sessions.close(session.id)

    def _failed(self, error: NodeError) -> None:
        self.locked = False
        self.end.set_busy(False)
        self._problem.setText(f"{error.message} {error.hint}".strip())
        self._problem.show()

    def _confirm(self) -> None:
        self.locked = False
        self.close_sheet()
        self.confirmed.emit()
