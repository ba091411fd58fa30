"""What the approvals tab knows and does."""

import asyncio
from dataclasses import dataclass

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, WalletLockedError, WatchOnlyError
from node.service.api import NodeService
from node.service.dto import ApprovalView, SendDraft, TransactionView, WalletStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsState:
    status: WalletStatus
    approvals: tuple[ApprovalView, ...] = ()

    @property
    def granted(self) -> tuple[ApprovalView, ...]:
        """Those that say something: an amount, or a need for one."""
        return tuple(item for item in self.approvals if item.amount or item.needed_by_open)


class ApprovalsPresenter(QObject):
    """`loaded()` or `failed(NodeError)`; `stale()` when another look may show something else.

    `drafted(SendDraft)` or `draft_failed(NodeError)`; then `on_its_way()`, and `sent(SendDraft)`
    when the network counts it, or `send_failed(NodeError)`.
    """

    loaded = Signal()
    failed = Signal(object)
    stale = Signal()
    drafted = Signal(object)
    draft_failed = Signal(object)
    on_its_way = Signal()
    sent = Signal(object)
    send_failed = Signal(object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self.time = time
        self.state: ApprovalsState | None = None
        self.is_sending = False
        self._drafting: asyncio.Task[None] | None = None
        self.load = Refresh(
            tasks, self._read, "approvals", done=self._arrived, failed=self.failed.emit
        )
        signals.wallet_changed.connect(self.stale)
        signals.balance_changed.connect(self.stale)
        signals.session_changed.connect(lambda _event: self.stale.emit())
        signals.transaction_changed.connect(lambda _event: self._transaction_changed())

    def obstacle(self) -> NodeError | None:
        """Why nothing can be signed now."""
        status = self.state.status if self.state is not None else None
        if status is not None and status.watch_only:
            return WatchOnlyError("This account is watched only.")
        if status is not None and status.locked:
            return WalletLockedError("The wallet is locked.")
        return None

    def draft(self, amount: int, spender: str) -> None:
        """Check an allowance of `amount`, 0 to take it back: fee and warnings. The last one asked
        for counts.
        """
        self.forget_draft()
        self._drafting = self._tasks.attempt(
            self._node.wallet.draft_approval(amount, spender),
            "draft-approval",
            failed=self.draft_failed.emit,
            done=self.drafted.emit,
        )

    def forget_draft(self) -> None:
        if self._drafting is not None:
            self._drafting.cancel()
            self._drafting = None

    def send(self, draft: SendDraft, password: SecretStr | None, typed: str) -> None:
        """Send what was checked, one at a time."""
        if self.is_sending:
            return
        self.is_sending = True
        wallet = self._node.wallet
        self._tasks.attempt(
            wallet.send(draft.id, password, typed)
            if password is not None or typed
            else wallet.send(draft.id),
            "send-approval",
            failed=self._send_failed,
            done=lambda transaction: self._sent(draft, transaction),
        )

    # --- inside ---

    def _transaction_changed(self) -> None:
        if self.is_sending:
            self.on_its_way.emit()
        self.stale.emit()

    def _sent(self, draft: SendDraft, transaction: TransactionView) -> None:
        del transaction
        self.is_sending = False
        self.sent.emit(draft)
        self.stale.emit()

    def _send_failed(self, error: NodeError) -> None:
        self.is_sending = False
        self.send_failed.emit(error)
        self.stale.emit()

    async def _read(self) -> ApprovalsState:
        wallet = self._node.wallet
        status = await wallet.status()
        return ApprovalsState(status=status, approvals=await wallet.approvals())

    def _arrived(self, state: ApprovalsState) -> None:
        self.state = state
        self.loaded.emit()
