"""Which page leads to which, and what the frame shows. Pages know nothing of each other."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.frame_notices import DAMAGED, FrameNotices
from morpheus_desktop.header_menus import HeaderMenus
from morpheus_desktop.network_change import NetworkChange
from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.pages.chat.presenter import ChatPresenter
from morpheus_desktop.pages.onboarding.page import OnboardingPage
from morpheus_desktop.pages.onboarding.presenter import OnboardingPresenter
from morpheus_desktop.quit_sheet import QuitSheet
from morpheus_desktop.section_pages import SectionPages
from morpheus_desktop.session_sheets import SessionSheets
from morpheus_desktop.shell_presenter import ShellPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.unlock_sheet import UnlockSheet
from morpheus_desktop.wallet_dialogs import WalletDialogs
from morpheus_desktop.window import MainWindow
from node.core.errors import KeystoreFormatError, NodeError, WalletLockedError
from node.service.api import NodeService
from node.service.dto import DamagedWallet, LocalModel, SessionView

FIRST_NETWORK = "base"


class Navigation(QObject):
    """Makes the pages and connects them, the frame and the node's state."""

    def __init__(
        self,
        window: MainWindow,
        *,
        node: NodeService,
        tasks: GuiTasks,
        signals: NodeSignals,
        time: ChainTime,
        shell: ShellPresenter,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._node, self._tasks, self._signals, self._time = node, tasks, signals, time
        self._shell = shell
        self._started = False
        self._leaving = False
        self.wallet_dialogs = WalletDialogs(
            window, node, tasks, status=lambda: shell.state.wallet, tell=self.tell
        )
        self.network_change = NetworkChange(window, node, tasks)
        self.session_sheets = SessionSheets(window, node, tasks, time)
        self._notices = FrameNotices(window, self.wallet_dialogs)
        self.chat = ChatPresenter(node, tasks, signals, time)
        self.onboarding = OnboardingPresenter(node, tasks)
        self._welcome = OnboardingPage(self.onboarding)
        self._menus = HeaderMenus(window, self, node=node, tasks=tasks, shell=shell)
        self._add_pages()
        self._connect_frame()
        self._connect_ways()

    def _add_pages(self) -> None:
        window = self._window
        window.add_full_page(self._welcome)
        pages = SectionPages(
            self, node=self._node, tasks=self._tasks, signals=self._signals, time=self._time
        )
        window.add_page("chat", self._chat_page)
        window.add_page("market", pages.market)
        window.add_page("sessions", pages.sessions)
        window.add_page("wallet", pages.wallet)
        window.add_page("local", pages.local)
        window.add_page("settings", pages.settings)
        self._welcome.finished.connect(self._onboarded)
        self._welcome.backup_requested.connect(self.wallet_dialogs.reveal)
        self._welcome.left.connect(lambda: self.go(window.section or "chat"))
        self.onboarding.local_added.connect(self.chat.use_local)

    def _connect_frame(self) -> None:
        shell, bar = self._shell, self._window.top_bar
        shell.changed.connect(self._state_changed)
        shell.failed.connect(self.show_problem)
        shell.told.connect(self.tell)
        shell.health_changed.connect(self._notices.health_changed)
        self._notices.told.connect(self.tell)
        self._notices.retry.connect(self._try_again)
        self._time.ticked.connect(lambda: bar.tick(self._time.now()))
        self._window.guard_closing(self._may_close)
        bar.session_clicked.connect(lambda: self.go("sessions"))

    def _connect_ways(self) -> None:
        sheets, change = self.session_sheets, self.network_change
        sheets.opened.connect(self.session_opened)
        sheets.extended.connect(self._session_extended)
        sheets.unlock_wanted.connect(self.unlock)
        sheets.receive_wanted.connect(lambda: self.go("wallet"))
        sheets.failed.connect(self.show_problem)
        change.changed.connect(self._shell.refresh)
        change.opening.connect(self._window.top_bar.show_opening)
        change.told.connect(self.tell)
        change.failed.connect(self.show_problem)

    # --- start ---

    def begin(self, *, demo: bool) -> None:
        """First page: Welcome, or straight into the demo. The node may not run yet."""
        self._window.show_full_page(self._welcome)
        self._welcome.shown()
        if demo:
            self.onboarding.start_demo()
        else:
            self._shell.refresh()

    def go(self, section: str) -> None:
        """Show a section of the rail, if there is one of that name."""
        self._window.show_section(section)

    def _onboarded(self, way: str) -> None:
        self._started = True
        self._shell.refresh()
        self.go("wallet" if way == "wallet" and self._window.has_page("wallet") else "chat")

    def _state_changed(self) -> None:
        state = self._shell.state
        self._window.top_bar.show_state(state, self._time.now())
        network = state.network
        tone = "demo" if state.is_demo else "warning" if network and network.is_test else ""
        self._window.set_network(network.title if network else "", tone)
        ended = f"{state.to_close} ended session(s) to close" if state.to_close else ""
        self._window.rail.mark("sessions", bool(state.to_close), ended)
        steps = self.onboarding
        chooses = steps.busy or steps.has_looked or not self._welcome.is_at_start
        if not self._started and not chooses and not state.is_new:
            self._started = True
            self._resume()
        for item in self.wallet_dialogs.new_damage():
            self._show_damage(item)
        self._notices.follow(state)

    def _show_damage(self, item: DamagedWallet) -> None:
        if self._window.is_full_page:
            text = f"{item.problem} {item.hint}"
            self._welcome.show_problem(KeystoreFormatError(DAMAGED, hint=text))
        else:
            self._notices.add_damage(item)

    def _resume(self) -> None:
        """A profile that was used before: straight to the chat, on the wallet's network."""
        wallet = self._shell.state.wallet
        if self._shell.state.network is None and wallet is not None and wallet.kind != "none":
            self.network_change.resume(FIRST_NETWORK)
        self.go("chat")

    # --- pages ---

    def _chat_page(self) -> QWidget:
        page = ChatPage(self.chat)
        page.market_requested.connect(lambda: self.go("market"))
        page.sheet_requested.connect(self.session_sheets.open)
        page.extend_requested.connect(self.session_sheets.extend)
        page.unlock_requested.connect(self.unlock)
        page.told.connect(self.tell)
        page.problem.connect(self.show_problem)
        return page

    def _session_extended(self, session: SessionView) -> None:
        self.chat.load_choices()
        self.tell(f"{session.model_name} goes on until {formats.clock(session.ends_at)}", "success")

    def session_opened(self, session: SessionView) -> None:
        """A session was opened somewhere: it answers in the chat from now on."""
        self.chat.use_session(session)
        self.chat.hide_card()
        self.tell(
            f"Session with {session.model_name} is open until {formats.clock(session.ends_at)}",
            "success",
        )
        self.go("chat")

    def chat_with_session(self, session: SessionView) -> None:
        self.chat.use_session(session)
        self.go("chat")

    def chat_with_model(self, model_id: str, bid_id: object) -> None:
        """Chat in the open session with this model, or open one first."""
        running = next(
            (item for item in self.chat.choices.sessions if item.model_id == model_id), None
        )
        if running is not None and not bid_id:
            self.chat.choose(running)
            self.go("chat")
        else:
            self.session_sheets.open(model_id, bid_id=str(bid_id or ""))

    def chat_with_local(self, model: LocalModel) -> None:
        self.chat.use_local(model)
        self.go("chat")

    def set_up_wallet(self) -> None:
        """The wallet's steps, from inside the window: leaving them leads back."""
        self._window.show_full_page(self._welcome)
        self._welcome.start_wallet(inside=True)

    # --- frame ---

    def tell(self, text: str, tone: str) -> None:
        """A toast: something the user did has happened."""
        self._window.toasts.show_toast(text, tone=tone)

    def show_problem(self, error: NodeError) -> None:
        """A failure outside an answer: a banner while it may last, one of each kind."""
        if isinstance(error, WalletLockedError):
            self.unlock()
            return
        if self._window.is_full_page:
            self._welcome.show_problem(error)
            return
        self._notices.add_error(error)

    def _try_again(self) -> None:
        self._shell.refresh()
        if self._started:
            self.go(self._window.section or "chat")

    def _may_close(self) -> bool:
        """Open sessions of a real network are mentioned first; the demo ends with the program."""
        session = self._shell.state.session
        if session is None or self._shell.state.is_demo or self._leaving:
            return True
        sheet = QuitSheet(
            self._window,
            self._node,
            self._tasks,
            ends_at=session.ends_at,
            now=self._time.now(),
        )
        sheet.confirmed.connect(self._leave)
        sheet.open()
        return False

    def _leave(self) -> None:
        self._leaving = True
        self._window.close()

    def unlock(self) -> None:
        """Ask for the wallet's password, or for the keychain that has it."""
        wallet = self._shell.state.wallet
        sheet = UnlockSheet(
            self._window,
            self._node,
            self._tasks,
            by_keyring=wallet is not None and wallet.by_keyring,
        )
        sheet.unlocked.connect(self._shell.refresh)
        sheet.restore_requested.connect(self.set_up_wallet)
        sheet.open()
