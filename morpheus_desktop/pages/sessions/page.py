"""Sessions: what is open, what comes back when, what was."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from morpheus_desktop import formats
from morpheus_desktop.errors import present
from morpheus_desktop.models.sessions import history_table, stuck_words
from morpheus_desktop.pages.sessions.cards import SessionCard
from morpheus_desktop.pages.sessions.close_sheet import CloseSheet
from morpheus_desktop.pages.sessions.detail_sheet import DetailSheet
from morpheus_desktop.pages.sessions.ended_card import EndedCard
from morpheus_desktop.pages.sessions.presenter import Sessions, SessionsPresenter
from morpheus_desktop.pages.sessions.stake_card import StakeCard
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.scroll import page_column
from morpheus_desktop.widgets.tabs import Tabs
from node.core.errors import NodeError, WalletLockedError
from node.service.dto import ClaimResult, CloseResult, SessionView, StopPreview

_WIDTH = 1080
_TWO_COLUMNS = 760
_SKELETON, _EMPTY, _FULL = range(3)
_TABS = ("Active", "To close", "Locked", "Closed")
ACTIVE, TO_CLOSE, LOCKED, CLOSED = range(4)
_NOTHING = (
    "No session is open.",
    "Every session that has ended is closed.",
    "Nothing is held back.",
    "No session has been closed yet.",
)


class SessionsPage(QWidget):
    """`chat_requested(SessionView)`; `extend_requested(session_id)`; `market_requested()`;
    `told(text, tone)` for a toast; `problem(NodeError)` for what the frame has to solve, such as a
    locked wallet.
    """

    chat_requested = Signal(object)
    extend_requested = Signal(str)
    market_requested = Signal()
    told = Signal(str, str)
    problem = Signal(object)

    def __init__(self, presenter: SessionsPresenter) -> None:
        super().__init__()
        self.setObjectName("sessions")
        self._presenter = presenter
        self.cards: dict[str, SessionCard] = {}
        self._placed = 0
        self._summary = Label("", "body", "text3")
        self._failure = column(spacing=0)
        self._ended = column(spacing=0)
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._cards_box = boxed(self._grid)
        self.stake = StakeCard()
        self.to_close = EndedCard()
        self.tabs = Tabs(_TABS, name="sessions.tabs")
        self._nothing = Label("", "body", "text3")
        self._nothing.setObjectName("sessions.nothing")
        self._history = history_table()
        self.table = DataTable(
            self._history.looks, name="sessions.table", title="Past sessions", row_height=54
        )
        self.table.setModel(self._history)
        self._gap = QWidget()
        self._stack = QStackedWidget()
        self.open_button = Button("Open a session", "primary", icon="plus", name="sessions.open")
        self._build()
        self._connect()

    def _build(self) -> None:
        titles = column(Label("Sessions", "h1"), self._summary)
        head = row(spacing=10)
        head.addLayout(titles, 1)
        head.addWidget(self.open_button)
        self._gap.setFixedHeight(16)
        empty = EmptyState(
            "timer",
            "No sessions yet",
            "A session rents a model by time. The MOR you lock for it comes back when it ends.",
            button="Look at the market",
        )
        empty.button.setObjectName("sessions.market")
        empty.action.connect(self.market_requested)
        full = column(
            self._ended,
            self.tabs,
            16,
            self._nothing,
            self._cards_box,
            self.to_close,
            self._gap,
            self.stake,
            self.table,
            None,
        )
        self._stack.addWidget(boxed(column(SkeletonRows(4, height=64), None)))
        self._stack.addWidget(empty)
        self._stack.addWidget(boxed(full))
        whole = column(head, 18, self._failure, self._stack)
        self.setLayout(column(page_column(whole, width=_WIDTH)))

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.loaded.connect(self._show)
        presenter.failed.connect(self._show_failure)
        presenter.busy_changed.connect(self._show_busy)
        presenter.close_previewed.connect(self._ask_close)
        presenter.close_failed.connect(self._not_done)
        presenter.claim_failed.connect(self._not_done)
        presenter.mark_failed.connect(self._not_marked)
        presenter.closed.connect(self._closed)
        presenter.claimed.connect(self._claimed)
        presenter.time.ticked.connect(self._tick)
        self.open_button.clicked.connect(self.market_requested)
        self.stake.claim_clicked.connect(presenter.claim)
        self.to_close.close_clicked.connect(lambda session: presenter.close(session.id))
        self.tabs.chosen.connect(lambda _: self._show_tab())
        self.table.row_activated.connect(self._detail_of_row)

    def shown(self) -> None:
        self._presenter.load()

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        clear(self._failure)
        overview = state.overview
        holds = overview is not None and bool(overview.ready or overview.locked)
        empty = not state.sessions and not holds
        self._stack.setCurrentIndex(_EMPTY if empty else _FULL)
        self._summary.setText(_summary(state))
        self._show_ended(state)
        self._show_cards(state)
        self._show_stake()
        self.to_close.show_sessions(
            state.ended, state.at_end, self._presenter.closing, self._presenter.time.now()
        )
        self._history.set_rows(state.past)
        self.table.setFixedHeight(self.table.content_height())
        held = sum(part.amount for part in overview.locked) + overview.ready if overview else 0
        self.tabs.set_counts(
            str(len(state.open)),
            str(len(state.ended)) if state.ended else "",
            formats.mor(held) if held else "",
            str(len(state.past)),
        )
        self._show_tab()

    def _show_tab(self) -> None:
        """Each tab shows its own part; stake on its way back is also under the open sessions."""
        state, tab = self._presenter.state, self.tabs.index
        if state is None:
            return
        holds = state.overview is not None and not self.stake.is_empty
        there = (bool(state.open), bool(state.ended), holds, bool(state.past))
        self._cards_box.setVisible(tab == ACTIVE and there[ACTIVE])
        self.to_close.setVisible(tab == TO_CLOSE and there[TO_CLOSE])
        self.stake.setVisible(tab in (ACTIVE, LOCKED) and holds)
        self.table.setVisible(tab == CLOSED and there[CLOSED])
        self._nothing.setText(_NOTHING[tab])
        self._nothing.setVisible(not there[tab])
        self._gap.setVisible(tab == ACTIVE and holds)

    def _show_ended(self, state: Sessions) -> None:
        clear(self._ended)
        if not state.ended:
            return
        back = sum(
            state.at_end[item.id].returned_now for item in state.ended if item.id in state.at_end
        )
        many = len(state.ended)
        title = "1 session has ended" if many == 1 else f"{many} sessions have ended"
        which = state.ended[0].model_name if many == 1 else "them"
        stuck = next((item for item in state.ended if item.stuck), None)
        text = f"Closing {which} returns {formats.mor(back)} to your wallet."
        if stuck is not None:
            title += " and is not closed yet" if many == 1 else " and are not closed yet"
            text = stuck_words(stuck, self._presenter.time.now())
        banner = Banner(title, text, action="Try now" if stuck else "Close and collect")
        banner.setObjectName("sessions.ended")
        banner.action.connect(self._presenter.close_ended)
        banner.setEnabled(not any(item.id in self._presenter.closing for item in state.ended))
        self._ended.addWidget(banner)
        self._ended.addSpacing(12)

    def _show_cards(self, state: Sessions) -> None:
        now = self._presenter.time.now()
        wanted = {item.intent_id or item.id: item for item in state.open}
        if list(wanted) != list(self.cards):
            clear(self._grid)
            self.cards = {key: self._card(item, state) for key, item in wanted.items()}
            self._arrange()
        for key, card in self.cards.items():
            session = wanted[key]
            following = state.following(session)
            card.update_session(session, state.at_end.get(session.id), now, following)
        self._show_busy()

    def _card(self, session: SessionView, state: Sessions) -> SessionCard:
        now = self._presenter.time.now()
        card = SessionCard(session, state.at_end.get(session.id), now, state.following(session))
        card.chat_clicked.connect(partial(self._chat, card))
        card.extend_clicked.connect(partial(self._extend, card))
        card.extension.switched.connect(partial(self._switch, card))
        card.close_clicked.connect(partial(self._close, card))
        card.detail_clicked.connect(lambda: self._detail(card.session))
        return card

    def _arrange(self) -> None:
        columns = self._columns()
        self._placed = columns
        for number, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, number // columns, number % columns)
        for number in range(2):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    def _columns(self) -> int:
        return 2 if self.width() >= _TWO_COLUMNS else 1

    def _show_stake(self) -> None:
        state = self._presenter.state
        if state is not None and state.overview is not None:
            self.stake.show_overview(
                state.overview,
                state.past,
                self._presenter.time.now(),
                busy=self._presenter.is_claiming,
                auto_claim=state.auto_claim,
            )

    def _show_busy(self) -> None:
        presenter = self._presenter
        for card in self.cards.values():
            card.set_busy(card.session.id in presenter.closing)
        if self.stake.claim_button is not None:
            self.stake.claim_button.set_busy(presenter.is_claiming)
        for session_id, button in self.to_close.buttons.items():
            button.set_busy(session_id in presenter.closing)

    def _tick(self) -> None:
        now = self._presenter.time.now()
        over = False
        for card in self.cards.values():
            over = over or (card.session.state == "active" and now >= card.session.ends_at)
            card.tick(now)
        if over and self.isVisible():
            self._presenter.load()

    def _show_failure(self, error: NodeError) -> None:
        clear(self._failure)
        words = present(error)
        banner = Banner(words.title, words.text, tone=words.severity, action="Try now")
        banner.setObjectName("sessions.banner")
        banner.action.connect(self._presenter.load)
        self._failure.addWidget(banner)
        self._failure.addSpacing(16)

    # --- what the user does ---

    def _chat(self, card: SessionCard) -> None:
        self.chat_requested.emit(card.session)

    def _extend(self, card: SessionCard) -> None:
        self.extend_requested.emit(card.session.id)

    def _switch(self, card: SessionCard, on: bool) -> None:
        self._presenter.set_auto_extend(card.session.id, on)

    def _close(self, card: SessionCard) -> None:
        self._presenter.preview_close(card.session)

    def _detail(self, session: SessionView) -> None:
        DetailSheet(self.window(), session, self._presenter.time.now()).open()

    def _detail_of_row(self, row: int) -> None:
        rows = self._history.rows
        if 0 <= row < len(rows):
            self._detail(rows[row])

    def _ask_close(self, session: SessionView, preview: StopPreview) -> None:
        sheet = CloseSheet(self.window(), session, preview, self._presenter.time.now())
        sheet.confirmed.connect(lambda: self._presenter.close(session.id))
        sheet.open()

    def _not_done(self, error: NodeError) -> None:
        if isinstance(error, WalletLockedError):
            self.problem.emit(error)
        else:
            self._show_failure(error)

    def _not_marked(self, error: NodeError) -> None:
        self._show()
        self._not_done(error)

    def _closed(self, result: CloseResult) -> None:
        text = f"Closed, {formats.mor(result.returned)} returned"
        if result.held:
            text += f", {formats.mor(result.held)} held back"
        self.told.emit(text, "success")

    def _claimed(self, result: ClaimResult) -> None:
        self.told.emit(f"{formats.mor(result.amount)} are back in your wallet", "success")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._columns() != self._placed:
            self._arrange()


def _summary(state: Sessions) -> str:
    if state.overview is None:
        return "Models you rent by time"
    count = len(state.open)
    if not count:
        return "None open"
    return f"{count} open · {formats.mor(state.overview.in_sessions)} locked until they end"
