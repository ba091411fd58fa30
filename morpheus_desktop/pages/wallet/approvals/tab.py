"""Approvals: what contracts may take from the wallet, and taking it back."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.approvals.card import ApprovalCard
from morpheus_desktop.pages.wallet.approvals.presenter import ApprovalsPresenter, ApprovalsState
from morpheus_desktop.pages.wallet.approvals.sheet import ApprovalSheet
from morpheus_desktop.pages.wallet.approvals.words import amount_words, name_of
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.widgets.empty_state import EmptyState
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column
from morpheus_desktop.widgets.load_view import LoadView
from node.core.errors import NodeError
from node.service.dto import ApprovalView, SendDraft

_LEAD = (
    "An allowance lets a contract take MOR without asking again. Each session approves exactly"
    " what it locks, so normally nothing is left here."
)
_WATCHED = "This account is watched only: changes need its key."


class ApprovalsTab(WalletTab):
    """Its count is that of the contracts that may take something."""

    def __init__(self, presenter: ApprovalsPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet.approvals")
        self._presenter = presenter
        self.cards: list[ApprovalCard] = []
        self._list = column(spacing=10)
        self.empty = EmptyState(
            "shield-check",
            "Nothing may be taken",
            "Each session approves exactly what it locks, and uses that up. An allowance beyond"
            " that saves a transaction per session, but it also stays open.",
            button="Approve once…",
        )
        self.empty.button.setObjectName("wallet.approvals.once")
        content = boxed(column(Label(_LEAD, "body", "text2", wrap=True), 12, self._list))
        self.view = LoadView(content, self.empty, name="wallet.approvals", rows=2)
        self._follow(presenter, self.view, self._show)
        presenter.sent.connect(self._sent)
        presenter.send_failed.connect(self._not_sent)
        presenter.time.ticked.connect(self._tick)
        self.empty.action.connect(self._approve_once)

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        granted = state.granted
        self.count_changed.emit(str(len(granted)) if granted else "")
        self.empty.button.disable_with(_blocked(state))
        if not granted:
            self.view.show_empty()
            return
        self._show_cards(granted, _blocked(state))
        self.view.show_content()

    def _show_cards(self, granted: tuple[ApprovalView, ...], blocked: str) -> None:
        same = [card.approval for card in self.cards] == list(granted)
        if same and all(card.blocked == blocked for card in self.cards):
            return
        focused = self.focusWidget()
        kept = focused.objectName() if self.isAncestorOf(focused) else ""
        clear(self._list)
        now = self._presenter.time.now()
        self.cards = [ApprovalCard(item, now, blocked=blocked) for item in granted]
        for card in self.cards:
            card.change_clicked.connect(lambda item: self._open(item, revoke=False))
            card.revoke_clicked.connect(lambda item: self._open(item, revoke=True))
            self._list.addWidget(card)
            same_button = card.findChild(QWidget, kept) if kept else None
            if same_button is not None:
                card.show()
                same_button.setFocus()

    def _tick(self) -> None:
        if self.isVisible():
            for card in self.cards:
                card.show_time(self._presenter.time.now())

    # --- what the user does ---

    def _approve_once(self) -> None:
        state = self._presenter.state
        known = state.approvals if state is not None else ()
        market = next((item for item in known if item.spender_name), None)
        if market is not None:
            self._open(market, revoke=False)

    def _open(self, approval: ApprovalView, *, revoke: bool) -> None:
        obstacle = self._presenter.obstacle()
        if obstacle is not None:
            self.problem.emit(obstacle)
            return
        sheet = ApprovalSheet(self.window(), self._presenter, approval, revoke=revoke)
        sheet.unlock_needed.connect(self.problem)
        sheet.open()

    def _sent(self, draft: SendDraft) -> None:
        who = next((name_of(c.approval) for c in self.cards if c.approval.spender == draft.to), "")
        if draft.amount:
            self.told.emit(f"Allowed: {amount_words(draft.amount)}", "success")
        else:
            self.told.emit(f"{who or 'The contract'} may take nothing any more", "success")

    def _not_sent(self, error: NodeError) -> None:
        """The sheet says it, unless it was closed while the transaction was on its way."""
        if self.window().findChild(ApprovalSheet) is None:
            self.told.emit(error.message, "warning")


def _blocked(state: ApprovalsState) -> str:
    return _WATCHED if state.status.watch_only else ""
