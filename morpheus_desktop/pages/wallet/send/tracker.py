"""One transfer on its way: from the yes until the network has counted it."""

from collections.abc import Callable

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop import formats
from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError, TxReplacedError, TxStuckError
from node.core.events import TransactionChanged
from node.service.api import NodeService
from node.service.dto import SendDraft, TransactionView

KEPT = "chain.tx_kept"
_LOOK_BACK = 10


class Tracker(QObject):
    """`send` returns when the transfer is mined; that the network has it shows in the list before.

    Signals: `sent(TransactionView)` as soon as it is there, and when it changes;
    `refused(NodeError)`: nothing left the wallet; `trouble(NodeError)`: signed, but not arrived;
    `told(text, tone)` after `leave`.
    """

    sent = Signal(object)
    refused = Signal(object)
    trouble = Signal(object)
    told = Signal(str, str)

    def __init__(self, node: NodeService, tasks: GuiTasks, signals: NodeSignals) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self._draft: SendDraft | None = None
        self._hash = ""
        self._left: Callable[[], None] | None = None
        self.is_running = False
        signals.transaction_changed.connect(self._changed)

    def send(self, draft: SendDraft, password: SecretStr | None, typed: str) -> None:
        """`password` and `typed` as the draft asks for them."""
        self._draft, self._hash, self.is_running = draft, "", True
        wallet = self._node.wallet
        self._tasks.attempt(
            wallet.send(draft.id, password, typed)
            if password is not None or typed
            else wallet.send(draft.id),
            "send",
            failed=self._failed,
            done=self._done,
        )

    def leave(self, finished: Callable[[], None]) -> None:
        """Nobody looks any more; `finished` is called when nothing runs."""
        if self.is_running:
            self._left = finished
        else:
            finished()

    def _changed(self, event: TransactionChanged) -> None:
        if self._draft is not None and self._left is None and self._hash in ("", event.tx_hash):
            # What cannot be read now comes with the next event, or with the answer of `send`.
            self._tasks.attempt(
                self._find(event.tx_hash), "sent-transfer", failed=lambda _error: None
            )

    async def _find(self, tx_hash: str) -> None:
        """Show the transfer of this draft; other transactions of the wallet do not matter."""
        rows = await self._node.wallet.transactions(0, _LOOK_BACK, "send")
        draft = self._draft
        for row in rows:
            is_ours = self._hash == tx_hash or (draft is not None and row.recipient == draft.to)
            if row.hash == tx_hash and is_ours:
                self._hash = tx_hash
                self.sent.emit(row)

    def _done(self, transaction: TransactionView) -> None:
        self.is_running = False
        self._hash = transaction.hash
        if self._left is not None:
            self._finish(f"{self._words()} arrived", "success")
        else:
            self.sent.emit(transaction)

    def _failed(self, error: NodeError) -> None:
        self.is_running = False
        if self._left is not None:
            self._finish(f"{self._words()}: {error.message}", "warning")
        elif self._hash or error.code == KEPT or isinstance(error, TxStuckError | TxReplacedError):
            self.trouble.emit(error)
        else:
            self.refused.emit(error)

    def _words(self) -> str:
        draft = self._draft
        if draft is None:
            return "The transfer"
        return formats.mor(draft.amount) if draft.asset == "MOR" else formats.eth(draft.amount)

    def _finish(self, text: str, tone: str) -> None:
        left, self._left = self._left, None
        self.told.emit(text, tone)
        if left is not None:
            left()
