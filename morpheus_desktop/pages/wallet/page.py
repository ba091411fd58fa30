"""Wallet: where the MOR is, which account, sending and receiving; below it the tabs."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.account_head import AccountHead
from morpheus_desktop.pages.wallet.balance_card import BalanceCard
from morpheus_desktop.pages.wallet.notices import WalletNotices
from morpheus_desktop.pages.wallet.presenter import RETRY_S, WalletPresenter, WalletState
from morpheus_desktop.pages.wallet.receive.sheet import ReceiveSheet
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.pages.wallet.side_cards import BackupCard, DemoCard, ReceiveCard, UnlockCard
from morpheus_desktop.pages.wallet.tabs import ACCOUNTS, ACTIVITY, WalletTabs
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.scroll import page_column
from node.core.errors import NodeError, WalletLockedError
from node.service.dto import ClaimResult, DemoStatus, WalletStatus

_WIDTH, _SIDE = 1080, 292
_BESIDE = 980
"""From this width on the small cards stand beside the activity, else above it."""
_SKELETON, _NONE, _FULL = range(3)


class WalletPage(QWidget):
    """`onboarding_requested()` to make a wallet; `told(text, tone)` for a toast;
    `problem(NodeError)` for what the frame has to solve, such as a locked wallet;
    `back_up_requested()`, `reveal_requested(what)` and `password_requested()` for its dialogs;
    `network_requested(NetworkView)` to use another network.
    """

    onboarding_requested = Signal()
    told = Signal(str, str)
    problem = Signal(object)
    back_up_requested = Signal()
    reveal_requested = Signal(str)
    password_requested = Signal()
    network_requested = Signal(object)

    def __init__(self, presenter: WalletPresenter, tabs: WalletTabs) -> None:
        super().__init__()
        self.setObjectName("wallet")
        self._presenter = presenter
        self._switch = presenter.switching(self)
        self.head = AccountHead()
        self.lock_button = IconButton("lock", "Lock the wallet", name="wallet.lock")
        self.receive_button = Button("Receive", icon="qr-code", name="wallet.receive.open")
        self.send_button = Button(
            "Send", "primary", icon="paper-plane-tilt", name="wallet.send.open"
        )
        self.notices = WalletNotices()
        self.unlock_card = UnlockCard()
        self.balance = BalanceCard()
        self.demo, self.backup, self.receive = DemoCard(), BackupCard(), ReceiveCard()
        self.tabs = tabs
        self._lower = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        head = row(spacing=10)
        head.addWidget(self.head, 1)
        for button in (self.lock_button, self.receive_button, self.send_button):
            head.addWidget(button)
        self._lower.setContentsMargins(0, 0, 0, 0)
        self._lower.setSpacing(28)
        self._lower.addLayout(column(self.tabs, None), 1)
        self._side = boxed(column(self.demo, self.backup, self.receive, None, spacing=14))
        self._lower.addWidget(self._side)
        self._unlock = boxed(column(self.unlock_card, 16))
        self.full = boxed(column(head, 20, self._unlock, self.balance, 22, self._lower, None))
        empty = EmptyState(
            "wallet",
            "No wallet yet",
            "A wallet holds the MOR you lock for sessions. Local models need none.",
            button="Set up a wallet",
        )
        empty.button.setObjectName("wallet.setup")
        empty.action.connect(self.onboarding_requested)
        self._stack.addWidget(boxed(column(SkeletonRows(5, height=64), None)))
        self._stack.addWidget(empty)
        self._stack.addWidget(self.full)
        whole = column(self.notices, self._stack)
        self.setLayout(column(page_column(whole, width=_WIDTH)))

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.loaded.connect(self._show)
        presenter.failed.connect(self._show_failure)
        presenter.act_failed.connect(self._not_done)
        presenter.busy_changed.connect(self._show_busy)
        presenter.unlocked.connect(self.unlock_card.clear)
        presenter.unlock_failed.connect(self.unlock_card.show_refusal)
        presenter.claimed.connect(self._claimed)
        presenter.time_moved.connect(self._time_moved)
        presenter.time.ticked.connect(self._tick)
        self.notices.retry.connect(presenter.load)
        self.unlock_card.unlock_clicked.connect(presenter.unlock)
        self.lock_button.clicked.connect(presenter.lock)
        self.balance.claim_clicked.connect(presenter.claim)
        self.demo.skip_clicked.connect(presenter.skip_to_midnight)
        self.demo.speed_chosen.connect(presenter.set_speed)
        self.backup.back_up_clicked.connect(self.back_up_requested)
        self.receive.more_clicked.connect(self._receive)
        self.receive_button.clicked.connect(self._receive)
        self.send_button.clicked.connect(lambda _checked: self.send())
        self._connect_accounts()

    def _connect_accounts(self) -> None:
        self.head.chosen.connect(self._switch.switch)
        self.head.manage_requested.connect(lambda: self.tabs.choose(ACCOUNTS))
        self.head.add_requested.connect(self.onboarding_requested)
        self._switch.switched.connect(self._switched)
        self._switch.failed.connect(self._not_done)
        self.tabs.told.connect(self.told)
        self.tabs.problem.connect(self.problem)
        self.tabs.chosen.connect(lambda _title: self._show_side())
        self.tabs.made.connect(self._tab_made)

    def _tab_made(self, _title: str, tab: QWidget) -> None:
        """Connect what only some tabs say."""
        ways = {
            "send_requested": self.send,
            "onboarding_requested": self.onboarding_requested,
            "back_up_requested": self.back_up_requested,
            "reveal_requested": self.reveal_requested,
            "password_requested": self.password_requested,
            "network_requested": self.network_requested,
        }
        for name, way in ways.items():
            signal = getattr(tab, name, None)
            if signal is not None:
                signal.connect(way)

    def shown(self) -> None:
        self._presenter.load()
        if self._stack.currentIndex() == _FULL:
            self.tabs.shown()

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        first = self._stack.currentIndex() != _FULL
        has_wallet = state.status.kind != "none"
        self._stack.setCurrentIndex(_FULL if has_wallet else _NONE)
        self.notices.show_state(state.status, state.overview)
        self._show_head(state)
        self._show_money(state)
        self._show_side()
        if first and has_wallet:
            self.tabs.shown()

    def _show_head(self, state: WalletState) -> None:
        status = state.status
        demo = state.network is not None and state.network.is_demo
        self.head.show_state(status, state.accounts, demo=demo)
        self.lock_button.setVisible(
            status.kind == "vault" and not status.locked and not status.watch_only
        )
        self._unlock.setVisible(status.locked)
        self.unlock_card.set_by_keyring(status.by_keyring)
        self.send_button.disable_with(_no_sending(state))

    def _show_money(self, state: WalletState) -> None:
        now = self._presenter.time.now()
        self.balance.setVisible(state.overview is not None)
        self.balance.show_state(state, now, busy=self._presenter.is_claiming)
        if state.demo is not None:
            self.demo.show_speed(state.demo.speed)
            self.demo.show_time(now)

    def _show_side(self) -> None:
        """The small cards belong to the activity; where they stand above it, only what is needed
        now is among them.
        """
        state = self._presenter.state
        if state is None:
            return
        status, beside = state.status, self.width() >= _BESIDE
        network = state.network.title if state.network is not None else ""
        self.demo.setVisible(state.demo is not None)
        self.backup.setVisible(
            status.kind == "vault" and status.has_phrase and not status.backed_up and beside
        )
        receives = beside and bool(network) and state.demo is None and not status.watch_only
        self.receive.setVisible(receives)
        if receives:
            self.receive.show_address(status.address, network)
        cards = (self.demo, self.backup, self.receive)
        self._side.setVisible(
            self.tabs.title == ACTIVITY and not all(card.isHidden() for card in cards)
        )

    def _show_busy(self) -> None:
        self.balance.claim_button.set_busy(self._presenter.is_claiming)
        self.demo.skip_button.set_busy(self._presenter.is_moving)

    def _tick(self) -> None:
        if not self.isVisible():
            return
        self._presenter.look_if_due()
        state = self._presenter.state
        if state is not None and state.demo is not None:
            self.demo.show_time(self._presenter.time.now())

    def _show_failure(self, error: NodeError) -> None:
        again = RETRY_S if error.retryable else 0
        self.notices.show_failure(error, read_at=self._presenter.read_at, again_in=again)

    # --- what the user does ---

    def _receive(self) -> None:
        sheet = ReceiveSheet(self.window(), self._presenter.receiving())
        sheet.told.connect(self.told)
        sheet.open()

    def send(self, to: str = "") -> None:
        """Open the sheet that sends, perhaps to an address that was chosen elsewhere."""
        state = self._presenter.state
        if state is None or state.overview is None:
            return
        sending = self._presenter.sending()
        sending.setParent(self)  # what was sent goes on when its sheet is closed
        sending.told.connect(self.told)
        sheet = SendSheet(self.window(), sending, to=to)
        sheet.finished.connect(lambda _sent: self._presenter.load())
        sheet.unlock_needed.connect(self.problem)
        sheet.receive_requested.connect(self._receive)
        sheet.open()

    def _claimed(self, result: ClaimResult) -> None:
        self.told.emit(f"{formats.mor(result.amount)} are back in your wallet", "success")

    def _time_moved(self, demo: DemoStatus) -> None:
        self.demo.show_time(demo.now)

    def _not_done(self, error: NodeError) -> None:
        if isinstance(error, WalletLockedError):
            self.problem.emit(error)
        else:
            self._show_failure(error)

    def _switched(self, status: WalletStatus) -> None:
        name = status.label or formats.short_address(status.address)
        self.told.emit(f"{name} is in use now", "success")
        self._presenter.load()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE
        direction = QBoxLayout.Direction
        self._lower.setDirection(direction.LeftToRight if beside else direction.BottomToTop)
        self._side.setMaximumWidth(_SIDE if beside else _WIDTH)
        self._side.setMinimumWidth(_SIDE if beside else 0)
        self._show_side()


def _no_sending(state: WalletState) -> str:
    """Why nothing can be sent now, in words; empty when it can."""
    if state.overview is None:
        return "The balance is not known yet." if state.problem else "Choose a network first."
    if state.status.watch_only:
        return "This account is watched only: sending needs its key."
    if state.overview.disagreement:
        return "The network's servers do not agree; nothing is sent meanwhile."
    return "Unlock the wallet to send." if state.status.locked else ""
