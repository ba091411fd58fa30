"""What the sheet for speeding up or cancelling asks the node."""

from typing import Literal

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import ReplaceDraft, TransactionView

Verb = Literal["speed_up", "cancel"]


class ReplacePresenter(QObject):
    """`drafted(ReplaceDraft)` or `draft_failed(NodeError)`; then `replaced(TransactionView)` or
    `replace_failed(NodeError)`.
    """

    drafted = Signal(object)
    draft_failed = Signal(object)
    replaced = Signal(object)
    replace_failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks, time: ChainTime) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self.time = time
        self.is_sending = False

    def draft(self, transaction: TransactionView, verb: Verb) -> None:
        """Ask what it would cost. Nothing is signed."""
        self._tasks.attempt(
            self._node.wallet.draft_replace(transaction.hash, verb),
            "draft-replace",
            failed=self.draft_failed.emit,
            done=self.drafted.emit,
        )

    def replace(self, draft: ReplaceDraft) -> None:
        """Send the replacement, once at a time."""
        if not self.is_sending:
            self.is_sending = True
            self._tasks.attempt(
                self._node.wallet.replace(draft.id),
                "replace",
                failed=self._failed,
                done=self._replaced,
            )

    def _replaced(self, transaction: TransactionView) -> None:
        self.is_sending = False
        self.replaced.emit(transaction)

    def _failed(self, error: NodeError) -> None:
        self.is_sending = False
        self.replace_failed.emit(error)
