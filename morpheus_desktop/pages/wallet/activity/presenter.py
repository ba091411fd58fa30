"""What the activity tab knows and does: reading, filtering, labelling, exporting transactions."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.pending.presenter import ReplacePresenter
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import StorageError
from node.service.api import NodeService
from node.service.dto import TransactionView, WalletStatus

PAGE = 30
SETTLE_S = 0.25
"""So long the list waits for the next letter of a search."""
_WAITING = ("signed", "sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityState:
    """`waiting`: the newest of each nonce that is not in a block, oldest first, whatever the filter
    says; `rows`: what the filter found.
    """

    status: WalletStatus
    rows: tuple[TransactionView, ...] = ()
    waiting: tuple[TransactionView, ...] = ()
    has_more: bool = False


class ActivityPresenter(QObject):
    """`loaded()` or `failed(NodeError)`; `stale()` when another look may show something else;
    `labelled(TransactionView)`; `exported(path)`; `act_failed(NodeError)`.
    """

    loaded = Signal()
    failed = Signal(object)
    stale = Signal()
    labelled = Signal(object)
    exported = Signal(str)
    act_failed = Signal(object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node, self._tasks, self._signals = node, tasks, signals
        self.time = time
        self.state: ActivityState | None = None
        self.kind, self.text = "", ""
        self._limit = PAGE
        self._settling: asyncio.Task[None] | None = None
        self.load = Refresh(
            tasks, self._read, "activity", done=self._arrived, failed=self.failed.emit
        )
        signals.wallet_changed.connect(self.stale)
        signals.balance_changed.connect(self.stale)
        signals.transaction_changed.connect(lambda _event: self.stale.emit())

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.text)

    def choose_kind(self, kind: str) -> None:
        """Show one kind of the facade, or all for an empty one."""
        self.kind, self._limit = kind, PAGE
        self.load()

    def search(self, text: str) -> None:
        """Look for text, once the user has stopped typing."""
        self.text, self._limit = text.strip(), PAGE
        if self._settling is not None:
            self._settling.cancel()
        self._settling = self._tasks.spawn(self._load_when_settled(), "search")

    def show_more(self) -> None:
        self._limit += PAGE
        self.load()

    def label(self, transaction: TransactionView, label: str) -> None:
        """The user's own note; empty removes it."""
        self._tasks.attempt(
            self._node.wallet.label_transaction(transaction.hash, label),
            "label",
            failed=self.act_failed.emit,
            done=self._labelled,
        )

    def export(self, path: str) -> None:
        """Write all transactions of the account as CSV."""
        self._tasks.attempt(
            self._export(Path(path)), "export", failed=self.act_failed.emit, done=self.exported.emit
        )

    def replacing(self) -> ReplacePresenter:
        """For one sheet that speeds up or cancels."""
        return ReplacePresenter(self._node, self._tasks, self.time)

    # --- inside ---

    async def _load_when_settled(self) -> None:
        await asyncio.sleep(SETTLE_S)
        self.load()

    def _labelled(self, transaction: TransactionView) -> None:
        self.labelled.emit(transaction)
        self.load()

    async def _read(self) -> ActivityState:
        wallet = self._node.wallet
        found = await wallet.transactions(0, self._limit + 1, self.kind, self.text)
        newest = await wallet.transactions(0, PAGE) if self.is_filtered else found
        waiting = [item for item in newest if is_waiting(item)]
        return ActivityState(
            status=await wallet.status(),
            rows=found[: self._limit],
            waiting=tuple(reversed(waiting)),
            has_more=len(found) > self._limit,
        )

    def _arrived(self, state: ActivityState) -> None:
        self.state = state
        self.loaded.emit()

    async def _export(self, path: Path) -> str:
        target = path if path.suffix else path.with_name(f"{path.name}.csv")
        text = await self._node.wallet.export_transactions()
        await asyncio.to_thread(_write, target, text)
        return str(target)


def is_waiting(transaction: TransactionView) -> bool:
    """Whether it is the one of its nonce that waits now."""
    return transaction.status in _WAITING and not transaction.replaced_by


def _write(target: Path, text: str) -> None:
    """Whole or not at all: a full disk does not leave half a list under the name."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(text, "utf-8", newline="")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            "The list cannot be saved there.", hint="Choose another folder."
        ) from error
