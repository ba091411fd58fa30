"""The wallet's path: what to know, a new wallet, its phrase to write down and to check."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.frames import Card, Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.protect_fields import ProtectFields
from morpheus_desktop.widgets.scroll import page_column
from morpheus_desktop.widgets.secret_view import SecretView
from morpheus_desktop.widgets.word_questions import WordQuestions
from node.service.dto import BackupQuestion, CreateWallet

_WIDTH = 560
_FACTS = (
    "Your stake is locked while a session runs; it is not spent.",
    "Stopping early keeps a part of it locked until midnight UTC, then it comes back.",
    "You need MOR, and a little ETH on Base for the network fees.",
    "Nobody can restore a lost recovery phrase, not even the makers of this app.",
)


class Step(QWidget):
    """A page of the path: title, sentence, body, buttons. `back()` leaves it."""

    back = Signal()
    can_go_back = True

    def __init__(self, title: str, text: str, body: QWidget, *buttons: Button) -> None:
        super().__init__()
        leave = Button("Back", "ghost", icon="caret-left", name="wallet.step.back")
        leave.clicked.connect(self.back)
        if not self.can_go_back:
            leave.hide()
        card = Card(
            column(
                Label(title, "h1"),
                4,
                Label(text, "body", "text2", wrap=True),
                20,
                body,
                24,
                row(leave, None, *buttons),
            ),
            margins=(28, 24, 28, 24),
        )
        self.setLayout(column(page_column(column(None, card, None), width=_WIDTH)))


class ChooseStep(Step):
    """Facts about money, then create or import."""

    def __init__(self) -> None:
        self.create_button = Button(
            "Create a wallet", "primary", size="primary", name="wallet.create"
        )
        self.import_button = Button("Import", "secondary", size="primary", name="wallet.import")
        facts = column(*[_bullet(text) for text in _FACTS], spacing=10)
        super().__init__(
            "Use your MOR",
            "A wallet holds MOR and signs for you. Four things to know first.",
            Sunken(facts),
            self.import_button,
            self.create_button,
        )


class CreateStep(Step):
    """`beside` the wallet that is there. Signals: `confirmed(CreateWallet)`."""

    confirmed = Signal(object)

    def __init__(self, *, keyring: bool = False, beside: bool = False) -> None:
        self._beside = beside
        self._protect = ProtectFields(keyring=keyring)
        self._words = Segment(("12 words", "24 words"), name="wallet.words")
        self.go = Button("Create wallet", "primary", size="primary", name="wallet.create.go")
        body = boxed(
            column(
                self._protect,
                row(Label("Recovery phrase", "body", "text2"), None, self._words),
                spacing=16,
            )
        )
        super().__init__(
            "Protect your wallet",
            "The wallet is encrypted on this computer and never leaves it.",
            body,
            self.go,
        )
        self._protect.changed.connect(self._check)
        self._protect.submitted.connect(self._confirm)
        self.go.clicked.connect(self._confirm)
        self._check()

    def _check(self) -> None:
        self.go.disable_with(self._protect.problem)

    def _confirm(self) -> None:
        if self._protect.problem:
            return
        by_keyring = self._protect.by_keyring
        self.confirmed.emit(
            CreateWallet(
                words=24 if self._words.index else 12,
                add=self._beside,
                password=self._protect.take(),
                use_keyring=by_keyring,
            )
        )


class PhraseStep(Step):
    """Shows the words while they are held: they are asked back in the next step. Signals:
    `written()`.
    """

    written = Signal()
    can_go_back = False

    def __init__(self, words: list[str]) -> None:
        self.view = SecretView(name="wallet.phrase", title="Recovery phrase")
        self.view.set_words(words)
        done = Button("I wrote them down", "primary", size="primary", name="wallet.phrase.done")
        super().__init__(
            "Write down your recovery phrase",
            "These words are the wallet. Who has them has the money; without them it is lost with"
            " this computer. Keep them on paper, out of sight of cameras and other screens.",
            self.view,
            done,
        )
        done.clicked.connect(self.written)


class CheckStep(Step):
    """Asks for three of the words. Signals: `confirmed(answers)`, `postponed()`."""

    confirmed = Signal(object)
    postponed = Signal()

    def __init__(self, questions: tuple[BackupQuestion, ...]) -> None:
        self.questions = WordQuestions(questions)
        self._note = Label(
            "Later is possible: until then large amounts are asked about again.", "small", "text3"
        )
        later = Button("Later", "ghost", size="primary", name="wallet.check.later")
        self.go = Button("Done", "primary", size="primary", name="wallet.check.go")
        super().__init__(
            "Check your notes",
            "Choose the words that stand at these places, so that a mistake shows now and not when"
            " it matters.",
            boxed(column(self.questions, 16, self._note)),
            later,
            self.go,
        )
        later.clicked.connect(self.postponed)
        self.go.clicked.connect(lambda: self.confirmed.emit(self.questions.answers))
        self.questions.changed.connect(self._check)
        self._check()

    def _check(self) -> None:
        missing = "" if self.questions.is_complete else "Choose a word in each row."
        self.go.disable_with(missing)


def _bullet(text: str) -> QWidget:
    return boxed(row(IconLabel("info", "text3"), Label(text, "body", "text2", wrap=True), None))
