"""What the chat page shows and decides."""

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.opening import Opening, Quoting
from morpheus_desktop.pages.chat.choice_reader import ChoiceReader, Offered
from morpheus_desktop.pages.chat.targets import Choices, Target, local_target, session_target
from morpheus_desktop.pages.chat.turns import Turns
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, NoTargetError, WalletLockedError
from node.core.events import SessionChanged
from node.service.api import NodeService
from node.service.dto import (
    ChatHistory,
    ChatHit,
    ChatSummary,
    CloseResult,
    LocalModel,
    NetworkView,
    Quote,
    QuoteRequest,
    SessionView,
    StopPreview,
)

CARD_DURATION_S = 3600


class ChatPresenter(QObject):
    """State of the page. Signals say what happened; the page reads the rest from properties.

    `chats_loaded()`; `found(list[ChatHit])`; `chat_shown(ChatSummary | None)`;
    `target_changed()`; `choices_changed()`; `draft_taken()` what is in the composer was sent;
    `draft_returned(text)` a queued text goes back into it; `card_changed()` the open-session card;
    `close_previewed(SessionView, StopPreview)`; `closed(CloseResult)`; `failed(NodeError)`.
    """

    chats_loaded = Signal()
    found = Signal(object)
    chat_shown = Signal(object)
    target_changed = Signal()
    choices_changed = Signal()
    draft_taken = Signal()
    draft_returned = Signal(str)
    card_changed = Signal()
    close_previewed = Signal(object, object)
    closed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self.time = time
        self.turns = Turns(node, tasks, time)
        self.quoting = Quoting(node, tasks)
        self.opening = Opening(node, tasks)
        self.chats: tuple[ChatSummary, ...] = ()
        self.chat: ChatSummary | None = None
        self.choices = Choices()
        self.network: NetworkView | None = None
        self.card_target: Target | None = None
        self.card_error: NodeError | None = None
        self.card_duration_s = CARD_DURATION_S
        self.card_step = ""
        self._card_text = ""
        self._target: Target | None = None
        self._chosen = False
        self._picks = 0
        self._reader = ChoiceReader(node, time, self.failed.emit)
        self.load_choices = Refresh(
            tasks,
            self._read_choices,
            "choices",
            done=self._choices_loaded,
            failed=self.failed.emit,
        )
        self.load_chats = Refresh(
            tasks, node.chat.chats, "chats", done=self._chats_arrived, failed=self.failed.emit
        )
        self._connect(signals)

    def _connect(self, signals: NodeSignals) -> None:
        self.turns.stored.connect(self._chat_stored)
        self.turns.streaming_changed.connect(self._streaming_changed)
        self.quoting.asked.connect(self._card_asked)
        self.quoting.quoted.connect(self._card_quoted)
        self.quoting.refused.connect(self._card_refused)
        self.opening.progressed.connect(self._card_progressed)
        self.opening.opened.connect(self._card_opened)
        self.opening.failed.connect(self._opening_failed)
        signals.session_changed.connect(self._session_changed)
        signals.local_models_changed.connect(self.load_choices)
        signals.market_changed.connect(self.load_choices)
        signals.wallet_changed.connect(self.load_choices)

    # --- who answers ---

    @property
    def target(self) -> Target | None:
        return self._target

    @property
    def is_demo(self) -> bool:
        return self.network is not None and self.network.is_demo

    def choose(self, target: Target) -> None:
        """The user picked who answers."""
        self._chosen = True
        self._picks += 1
        self._use(target)
        self.hide_card()

    def use_session(self, session: SessionView) -> None:
        """A session opened elsewhere in the window answers from now on."""
        self.choose(session_target(session, is_demo=self.is_demo))
        self.load_choices()

    def use_local(self, model: LocalModel) -> None:
        self.choose(local_target(model))
        self.load_choices()

    def use_model(self, model_id: str) -> None:
        """Choose a model by id as soon as it is among the choices."""
        found = self.choices.of_model(model_id)
        if found is not None:
            self.choose(found)

    def load(self) -> None:
        """Load chats and choices: at the start and each time the page is shown."""
        self.load_chats()
        self.load_choices()

    async def _read_choices(self) -> tuple[int, Offered]:
        picks = self._picks
        return picks, await self._reader.read()

    def _choices_loaded(self, found: tuple[int, Offered]) -> None:
        picks, offered = found
        loaded = self.choices = offered.choices
        if offered.network != self.network:
            self._chosen = False
        self.network = offered.network
        if picks == self._picks:
            self._keep_target(loaded)
        else:
            self.load_choices()
        self.choices_changed.emit()

    def _keep_target(self, loaded: Choices) -> None:
        """Only by what was read after the last choice: a session that was just opened is not among
        what was read before, and would be left for a second one.
        """
        kept = loaded.again(self._target) if self._target is not None else None
        if kept is None and self._target is not None and self._target.kind == "session":
            kept = loaded.of_model(self._target.model_id)
        if kept is None and not (self._chosen and self._target is not None):
            kept = loaded.default(is_demo=self.is_demo)
        if kept is not None and kept != self._target:
            self._use(kept)

    def _use(self, target: Target) -> None:
        self._target = target
        self.target_changed.emit()

    # --- chats ---

    def new_chat(self) -> None:
        self._show(None)

    def open_chat(self, chat_id: str) -> None:
        self._tasks.attempt(
            self._node.chat.history(chat_id), "history", failed=self.failed.emit, done=self._show
        )

    def rename(self, chat_id: str, title: str) -> None:
        self._tasks.attempt(
            self._node.chat.rename(chat_id, title),
            "rename",
            failed=self.failed.emit,
            done=lambda _: self.load_chats(),
        )

    def delete(self, chat_id: str) -> None:
        if chat_id == self.turns.chat_id:
            self.new_chat()
        self._tasks.attempt(
            self._node.chat.delete(chat_id),
            "delete",
            failed=self.failed.emit,
            done=lambda _: self.load_chats(),
        )

    def search(self, text: str) -> None:
        """Search all chats; `found` brings the hits. Empty text is no search."""
        if text.strip():
            self._tasks.attempt(
                self._node.chat.search(text.strip()),
                "search",
                failed=self.failed.emit,
                done=self._hits_arrived,
            )

    def _hits_arrived(self, hits: tuple[ChatHit, ...]) -> None:
        self.found.emit(hits)

    def _chats_arrived(self, chats: tuple[ChatSummary, ...]) -> None:
        self.chats = chats
        current = next((chat for chat in chats if chat.id == self.turns.chat_id), None)
        if current is not None and current != self.chat:
            self.chat = current
            self.chat_shown.emit(current)
        self.chats_loaded.emit()

    def _show(self, history: ChatHistory | None) -> None:
        self.hide_card()
        self.chat = history.chat if history is not None else None
        self.turns.show(history)
        if self.chat is not None:
            same = self.choices.of_model(self.chat.model_id)
            if same is not None and not self._chosen:
                self._use(same)
        self.chat_shown.emit(self.chat)

    def _chat_stored(self, chat_id: str) -> None:
        if self.chat is None or self.chat.id != chat_id:
            self.load_chats()

    def _streaming_changed(self, streaming: bool) -> None:
        if not streaming:
            self.load_chats()

    # --- turns ---

    def send(self, text: str) -> None:
        """Send or queue what the user wrote (`draft_taken`), or show what is needed first."""
        target = self._target
        if target is None:
            self.failed.emit(NoTargetError("Nobody is chosen to answer."))
        elif target.needs_session(self.time.now()):
            self.show_card(target)
        else:
            self.draft_taken.emit()
            self.turns.send(text, target)

    def stop(self) -> None:
        """Stop the answer; a queued message goes back into the composer."""
        queued = self.turns.take_queued()
        self.turns.stop()
        if queued:
            self.draft_returned.emit(queued)

    def send_readable(self) -> None:
        """The user agrees that prompts to this provider are readable on the network."""
        target = self._target
        if target is not None and target.provider:
            self._tasks.attempt(
                self._node.sessions.allow_readable_prompts(target.provider),
                "allow readable prompts",
                failed=self.failed.emit,
                done=lambda _: self._sent_readable(),
            )

    def _sent_readable(self) -> None:
        self.load_choices()
        self.retry()

    def retry(self) -> None:
        if self._target is None:
            return
        if self._target.needs_session(self.time.now()):
            self.show_card(self._target)
            return
        self.turns.retry(self._target)

    def need_new_session(self) -> None:
        """The session of the chosen model is of no use any more: offer another one."""
        if self._target is not None and self._target.kind != "local":
            self.show_card(self._target)

    # --- the open-session card ---

    def show_card(self, target: Target) -> None:
        self.card_target = target
        self.ask_quote(self.card_duration_s)

    def hide_card(self) -> None:
        if self.card_target is None or self.opening.is_running:
            return
        self.card_target = None
        self.card_error = None
        self.quoting.forget()
        self.card_changed.emit()

    def ask_quote(self, duration_s: int) -> None:
        """Quote the card's model for another length."""
        if self.card_target is not None:
            self.card_duration_s = duration_s
            self.quoting.ask(
                QuoteRequest(model_id=self.card_target.model_id, duration_s=duration_s)
            )

    def open_and_send(self, text: str) -> None:
        """Open what the card shows; `text` is sent when the session is ready."""
        quote = self.quoting.quote
        if quote is None or self.opening.is_running:
            return
        self._card_text = text
        self.card_error = None
        self.opening.open(quote.id)
        self.card_changed.emit()

    def _card_asked(self) -> None:
        self.card_error = None
        self.card_step = ""
        self.card_changed.emit()

    def _card_quoted(self, quote: Quote) -> None:
        del quote
        self.card_changed.emit()

    def _card_refused(self, error: NodeError) -> None:
        self.card_error = error
        self.card_step = ""
        self.card_changed.emit()

    def _opening_failed(self, error: NodeError) -> None:
        """Nothing was opened: say why, and show the amounts as they are now."""
        self._card_refused(error)
        if isinstance(error, WalletLockedError):
            self.failed.emit(error)
        else:
            self.quoting.renew()

    def _card_progressed(self, progress: object) -> None:
        self.card_step = str(getattr(progress, "step", ""))
        self.card_changed.emit()

    def _card_opened(self, session: SessionView) -> None:
        text, self._card_text = self._card_text, ""
        self.card_step = ""
        self.use_session(session)
        target = self._target
        if target is None:
            return
        if text.strip():
            self.draft_taken.emit()
            self.turns.send(text, target)
        elif self.turns.lines and self.turns.lines[-1].error:
            self.turns.retry(target)

    # --- closing ---

    def preview_close(self) -> None:
        """Ask what closing now would bring back; `close_previewed` answers."""
        if self._target is not None and self._target.kind == "session":
            self._tasks.attempt(
                self._read_preview(self._target.id),
                "close-preview",
                failed=self.failed.emit,
                done=lambda pair: self.close_previewed.emit(*pair),
            )

    async def _read_preview(self, session_id: str) -> tuple[SessionView, StopPreview]:
        status = await self._node.system.status()
        session = await self._node.sessions.get(session_id)
        return session, await self._node.sessions.preview_stop(session_id, status.now)

    def close(self, session_id: str) -> None:
        """Close the session; a running answer is stopped first."""
        self.stop()
        self._tasks.attempt(
            self._node.sessions.close(session_id),
            "close-session",
            failed=self.failed.emit,
            done=self._closed,
        )

    def _closed(self, result: CloseResult) -> None:
        self.closed.emit(result)
        self.load_choices()

    def _session_changed(self, event: SessionChanged) -> None:
        del event
        self.load_choices()
