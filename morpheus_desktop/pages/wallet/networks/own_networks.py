"""Networks of the user's own: tried, added, removed."""

import asyncio

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import NetworkCheck, NetworkDraft, NetworkView


class OwnNetworks(QObject):
    """`checked(NetworkCheck)` or `check_failed(NodeError)`; `added(NetworkView)` or
    `add_failed(NodeError)`; `removed(name)` or `remove_failed(NodeError)`.
    """

    checked = Signal(object)
    check_failed = Signal(object)
    added = Signal(object)
    add_failed = Signal(object)
    removed = Signal(str)
    remove_failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self._checking: asyncio.Task[None] | None = None

    def check(self, draft: NetworkDraft) -> None:
        """Ask every server of it; nothing is kept. One at a time."""
        self.stop_check()
        self._checking = self._tasks.attempt(
            self._node.system.check_network(draft),
            "check-network",
            failed=self._check_failed,
            done=self._checked,
        )

    def stop_check(self) -> None:
        """Give up the check that runs, if one does: nobody hears of it any more."""
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    def add(self, draft: NetworkDraft) -> None:
        self._tasks.attempt(
            self._node.system.add_network(draft),
            "add-network",
            failed=self.add_failed.emit,
            done=self._added,
        )

    def remove(self, name: str) -> None:
        self._tasks.attempt(
            self._node.system.remove_network(name),
            "remove-network",
            failed=self.remove_failed.emit,
            done=lambda _none: self.removed.emit(name),
        )

    def _checked(self, found: NetworkCheck) -> None:
        self._checking = None
        self.checked.emit(found)

    def _check_failed(self, error: NodeError) -> None:
        self._checking = None
        self.check_failed.emit(error)

    def _added(self, network: NetworkView) -> None:
        self.added.emit(network)
