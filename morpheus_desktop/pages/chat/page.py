"""The chat: list, conversation, composer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from morpheus_desktop import errors, formats
from morpheus_desktop.pages.chat.conversation import Conversation
from morpheus_desktop.pages.chat.empty_chat import EmptyChat
from morpheus_desktop.pages.chat.feed import TranscriptFeed
from morpheus_desktop.pages.chat.header import ChatHeader
from morpheus_desktop.pages.chat.input_area import InputArea
from morpheus_desktop.pages.chat.list_pane import WIDTH as PANE_WIDTH
from morpheus_desktop.pages.chat.list_pane import ListPane, grouped, hits
from morpheus_desktop.pages.chat.presenter import ChatPresenter
from morpheus_desktop.pages.chat.selector import ModelSelector
from morpheus_desktop.pages.chat.sheets import CloseSheet, DeleteSheet, RenameSheet, closed_text
from morpheus_desktop.widgets.frames import line
from node.core.errors import NodeError
from node.service.dto import ChatHit, ChatSummary, CloseResult, SessionView, StopPreview

NARROW = 1000


class ChatPage(QWidget):
    """Signals that lead elsewhere: `market_requested()`, `sheet_requested(model_id, seconds)`,
    `extend_requested(session_id)`, `unlock_requested()`, `told(text, tone)` a sentence for a toast,
    `problem(NodeError)`.
    """

    market_requested = Signal()
    sheet_requested = Signal(str, int)
    extend_requested = Signal(str)
    unlock_requested = Signal()
    told = Signal(str, str)
    problem = Signal(object)

    def __init__(self, presenter: ChatPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        self.pane = ListPane()
        self.header = ChatHeader()
        self.empty = EmptyChat()
        self.conversation = Conversation()
        self.transcript = self.conversation.transcript
        self.input = InputArea(presenter)
        self._feed = TranscriptFeed(presenter.turns, self.transcript)
        self._content = QStackedWidget()
        self._content.addWidget(self.empty)
        self._content.addWidget(self.conversation)
        self._selector: ModelSelector | None = None
        self._edge = line(vertical=True)
        self._narrow = False
        self._lay_out()
        self._connect()
        self._shortcuts()
        self._show_content()
        self._target_changed()

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.header)
        middle.addWidget(self._content, 1)
        middle.addWidget(self.input)
        self._across = QHBoxLayout(self)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(0)
        self._across.addWidget(self.pane)
        self._across.addWidget(self._edge)
        self._across.addLayout(middle, 1)

    def _connect(self) -> None:
        presenter, pane, header = self.presenter, self.pane, self.header
        pane.new_chosen.connect(self.new_chat)
        pane.chat_chosen.connect(self._open_chat)
        pane.search_changed.connect(self._search)
        pane.rename_requested.connect(self._rename)
        pane.delete_requested.connect(self._delete)
        header.pane_clicked.connect(self.toggle_pane)
        header.rename_clicked.connect(self._rename_current)
        header.extend_clicked.connect(self._extend)
        header.close_clicked.connect(presenter.preview_close)
        self.empty.prompt_chosen.connect(self.input.submit)
        self.input.model_clicked.connect(self.open_selector)
        self.input.details_clicked.connect(self._details)
        self._feed.action_requested.connect(self._action)
        self.transcript.link_activated.connect(self._link)
        presenter.chats_loaded.connect(self._chats_loaded)
        presenter.found.connect(self._found)
        presenter.chat_shown.connect(self._chat_shown)
        presenter.target_changed.connect(self._target_changed)
        presenter.turns.replaced.connect(self._show_content)
        presenter.turns.line_added.connect(lambda _line: self._show_content())
        presenter.close_previewed.connect(self._confirm_close)
        presenter.closed.connect(self._closed)
        presenter.failed.connect(self.problem)
        presenter.time.ticked.connect(self._tick)

    def _shortcuts(self) -> None:
        for keys, action in (
            ("Ctrl+N", self.new_chat),
            ("Ctrl+L", self.input.focus),
            ("Ctrl+M", self.open_selector),
            ("Ctrl+R", self.presenter.retry),
            ("Ctrl+\\", self.toggle_pane),
            ("Ctrl+Shift+F", self._focus_search),
            ("Ctrl+Shift+W", self.presenter.preview_close),
            ("Ctrl+F", self._find),
            ("Esc", self._escape),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def shown(self) -> None:
        """The user came to this page."""
        self.presenter.load()
        self.input.focus()

    # --- chats ---

    def new_chat(self) -> None:
        self.conversation.search.leave()
        self.presenter.new_chat()
        self._hide_overlay()
        self.input.focus()

    def _open_chat(self, chat_id: str) -> None:
        self.conversation.search.leave()
        self.presenter.open_chat(chat_id)
        self._hide_overlay()

    def _chats_loaded(self) -> None:
        if not self.pane.is_searching:
            self._show_chats()

    def _show_chats(self) -> None:
        self.pane.show_entries(grouped(self.presenter.chats, self.presenter.time.now()))
        self.pane.mark(self.presenter.turns.chat_id)

    def _search(self, text: str) -> None:
        if text:
            self.presenter.search(text)
        else:
            self._show_chats()

    def _found(self, found: tuple[ChatHit, ...]) -> None:
        if self.pane.is_searching:
            self.pane.show_entries(hits(found, self.presenter.time.now()))

    def _focus_search(self) -> None:
        if self._narrow and not self.pane.isVisible():
            self.toggle_pane()
        self.pane.search.edit.setFocus()

    def _chat_shown(self, chat: ChatSummary | None) -> None:
        self.header.show_title(chat.title if chat is not None else "")
        self.pane.mark(chat.id if chat is not None else "")

    def _rename_current(self) -> None:
        if self.presenter.chat is not None:
            self._rename(self.presenter.chat)

    def _rename(self, chat: ChatSummary) -> None:
        sheet = RenameSheet(self.window(), chat)
        sheet.confirmed.connect(lambda title: self.presenter.rename(chat.id, title))
        sheet.open()

    def _delete(self, chat: ChatSummary) -> None:
        sheet = DeleteSheet(self.window(), chat)
        sheet.confirmed.connect(lambda: self.presenter.delete(chat.id))
        sheet.open()

    def _show_content(self) -> None:
        has_lines = bool(self.presenter.turns.lines)
        self._content.setCurrentWidget(self.conversation if has_lines else self.empty)

    def _find(self) -> None:
        if self.presenter.turns.lines:
            self.conversation.search.enter()

    def _escape(self) -> None:
        """Close the search in this chat, else stop the answer."""
        if self.conversation.search.isVisible():
            self.conversation.search.leave()
            self.input.focus()
        else:
            self.presenter.stop()

    # --- who answers ---

    def open_selector(self) -> None:
        if self._selector is not None:
            return
        presenter = self.presenter
        selector = ModelSelector(
            self.window(), presenter.choices, presenter.target, presenter.time.now()
        )
        selector.chosen.connect(presenter.choose)
        selector.more_clicked.connect(self.market_requested)
        selector.closed.connect(self._selector_closed)
        self._selector = selector
        selector.open_at(self.input.model)

    def _selector_closed(self) -> None:
        self._selector = None
        self.input.focus()

    def _target_changed(self) -> None:
        target = self.presenter.target
        self.header.show_target(target)
        self._tick()

    def _tick(self) -> None:
        target, now = self.presenter.target, self.presenter.time.now()
        self.input.show_target(target, now)
        left = ""
        if target is not None and target.kind == "session":
            left = f"Open session, {formats.duration(target.ends_at - now)} left"
        money = "play money" if target is not None and target.is_demo else ""
        self.empty.show_target(target, left, money)

    def _details(self) -> None:
        target = self.presenter.card_target
        if target is not None:
            self.sheet_requested.emit(target.model_id, self.presenter.card_duration_s)

    def _extend(self) -> None:
        target = self.presenter.target
        if target is not None and target.kind == "session":
            self.extend_requested.emit(target.id)

    # --- answers ---

    def _action(self, action: str, error: NodeError | None) -> None:
        match action:
            case errors.RETRY:
                self.presenter.retry()
            case errors.NEW_SESSION:
                self.presenter.need_new_session()
            case errors.OTHER_MODEL:
                self.open_selector()
            case errors.SEND_READABLE:
                self.presenter.send_readable()
            case errors.UNLOCK:
                self.unlock_requested.emit()
            case errors.COPY_REPORT if error is not None:
                QGuiApplication.clipboard().setText(errors.report(error))
                self.told.emit("The report is on the clipboard", "success")

    def _link(self, address: str) -> None:
        """Links are shown and copied, never opened by a click alone."""
        QGuiApplication.clipboard().setText(address)
        self.told.emit(f"Link copied: {address[:60]}", "info")

    def _confirm_close(self, session: SessionView, preview: StopPreview) -> None:
        sheet = CloseSheet(self.window(), session, preview, self.presenter.time.now())
        sheet.confirmed.connect(lambda: self.presenter.close(session.id))
        sheet.open()

    def _closed(self, result: CloseResult) -> None:
        self.told.emit(closed_text(result, self.presenter.time.now()), "success")

    # --- narrow windows ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_narrow(self.window().width() < NARROW)
        if self._narrow:
            self.pane.setGeometry(0, 0, PANE_WIDTH, self.height())

    def _set_narrow(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.header.set_narrow(narrow)
        self.pane.set_overlay(narrow)
        self._edge.setVisible(not narrow)
        if narrow:
            self._across.removeWidget(self.pane)
            self.pane.hide()
        else:
            self._across.insertWidget(0, self.pane)
            self.pane.show()

    def toggle_pane(self) -> None:
        """Show or hide the list of chats (in wide windows it takes part in the layout)."""
        visible = not self.pane.isVisible()
        self.pane.setVisible(visible)
        self._edge.setVisible(visible and not self._narrow)
        if self._narrow and visible:
            self.pane.setGeometry(0, 0, PANE_WIDTH, self.height())
            self.pane.raise_()
            self.pane.view.setFocus()

    def _hide_overlay(self) -> None:
        if self._narrow:
            self.pane.hide()
