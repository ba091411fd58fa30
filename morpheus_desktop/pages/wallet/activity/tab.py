"""Activity: what waits first, then everything that happened, to be filtered and searched."""

from PySide6.QtWidgets import QFileDialog

from morpheus_desktop.models.transactions import detail_words, transaction_table
from morpheus_desktop.pages.wallet.activity.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.activity.filters import ActivityFilters
from morpheus_desktop.pages.wallet.activity.presenter import (
    ActivityPresenter,
    ActivityState,
    is_waiting,
)
from morpheus_desktop.pages.wallet.activity.waiting_card import WaitingCard
from morpheus_desktop.pages.wallet.pending.presenter import Verb
from morpheus_desktop.pages.wallet.pending.sheet import ReplaceSheet
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.empty_state import EmptyState
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.load_view import LoadView
from node.core.errors import NodeError, WalletLockedError
from node.service.dto import TransactionView

_WATCHED = "This account is watched only: this needs its key."
_NO_MATCH = "Nothing fits. Choose another kind or other words."


class ActivityTab(WalletTab):
    """Its count is that of the transactions that wait."""

    def __init__(self, presenter: ActivityPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet.activity")
        self._presenter = presenter
        self.cards: list[WaitingCard] = []
        self._cards = column(spacing=8)
        self.filters = ActivityFilters()
        self._rows = transaction_table(presenter.time.now)
        self.table = DataTable(
            self._rows.looks, name="wallet.transactions", title="Transactions", header=False
        )
        self.table.setModel(self._rows)
        self._no_match = Label(_NO_MATCH, "body", "text3", wrap=True)
        self._no_match.setContentsMargins(0, 12, 0, 12)
        self._no_match.hide()
        self.more_button = Button("Show older ones", "ghost", name="wallet.more")
        self.empty = EmptyState(
            "arrows-left-right",
            "Nothing happened here yet",
            "Sessions, transfers and what you receive are listed here with what they were for."
            " ETH that others send is only seen in the balance.",
        )
        content = boxed(
            column(
                self._cards,
                self.filters,
                6,
                self._no_match,
                self.table,
                row(self.more_button, None),
            )
        )
        self.view = LoadView(content, self.empty, name="wallet.activity")
        self._follow(presenter, self.view, self._show)
        self._connect()

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.labelled.connect(lambda _item: self.told.emit("The note is kept", "success"))
        presenter.exported.connect(lambda path: self.told.emit(f"Saved as {path}", "success"))
        presenter.act_failed.connect(self._not_done)
        presenter.time.ticked.connect(self._tick)
        self.filters.kind_chosen.connect(presenter.choose_kind)
        self.filters.searched.connect(presenter.search)
        self.filters.export_clicked.connect(self._export)
        self.more_button.clicked.connect(presenter.show_more)
        self.table.row_activated.connect(lambda number: self._open(self._rows.rows[number]))

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        self.count_changed.emit(str(len(state.waiting)) if state.waiting else "")
        if not state.rows and not state.waiting and not self._presenter.is_filtered:
            self.view.show_empty()
            return
        self._show_waiting(state)
        rows = [item for item in state.rows if not is_waiting(item)]
        self._rows.set_rows(rows)
        self.table.setFixedHeight(self.table.content_height())
        self.table.setVisible(bool(rows))
        self._no_match.setVisible(not rows and self._presenter.is_filtered)
        self.more_button.setVisible(state.has_more)
        self.view.show_content()

    def _show_waiting(self, state: ActivityState) -> None:
        blocked = _WATCHED if state.status.watch_only else ""
        shown = [(card.transaction, card.blocked) for card in self.cards]
        if shown == [(item, blocked) for item in state.waiting]:
            return
        clear(self._cards)
        now = self._presenter.time.now()
        self.cards = [WaitingCard(item, now, blocked=blocked) for item in state.waiting]
        for card in self.cards:
            card.speed_up_clicked.connect(lambda item: self._replace(item, "speed_up"))
            card.cancel_clicked.connect(lambda item: self._replace(item, "cancel"))
            card.details_clicked.connect(self._open)
            self._cards.addWidget(card)
        if self.cards:
            self._cards.addSpacing(12)

    def _tick(self) -> None:
        if self.isVisible():
            for card in self.cards:
                card.show_time(self._presenter.time.now())

    # --- what the user does ---

    def _open(self, transaction: TransactionView) -> None:
        sheet = DetailSheet(self.window(), transaction, self._presenter.time.now())
        sheet.label_changed.connect(self._presenter.label)
        sheet.other_requested.connect(self._open_other)
        sheet.open()

    def _open_other(self, tx_hash: str) -> None:
        state = self._presenter.state
        known = (*state.rows, *state.waiting) if state is not None else ()
        other = next((item for item in known if item.hash == tx_hash), None)
        if other is not None:
            self._open(other)
        else:
            self.told.emit("That one was not sent by this app", "info")

    def _replace(self, transaction: TransactionView, verb: Verb) -> None:
        state = self._presenter.state
        if state is not None and state.status.locked:
            self.problem.emit(WalletLockedError("The wallet is locked."))
            return
        replacing = self._presenter.replacing()
        sheet = ReplaceSheet(self.window(), replacing, transaction, verb, detail_words(transaction))
        replacing.setParent(sheet)
        sheet.told.connect(self.told)
        sheet.unlock_needed.connect(self.problem)
        sheet.closed.connect(self._presenter.load)
        sheet.open()

    def _export(self) -> None:
        dialog = QFileDialog(self, "Save all transactions", "morpheus-transactions.csv")
        dialog.setNameFilter("Tables (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self._presenter.export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _not_done(self, error: NodeError) -> None:
        self.told.emit(f"{error.message} {error.hint}".strip(), "warning")
