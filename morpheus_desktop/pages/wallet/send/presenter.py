"""What the send sheet asks the node: what is known, the checked draft, the sending."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.send.context import (
    MAX_SENDS,
    SendContext,
    recipients_of,
    seconds_of,
    sent_to_of,
)
from morpheus_desktop.pages.wallet.send.tracker import Tracker
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import ChainError, NodeError, NoTargetError, NoWalletError
from node.service.api import NodeService
from node.service.dto import Contact, SendDraft, Speed

SETTLE_S = 0.3
"""Nothing is checked while somebody types."""
FRESH_S = 60.0
"""An older draft is made again before it is sent: fees move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A transfer as the form has it. `amount` in base units."""

    asset: str
    to: str
    amount: int
    speed: Speed = "normal"


class SendPresenter(QObject):
    """For one sheet.

    Signals: `context_read()`; `checked(Wish, SendDraft | None, NodeError | None)` while the form is
    filled, for the newest wish only; `most_found(asset, int)` or `most_failed(NodeError)`;
    `drafted(SendDraft)` or `draft_failed(NodeError)` for the review; `sent(TransactionView)` when
    the network has it, and again whenever it changes; `send_failed(NodeError)` when nothing was
    sent; `trouble(NodeError)` about what was sent; `unlocked()`; `contact_saved(Contact)` or
    `contact_failed(NodeError)`; `told(text, tone)` when nobody looks any more.
    """

    context_read = Signal()
    checked = Signal(object, object, object)
    most_found = Signal(str, object)
    most_failed = Signal(object)
    drafted = Signal(object)
    draft_failed = Signal(object)
    sent = Signal(object)
    send_failed = Signal(object)
    trouble = Signal(object)
    unlocked = Signal()
    contact_saved = Signal(object)
    contact_failed = Signal(object)
    told = Signal(str, str)

    def __init__(
        self,
        node: NodeService,
        tasks: GuiTasks,
        signals: NodeSignals,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._node, self._tasks, self._monotonic = node, tasks, monotonic
        self.context: SendContext | None = None
        self._wish: Wish | None = None
        self._drafted_at = 0.0
        self._checking: asyncio.Task[None] | None = None
        self._tracker = Tracker(node, tasks, signals)
        self._tracker.sent.connect(self.sent)
        self._tracker.refused.connect(self.send_failed)
        self._tracker.trouble.connect(self.trouble)
        self._tracker.told.connect(self.told)
        self.load = Refresh(
            tasks, self._read, "send-context", done=self._read_it, failed=self.draft_failed.emit
        )
        signals.wallet_changed.connect(self.load)
        signals.balance_changed.connect(self.load)

    @property
    def is_sending(self) -> bool:
        return self._tracker.is_running

    # --- the form ---

    def check(self, wish: Wish | None) -> None:
        """Ask what a wish costs when it has settled; None forgets the last one."""
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
        if wish is not None:
            self._checking = self._tasks.spawn(self._check(wish), "check-transfer")

    def find_most(self, asset: str, to: str) -> None:
        """The most that can be sent, with what the fee leaves."""
        self._tasks.attempt(
            self._node.wallet.max_send(asset, to),
            "max-send",
            failed=self.most_failed.emit,
            done=lambda most: self.most_found.emit(asset, most),
        )

    # --- the review ---

    def draft(self, wish: Wish) -> None:
        """Check a transfer once more, for the user's yes."""
        self.check(None)
        self._wish = wish
        self._tasks.attempt(
            self._draft(wish), "draft", failed=self.draft_failed.emit, done=self.drafted.emit
        )

    def draft_again(self) -> None:
        """The same as last time, at today's price."""
        if self._wish is not None:
            self.draft(self._wish)

    def confirm(self, draft: SendDraft, password: SecretStr | None, typed: str) -> None:
        """Send what was shown. What has become dearer meanwhile is shown again instead."""
        if self._monotonic() - self._drafted_at <= FRESH_S or self._wish is None:
            self._tracker.send(draft, password, typed)
            return

        def compare(new: SendDraft) -> None:
            if _asks_more(draft, new):
                self.drafted.emit(new)
            else:
                self._tracker.send(new, password, typed)

        self._tasks.attempt(
            self._draft(self._wish), "draft", failed=self.send_failed.emit, done=compare
        )

    # --- afterwards ---

    def save_contact(self, address: str, name: str) -> None:
        self._tasks.attempt(
            self._node.wallet.save_contact(address, name),
            "save-contact",
            failed=self.contact_failed.emit,
            done=self._saved,
        )

    def leave(self) -> None:
        """The sheet is closed. What was sent goes on, and is told about elsewhere."""
        self.check(None)
        self._tracker.leave(self.deleteLater)

    # --- inside ---

    async def _check(self, wish: Wish) -> None:
        await asyncio.sleep(SETTLE_S)
        try:
            draft = await self._draft(wish)
        except NodeError as error:
            self.checked.emit(wish, None, error)
        else:
            self.checked.emit(wish, draft, None)

    async def _draft(self, wish: Wish) -> SendDraft:
        wallet = self._node.wallet
        draft = (
            await wallet.draft_send(wish.asset, wish.to, wish.amount)
            if wish.speed == "normal"
            else await wallet.draft_send(wish.asset, wish.to, wish.amount, wish.speed)
        )
        self._drafted_at = self._monotonic()
        return draft

    async def _read(self) -> SendContext:
        """What this computer knows comes at once, what the chain knows when it answers; without
        an answer the last one stays.
        """
        wallet, old = self._node.wallet, self.context
        status, node = await wallet.status(), await self._node.system.status()
        contacts, accounts = await wallet.contacts(), await wallet.accounts()
        context = SendContext(
            status=status,
            network=node.network,
            token=old.token if old is not None else "",
            overview=old.overview if old is not None else None,
            known=recipients_of(contacts, accounts, status.address),
            seconds=old.seconds if old is not None else {},
            sent_to=old.sent_to if old is not None else {},
            problem=old.problem if old is not None else None,
        )
        try:
            sends = await wallet.transactions(0, MAX_SENDS, "send")
            context = replace(
                context,
                sent_to=sent_to_of(sends),
                knows_all=len(sends) < MAX_SENDS,
                token=(await self._node.chain.contracts()).token,
            )
            self._read_it(context)
            overview, tiers = await wallet.overview(), await wallet.fee_tiers()
        except (ChainError, NoWalletError, NoTargetError) as error:
            return replace(context, problem=error)
        return replace(context, overview=overview, seconds=seconds_of(tiers), problem=None)

    def _read_it(self, context: SendContext) -> None:
        was_locked = self.context is not None and self.context.status.locked
        self.context = context
        self.context_read.emit()
        if was_locked and not context.status.locked:
            self.unlocked.emit()

    def _saved(self, contact: Contact) -> None:
        self.contact_saved.emit(contact)


def _asks_more(old: SendDraft, new: SendDraft) -> bool:
    """Whether the user's yes to `old` is none to `new`."""
    same = (old.warnings, old.needs_password, old.needs_typed, old.contact) == (
        new.warnings,
        new.needs_password,
        new.needs_typed,
        new.contact,
    )
    return not same or new.fee_max_wei > old.fee_max_wei or new.fee_wei > old.fee_wei
