"""Accounts: all of this wallet by their phrases, which one is in use, and the ways to more."""

from PySide6.QtCore import Signal

from morpheus_desktop.pages.wallet.accounts.account_row import AccountRow
from morpheus_desktop.pages.wallet.accounts.acts import AccountActs
from morpheus_desktop.pages.wallet.accounts.damaged_list import DamagedList
from morpheus_desktop.pages.wallet.accounts.group_card import GroupCard
from morpheus_desktop.pages.wallet.accounts.groups import UNREAD, AccountGroup
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter, AccountsState
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.empty_state import EmptyState
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.load_view import LoadView
from node.service.dto import AccountView

_LEAD = "One is in use at a time: it signs, pays and receives."
_DEMO = "The demo has one account of play money."
_DEMO_HINT = "It is made anew for each run. Choose a network with real MOR to add accounts."
_KEY = "The account of this run comes from WALLET_PRIVATE_KEY."
_KEY_HINT = "It is kept in memory only. Start without that variable to keep accounts here."


class AccountsTab(WalletTab):
    """`onboarding_requested()` for another wallet; about the account in use `back_up_requested()`,
    `reveal_requested(what)`, `password_requested()`.
    """

    onboarding_requested = Signal()
    back_up_requested = Signal()
    reveal_requested = Signal(str)
    password_requested = Signal()

    def __init__(self, presenter: AccountsPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet.accounts")
        self._presenter = presenter
        self.acts = AccountActs(self, presenter)
        self._shown: tuple[AccountsState, bool] | None = None
        self._all = False
        self.cards: list[GroupCard] = []
        self.add_button = Button("Add account", icon="plus", name="wallet.accounts.add")
        self.hidden_button = Button("", "link", name="wallet.accounts.hidden")
        self._unread = Label(UNREAD, "small", "warning")
        self._unread.setObjectName("wallet.accounts.unread")
        self._notes, self._groups = column(), column(spacing=14)
        self._damaged = column()
        self.empty = EmptyState(
            "wallet",
            "No accounts yet",
            "Make a wallet, import one, or watch an address without its key.",
            button="Set up a wallet",
        )
        self.empty.button.setObjectName("wallet.accounts.setup")
        head = row(spacing=12)
        head.addWidget(ElidedLabel(_LEAD, "body", "text2"), 1)
        head.addWidget(self._unread)
        head.addWidget(self.add_button)
        content = column(head, 12, self._notes, self._groups, 14, row(self.hidden_button, None))
        content.addLayout(self._damaged)
        self.view = LoadView(boxed(content), self.empty, name="wallet.accounts")
        self._follow(presenter, self.view, self._show)
        self._connect()

    def _connect(self) -> None:
        self.empty.action.connect(self.onboarding_requested)
        self.add_button.clicked.connect(self._open_add_menu)
        acts = self.acts
        acts.told.connect(self.told)
        acts.problem.connect(self.problem)
        acts.onboarding_requested.connect(self.onboarding_requested)
        acts.back_up_requested.connect(self.back_up_requested)
        acts.reveal_requested.connect(self.reveal_requested)
        acts.password_requested.connect(self.password_requested)
        self.hidden_button.clicked.connect(self._toggle_hidden)

    # --- what is there ---

    def _open_add_menu(self) -> None:
        button = self.add_button
        self.acts.open_add_menu(button.mapToGlobal(button.rect().bottomLeft()))

    def _toggle_hidden(self) -> None:
        self._all = not self._all
        self._show()

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        count = len(state.accounts) - len(state.hidden)
        self.count_changed.emit(str(count) if count else "")
        if not state.accounts and not state.status.damaged:
            self.view.show_empty()
            return
        if self._shown != (state, self._all):
            self._shown = (state, self._all)
            self._show_groups(state)
            self._show_notes(state)
        self.view.show_content()

    def _show_notes(self, state: AccountsState) -> None:
        clear(self._notes)
        clear(self._damaged)
        if state.in_memory:
            words = (_DEMO, _DEMO_HINT) if state.demo else (_KEY, _KEY_HINT)
            tone = "demo" if state.demo else "info"
            self._notes.addWidget(Notice(*words, tone=tone, name="wallet.accounts.memory"))
            self._notes.addSpacing(14)
        if state.status.damaged:
            self._damaged.addSpacing(14)
            self._damaged.addWidget(DamagedList(state.status.damaged))
        blocked = "This account of the run cannot have others beside it."
        self.add_button.disable_with(blocked if state.in_memory else "")
        self._unread.setVisible(state.unread)
        hidden = len(state.hidden)
        self.hidden_button.setVisible(bool(hidden))
        self.hidden_button.set_text(
            f"Show hidden ({hidden})" if not self._all else f"Put away hidden ({hidden})"
        )

    def _show_groups(self, state: AccountsState) -> None:
        focused = self.focusWidget()
        kept = focused.objectName() if self.isAncestorOf(focused) else ""
        clear(self._groups)
        self.cards = []
        for group in state.groups:
            shown = tuple(i for i in group.accounts if self._all or i.active or not i.hidden)
            if shown:
                self._add_card(group, shown, state)
        if kept and focused is not self.hidden_button and focused is not self.add_button:
            self._focus_again(kept)

    def _add_card(
        self, group: AccountGroup, shown: tuple[AccountView, ...], state: AccountsState
    ) -> None:
        card = GroupCard(
            group,
            shown,
            locked=state.status.locked,
            reading=state.is_reading,
            fixed=state.in_memory,
        )
        card.acted.connect(self.acts.act)
        card.menu_requested.connect(self.acts.open_menu)
        card.next_requested.connect(lambda: self.acts.add_next(group))
        card.back_up_requested.connect(self.back_up_requested)
        for item in card.rows:
            item.moved.connect(lambda step, item=item: self._move(item, step))
        self.cards.append(card)
        self._groups.addWidget(card)

    def _focus_again(self, name: str) -> None:
        same = next((item for item in self.rows if item.objectName() == name), None)
        target = same or (self.rows[0] if self.rows else self.add_button)
        for card in self.cards:
            card.show()
        target.setFocus()

    @property
    def rows(self) -> list[AccountRow]:
        """All rows from top to bottom."""
        return [item for card in self.cards for item in card.rows]

    def _move(self, item: AccountRow, step: int) -> None:
        rows = self.rows
        wanted = rows.index(item) + step
        if 0 <= wanted < len(rows):
            rows[wanted].setFocus()
