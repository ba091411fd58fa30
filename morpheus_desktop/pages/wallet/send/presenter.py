"""What the send sheet asks the node: the checked draft, the sending."""

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.tasks import GuiTasks
from node.service.api import NodeService
from node.service.dto import SendDraft


class SendPresenter(QObject):
    """`drafted(SendDraft)` or `draft_failed(NodeError)`; `sent(TransactionView)` or
    `send_failed(NodeError)`.
    """

    drafted = Signal(object)
    draft_failed = Signal(object)
    sent = Signal(object)
    send_failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks, signals: NodeSignals) -> None:
        super().__init__()
        self._node, self._tasks, self._signals = node, tasks, signals

    def draft(self, asset: str, to: str, amount: int) -> None:
        """Check a transfer: fee, balance after it, warnings."""
        self._tasks.attempt(
            self._node.wallet.draft_send(asset, to, amount),
            "draft",
            failed=self.draft_failed.emit,
            done=self.drafted.emit,
        )

    def send(self, draft: SendDraft, password: SecretStr | None, typed: str) -> None:
        """Send what was checked; `password` and `typed` as the draft asks for them."""
        self._tasks.attempt(
            self._node.wallet.send(draft.id, password, typed)
            if password is not None or typed
            else self._node.wallet.send(draft.id),
            "send",
            failed=self.send_failed.emit,
            done=self.sent.emit,
        )
