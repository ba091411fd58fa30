"""The first start's page: Welcome and the steps of the wallet's path."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from morpheus_desktop.errors import present
from morpheus_desktop.pages.onboarding.accounts_step import ROWS, AccountsStep
from morpheus_desktop.pages.onboarding.import_step import Chosen, ImportStep
from morpheus_desktop.pages.onboarding.presenter import OnboardingPresenter
from morpheus_desktop.pages.onboarding.wallet_steps import (
    CheckStep,
    ChooseStep,
    CreateStep,
    PhraseStep,
    Step,
)
from morpheus_desktop.pages.onboarding.welcome import Welcome
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.layouts import clear
from node.core.errors import NodeError
from node.service.dto import (
    BackupQuestion,
    FoundAccount,
    ImportWallet,
    PeerWallet,
    ScanRequest,
)


class OnboardingPage(QWidget):
    """`finished(way)` when one of the ways was taken: `demo`, `local` or `wallet`.

    `left()` when the wallet's steps were left and the user had come from inside the window;
    `backup_requested()` before a wallet is replaced.
    """

    finished = Signal(str)
    left = Signal()
    backup_requested = Signal()

    def __init__(self, presenter: OnboardingPresenter) -> None:
        super().__init__()
        self.setObjectName("onboarding")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._presenter = presenter
        self._wanted: ImportWallet | None = None
        self._inside = False
        self.welcome = Welcome()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(24, 12, 24, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._notices)
        whole.addWidget(self._stack, 1)
        self._connect()

    def _connect(self) -> None:
        presenter, welcome = self._presenter, self.welcome
        welcome.demo_chosen.connect(presenter.start_demo)
        welcome.local_chosen.connect(self._choose_file)
        welcome.wallet_chosen.connect(self.start_wallet)
        welcome.theme_clicked.connect(self._switch_theme)
        presenter.busy_changed.connect(self._busy_changed)
        presenter.hardware_read.connect(welcome.set_hardware)
        presenter.failed.connect(self._failed)
        presenter.demo_started.connect(lambda: self.finished.emit("demo"))
        presenter.local_added.connect(lambda _model: self.finished.emit("local"))
        presenter.wallet_created.connect(self._show_phrase)
        presenter.challenge_read.connect(self._show_check)
        presenter.scanned.connect(self._show_accounts)
        presenter.phrase_checked.connect(self._phrase_checked)
        presenter.peer_found.connect(self._peer_found)
        presenter.wallet_ready.connect(self._wallet_ready)

    @property
    def is_at_start(self) -> bool:
        """Whether none of the wallet's steps is under way."""
        return self._stack.currentWidget() is self.welcome

    def shown(self) -> None:
        self.show_welcome()
        self._presenter.read_hardware()
        self._presenter.read_wallet()

    def show_welcome(self) -> None:
        """Go to the start; steps and what was typed in them are forgotten."""
        self._wanted = None
        for index in reversed(range(1, self._stack.count())):
            step = self._stack.widget(index)
            if step is not None:
                self._stack.removeWidget(step)
                step.deleteLater()
        self._stack.setCurrentWidget(self.welcome)
        self.welcome.focus_first()

    def start_wallet(self, *, inside: bool = False) -> None:
        """Begin the wallet's steps; `inside`: their first Back leaves this page."""
        self.show_welcome()
        self._presenter.read_wallet()
        self._inside = inside
        step = ChooseStep()
        step.create_button.clicked.connect(self._show_create)
        step.import_button.clicked.connect(self._show_import)
        self._push(step)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Choose a model file", "", "Models (*.gguf)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._presenter.add_local)
        dialog.open()

    def _show_create(self) -> None:
        presenter = self._presenter
        step = CreateStep(keyring=presenter.keyring_available, beside=bool(presenter.present))
        step.confirmed.connect(presenter.create_wallet)
        self._push(step)

    def _show_import(self) -> None:
        presenter = self._presenter
        step = ImportStep(keyring=presenter.keyring_available, present=presenter.present)
        step.confirmed.connect(self._import)
        step.accounts_wanted.connect(self._look_for_accounts)
        step.phrase_typed.connect(presenter.check_phrase)
        step.peer_wanted.connect(presenter.find_peer)
        step.backup_requested.connect(self.backup_requested)
        self._push(step)

    def _import(self, chosen: Chosen) -> None:
        self._presenter.import_wallet(chosen.request, chosen.file, is_backup=chosen.is_backup)

    def _look_for_accounts(self, request: ImportWallet) -> None:
        self._wanted = request
        self._presenter.check_phrase("")
        self._presenter.scan(
            ScanRequest(phrase=request.phrase, passphrase=request.passphrase, count=ROWS)
        )

    def _show_accounts(self, found: tuple[FoundAccount, ...]) -> None:
        step = self._stack.currentWidget()
        if isinstance(step, AccountsStep):
            step.show_found(found)
        elif isinstance(step, ImportStep) and self._wanted is not None:
            accounts = AccountsStep(self._wanted, found)
            accounts.scan_wanted.connect(self._presenter.scan)
            accounts.confirmed.connect(self._presenter.import_wallet)
            self._push(accounts)

    def _phrase_checked(self, error: NodeError | None) -> None:
        step = self._stack.currentWidget()
        if isinstance(step, ImportStep):
            step.phrase_checked(error)

    def _peer_found(self, found: PeerWallet) -> None:
        step = self._stack.currentWidget()
        if isinstance(step, ImportStep):
            step.show_peer(found)

    def _show_phrase(self, words: list[str]) -> None:
        step = PhraseStep(words)
        step.written.connect(self._presenter.ask_challenge)
        self._push(step)

    def _show_check(self, questions: tuple[BackupQuestion, ...]) -> None:
        step = CheckStep(questions)
        step.confirmed.connect(self._presenter.confirm_backup)
        step.postponed.connect(self._presenter.finish_wallet)
        self._push(step)

    def _wallet_ready(self) -> None:
        self.show_welcome()
        self.finished.emit("wallet")

    def _push(self, step: Step) -> None:
        step.back.connect(lambda: self._pop(step))
        self._stack.addWidget(step)
        self._stack.setCurrentWidget(step)
        self._clear_notice()
        first = step.nextInFocusChain()
        if first is not None:
            step.setFocus()
            step.focusNextChild()

    def _pop(self, step: Step) -> None:
        self._stack.removeWidget(step)
        step.deleteLater()
        self._stack.setCurrentIndex(self._stack.count() - 1)
        if self._inside and self._stack.currentWidget() is self.welcome:
            self._inside = False
            self.left.emit()

    def _busy_changed(self, action: str) -> None:
        self._clear_notice()
        self.welcome.set_busy(action)
        step = self._stack.currentWidget()
        if isinstance(step, CreateStep | ImportStep | AccountsStep | CheckStep):
            step.go.set_busy(bool(action))
        elif isinstance(step, Step):
            step.setEnabled(not action)

    def _failed(self, error: NodeError) -> None:
        step = self._stack.currentWidget()
        words = f"{error.message} {error.hint}".strip()
        position = error.details.get("position")
        if isinstance(step, ImportStep):
            step.show_failure(error)
        elif isinstance(step, AccountsStep):
            step.show_error(words)
        elif isinstance(step, CheckStep) and isinstance(position, int):
            step.questions.show_wrong(position, words)
        else:
            self.show_problem(error)

    def show_problem(self, error: NodeError) -> None:
        """A banner above the page, in place of the one before."""
        self._clear_notice()
        words = present(error)
        self._notices.addWidget(Banner(words.title, words.text, tone=words.severity, close=True))

    def _clear_notice(self) -> None:
        clear(self._notices)

    def _switch_theme(self) -> None:
        theme = current()
        theme.set_mode("light" if theme.mode == "dark" else "dark")
        self._presenter.keep_theme(theme.mode)
