"""Wallet: where the MOR is, what happened, sending and receiving."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from morpheus_desktop import formats
from morpheus_desktop.errors import present
from morpheus_desktop.models.transactions import transaction_table
from morpheus_desktop.pages.wallet.balance_card import BalanceCard
from morpheus_desktop.pages.wallet.presenter import WalletPresenter, WalletState
from morpheus_desktop.pages.wallet.receive_sheet import ReceiveSheet
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.pages.wallet.side_cards import DemoCard, UnlockCard
from morpheus_desktop.pages.wallet.transaction_sheet import TransactionSheet
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.scroll import page_column
from node.core.errors import NodeError, WalletLockedError
from node.service.dto import ClaimResult, DemoStatus

_WIDTH, _SIDE = 1080, 292
_BESIDE = 980
"""From this width on the demo's card stands beside the transactions, else above them."""
_SKELETON, _NONE, _FULL = range(3)


class WalletPage(QWidget):
    """`onboarding_requested()` to make a wallet; `told(text, tone)` for a toast;
    `problem(NodeError)` for what the frame has to solve, such as a locked wallet.
    """

    onboarding_requested = Signal()
    told = Signal(str, str)
    problem = Signal(object)

    def __init__(self, presenter: WalletPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet")
        self._presenter = presenter
        self._avatar = Avatar("W", side=36, circle=True)
        self._title = Label("Wallet", "h2")
        self.address = CopyLabel("", "", name="wallet.address.copy")
        self.lock_button = IconButton("lock", "Lock the wallet", name="wallet.lock")
        self.receive_button = Button("Receive", icon="qr-code", name="wallet.receive.open")
        self.send_button = Button(
            "Send", "primary", icon="paper-plane-tilt", name="wallet.send.open"
        )
        self._failure = column(spacing=0)
        self.unlock_card = UnlockCard()
        self.balance = BalanceCard()
        self.demo = DemoCard()
        self._rows = transaction_table(presenter.time.now)
        self.table = DataTable(
            self._rows.looks, name="wallet.transactions", title="Transactions", header=False
        )
        self.table.setModel(self._rows)
        self._nothing = Label("No transactions of this wallet yet.", "body", "text3")
        self.more_button = Button("Show older ones", "ghost", name="wallet.more")
        self._lower = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        names = column(self._title, self.address)
        head = row(self._avatar, spacing=10)
        head.addLayout(names, 1)
        for button in (self.lock_button, self.receive_button, self.send_button):
            head.addWidget(button)
        activity = column(
            Label("Transactions", "strong"),
            6,
            self._nothing,
            self.table,
            row(self.more_button, None),
            None,
        )
        self._lower.setContentsMargins(0, 0, 0, 0)
        self._lower.setSpacing(28)
        self._lower.addLayout(activity, 1)
        self._side = boxed(column(self.demo, None))
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
        whole = column(self._failure, self._stack)
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
        self.unlock_card.unlock_clicked.connect(presenter.unlock)
        self.lock_button.clicked.connect(presenter.lock)
        self.balance.claim_clicked.connect(presenter.claim)
        self.demo.skip_clicked.connect(presenter.skip_to_midnight)
        self.demo.speed_chosen.connect(presenter.set_speed)
        self.receive_button.clicked.connect(self._receive)
        self.send_button.clicked.connect(lambda _checked: self.send())
        self.more_button.clicked.connect(presenter.show_more)
        self.table.row_activated.connect(self._open_transaction)

    def shown(self) -> None:
        self._presenter.load()

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        clear(self._failure)
        self._stack.setCurrentIndex(_NONE if state.status.kind == "none" else _FULL)
        self._show_head(state)
        self._show_money(state)
        self._rows.set_rows(state.transactions)
        self.table.setFixedHeight(self.table.content_height())
        self.table.setVisible(bool(state.transactions))
        self._nothing.setVisible(not state.transactions)
        self.more_button.setVisible(state.has_more)

    def _show_head(self, state: WalletState) -> None:
        status = state.status
        demo = state.network is not None and state.network.is_demo
        self._title.setText("Demo wallet" if demo else "Wallet")
        self._avatar.set_name("D" if demo else "W", status.address)
        self.address.set_value(formats.short_address(status.address), status.address)
        self.lock_button.setVisible(status.kind == "vault" and not status.locked)
        self._unlock.setVisible(status.locked)
        self.unlock_card.set_by_keyring(status.by_keyring)
        reason = "Unlock the wallet to send." if status.locked else ""
        if state.overview is None:
            reason = "Choose a network first."
        self.send_button.disable_with(reason)

    def _show_money(self, state: WalletState) -> None:
        now = self._presenter.time.now()
        self.balance.setVisible(state.overview is not None)
        self.balance.show_state(state, now, busy=self._presenter.is_claiming)
        self._side.setVisible(state.demo is not None)
        if state.demo is not None:
            self.demo.show_speed(state.demo.speed)
            self.demo.show_time(now)

    def _show_busy(self) -> None:
        self.balance.claim_button.set_busy(self._presenter.is_claiming)
        self.demo.skip_button.set_busy(self._presenter.is_moving)

    def _tick(self) -> None:
        state = self._presenter.state
        if state is not None and state.demo is not None and self.isVisible():
            self.demo.show_time(self._presenter.time.now())

    def _show_failure(self, error: NodeError) -> None:
        clear(self._failure)
        words = present(error)
        banner = Banner(words.title, words.text, tone=words.severity, action="Try now")
        banner.setObjectName("wallet.banner")
        banner.action.connect(self._presenter.load)
        self._failure.addWidget(banner)
        self._failure.addSpacing(16)

    # --- what the user does ---

    def _receive(self) -> None:
        state = self._presenter.state
        if state is not None:
            network = state.network.title if state.network is not None else "its own network"
            ReceiveSheet(self.window(), state.status.address, network).open()

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

    def _open_transaction(self, number: int) -> None:
        transaction = self._rows.rows[number]
        TransactionSheet(self.window(), transaction, self._presenter.time.now()).open()

    def _claimed(self, result: ClaimResult) -> None:
        self.told.emit(f"{formats.mor(result.amount)} are back in your wallet", "success")

    def _time_moved(self, demo: DemoStatus) -> None:
        self.demo.show_time(demo.now)

    def _not_done(self, error: NodeError) -> None:
        if isinstance(error, WalletLockedError):
            self.problem.emit(error)
        else:
            self._show_failure(error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE
        direction = QBoxLayout.Direction
        self._lower.setDirection(direction.LeftToRight if beside else direction.BottomToTop)
        self._side.setMaximumWidth(_SIDE if beside else _WIDTH)
        self._side.setMinimumWidth(_SIDE if beside else 0)
