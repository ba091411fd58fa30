"""Backing up the phrase after all: see it, write it down, prove it. May be left at any time."""

from pydantic import SecretStr
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.secret_view import SecretView
from morpheus_desktop.widgets.sheet import Sheet
from morpheus_desktop.widgets.word_questions import WordQuestions
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import BackupQuestion, Revealed, RevealRequest

_PASSWORD, _PHRASE, _QUESTIONS = range(3)
_TITLES = ("Back up your phrase", "Write down your recovery phrase", "Check your notes")
_TEXTS = (
    "Twelve or 24 words are the wallet. Written on paper they bring it back when this computer is"
    " lost; nothing else does.",
    "Who has these words has the money. Keep them on paper, out of sight of cameras and other"
    " screens.",
    "Choose the words that stand at these places, so that a mistake shows now and not when it"
    " matters.",
)
_NEXT = ("Continue", "I wrote them down", "Done")


class BackupSheet(Sheet):
    """Signals: `verified()`. With `by_keyring` no password is asked for."""

    verified = Signal()

    def __init__(
        self, host: QWidget, node: NodeService, tasks: GuiTasks, *, by_keyring: bool = False
    ) -> None:
        self._node, self._tasks, self._by_keyring = node, tasks, by_keyring
        self._questions: WordQuestions | None = None
        self._title = Label("", "h2")
        self._text = Label("", "body", "text2", wrap=True)
        self.field = PasswordField(name="backup.password")
        if by_keyring:
            self.field.hide()
        self.view = SecretView(name="backup.phrase", title="Recovery phrase")
        self._asked = column()
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("backup.problem")
        self._problem.hide()
        self._pages = [boxed(column(self.field)), boxed(column(self.view)), boxed(self._asked)]
        self.again = Button("Show the words again", "link", name="backup.again")
        self.later = Button("Later", "ghost", size="primary", name="backup.later")
        self.go = Button("Continue", "primary", size="primary", name="backup.go")
        super().__init__(
            host,
            column(self._title, 4, self._text, 18, *self._pages, 8, self._problem),
            width=560,
            name="backup",
            footer=row(self.again, None, self.later, self.go),
        )
        self._page = -1
        self._show_page(_PASSWORD)
        self.field.submitted.connect(self._next)
        self.field.changed.connect(self._check)
        self.go.clicked.connect(self._next)
        self.again.clicked.connect(lambda: self._show_page(_PHRASE))
        self.later.clicked.connect(self.close_sheet)
        self.closed.connect(self._forget)

    def open(self) -> None:
        super().open()
        (self.go if self._by_keyring else self.field.edit).setFocus()

    def _show_page(self, page: int) -> None:
        self._page = page
        self._title.setText(_TITLES[page])
        self._text.setText(_TEXTS[page])
        for number, widget in enumerate(self._pages):
            widget.setVisible(number == page)
        self._problem.hide()
        self.go.set_text(_NEXT[page])
        self.go.set_busy(False)
        self.again.setVisible(page == _QUESTIONS)
        self._check()

    def _check(self) -> None:
        reason = ""
        if self._page == _PASSWORD and not self._by_keyring and not self.field.text():
            reason = "Type the password first."
        questions = self._questions
        if self._page == _QUESTIONS and questions is not None and not questions.is_complete:
            reason = "Choose a word in each row."
        self.go.disable_with(reason)

    def _next(self) -> None:
        if not self.go.isEnabled():
            return
        self.go.set_busy(True)
        wallet = self._node.wallet
        if self._page == _PASSWORD:
            password = None if self._by_keyring else SecretStr(self.field.text())
            request = RevealRequest(what="phrase", password=password)
            self._tasks.attempt(
                wallet.reveal(request), "reveal", failed=self._failed, done=self._revealed
            )
        elif self._page == _PHRASE:
            self._tasks.attempt(
                wallet.backup_challenge(), "challenge", failed=self._failed, done=self._challenged
            )
        elif self._questions is not None:
            self._tasks.attempt(
                wallet.confirm_backup(self._questions.answers),
                "confirm-backup",
                failed=self._failed,
                done=lambda _status: self._done(),
            )

    def _failed(self, error: NodeError) -> None:
        self.go.set_busy(False)
        words = f"{error.message} {error.hint}".strip()
        position = error.details.get("position")
        if self._page == _PASSWORD and not self._by_keyring:
            self.field.show_error(words)
            self.field.edit.selectAll()
            self.field.edit.setFocus()
        elif self._questions is not None and isinstance(position, int):
            self._questions.show_wrong(position, words)
        else:
            self._problem.setText(words)
            self._problem.show()

    def _revealed(self, secret: Revealed) -> None:
        self.field.set_text("")
        self.view.set_words(secret.text.get_secret_value().split())
        self._show_page(_PHRASE)
        self.view.setFocus()

    def _challenged(self, questions: tuple[BackupQuestion, ...]) -> None:
        if self._questions is not None:
            self._asked.removeWidget(self._questions)
            self._questions.deleteLater()
        self._questions = WordQuestions(questions)
        self._questions.changed.connect(self._check)
        self._asked.addWidget(self._questions)
        self._show_page(_QUESTIONS)

    def _done(self) -> None:
        self.verified.emit()
        self.close_sheet()

    def _forget(self) -> None:
        self.view.forget()
        self.field.set_text("")
