"""Above every page: the worst of what is wrong, else a reminder, else a word on the demo."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from morpheus_desktop import errors
from morpheus_desktop.shell_presenter import ShellState
from morpheus_desktop.wallet_dialogs import WalletDialogs
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.window import MainWindow
from node.core.errors import NodeError, RpcUnavailableError
from node.core.events import HealthChanged
from node.service.dto import DamagedWallet

CONFIG = "config"
"""The component of health events that is about files of the configuration."""
DAMAGED = "A wallet file was damaged."
_UNREACHABLE = RpcUnavailableError.default_code


class FrameNotices(QObject):
    """One banner at a time, one problem of each kind.

    Signals: `told(text, tone)` for a toast; `retry()` when the user wants it tried again.
    """

    told = Signal(str, str)
    retry = Signal()

    def __init__(self, window: MainWindow, dialogs: WalletDialogs) -> None:
        super().__init__(window)
        self._window, self._dialogs = window, dialogs
        self._problems: dict[str, errors.Presented] = {}
        self._reports: dict[str, str] = {}
        self._is_demo = False
        self._demo_hidden = False
        self._reminded = False

    def add_error(self, error: NodeError) -> None:
        """A failure that may last."""
        self._problems[error.code] = errors.present(error)
        self._reports[error.code] = errors.report(error)
        self._show()

    def add_damage(self, item: DamagedWallet) -> None:
        text = f"{item.problem} {item.hint}"
        self._problems[item.path] = errors.Presented(title=DAMAGED, text=text, severity="warning")
        self._show()

    def health_changed(self, event: HealthChanged) -> None:
        """A part of the node stopped or began to work."""
        key = f"health.{event.component}"
        if event.ok:
            self._problems.pop(key, None)
            if event.component != CONFIG:
                self._problems.pop(_UNREACHABLE, None)
        else:
            is_file = event.component == CONFIG
            self._problems[key] = errors.Presented(
                title="A configuration file does not fit"
                if is_file
                else f"No connection: {event.component}",
                text=event.detail or "Your funds are not affected.",
                severity="warning",
                actions=((errors.RETRY, "Try again"),),
            )
        self._show()

    def follow(self, state: ShellState) -> None:
        """The node's state was read: what it proves wrong goes, what it asks for comes."""
        reached = state.overview is not None and _UNREACHABLE in self._problems
        if reached:
            del self._problems[_UNREACHABLE]
        enters_demo = state.is_demo and not self._is_demo
        self._is_demo = state.is_demo
        if reached or enters_demo or self._dialogs.wants_backup != self._reminded:
            self._show()

    # --- inside ---

    def _show(self) -> None:
        """Most severe first; below the problems the reminder, then the demo's first word."""
        self._window.clear_notice()
        self._reminded = self._dialogs.wants_backup
        ranked = sorted(self._problems.items(), key=lambda item: item[1].severity != "danger")
        if ranked:
            self._show_problem(*ranked[0])
        elif self._reminded:
            self._window.show_notice(self._dialogs.reminder(self._show))
        elif self._is_demo and not self._demo_hidden:
            self._show_demo()

    def _show_problem(self, key: str, words: errors.Presented) -> None:
        action = words.actions[0][1] if words.actions else ""
        banner = Banner(words.title, words.text, tone=words.severity, action=action, close=True)
        banner.dismissed.connect(lambda: self._forget(key))
        banner.action.connect(lambda: self._act(key))
        self._window.show_notice(banner)

    def _show_demo(self) -> None:
        banner = Banner(
            "Demo network: play money, simulated providers.",
            "Everything else is the real thing.",
            tone="demo",
            close=True,
        )
        banner.setObjectName("demo.banner")
        banner.dismissed.connect(self._hide_demo)
        self._window.show_notice(banner)

    def _hide_demo(self) -> None:
        self._demo_hidden = True
        self._window.clear_notice()

    def _forget(self, key: str) -> None:
        self._problems.pop(key, None)
        self._show()

    def _act(self, key: str) -> None:
        """The button of a problem: copy the report of a fault of ours, or try again."""
        words = self._problems.pop(key, None)
        self._show()
        if words is not None and words.actions[0][0] == errors.COPY_REPORT:
            QGuiApplication.clipboard().setText(self._reports[key])
            self.told.emit("The report is on the clipboard", "success")
        else:
            self.retry.emit()
