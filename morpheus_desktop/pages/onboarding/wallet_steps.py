"""The wallet's path: what to know, a new wallet, its phrase to write down and to check."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from morpheus_desktop.pages.onboarding.presenter import check_positions
from morpheus_desktop.pages.onboarding.protect_fields import ProtectFields
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.frames import Card, Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.scroll import page_column
from node.service.dto import CreateWallet

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
        leave.setVisible(self.can_go_back)
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
    """Signals: `confirmed(CreateWallet)`."""

    confirmed = Signal(object)

    def __init__(self, *, keyring: bool = False) -> None:
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
                password=self._protect.take(),
                use_keyring=by_keyring,
            )
        )


class PhraseStep(Step):
    """Shows the words, this once: they cannot be asked for again. Signals: `written()`."""

    written = Signal()
    can_go_back = False

    def __init__(self, words: list[str]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        columns = 3
        rows = len(words) // columns
        for index, word in enumerate(words):
            number = Label(str(index + 1), "caption", "text3", align=Qt.AlignmentFlag.AlignRight)
            number.setFixedWidth(18)
            text = Label(word, "code")
            text.setObjectName(f"wallet.word.{index + 1}")
            grid.addWidget(boxed(row(number, text, None)), index % rows, index // rows)
        done = Button("I wrote them down", "primary", size="primary", name="wallet.phrase.done")
        super().__init__(
            "Write down your recovery phrase",
            "These words are the wallet. Who has them has the money; without them it is lost with"
            " this computer. Keep them on paper.",
            Sunken(grid, margins=(20, 18, 20, 18)),
            done,
        )
        done.clicked.connect(self.written)


class CheckStep(Step):
    """Asks for three of the words. Signals: `passed()`, `postponed()`."""

    passed = Signal()
    postponed = Signal()

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self.positions = check_positions(len(words))
        self.fields = [
            TextField(f"Word {position + 1}", name=f"wallet.check.{position + 1}")
            for position in self.positions
        ]
        later = Button("Later", "ghost", size="primary", name="wallet.check.later")
        self.go = Button("Done", "primary", size="primary", name="wallet.check.go")
        super().__init__(
            "Check your notes",
            "Type three of the words, so that a mistake shows now and not when it matters.",
            boxed(column(*self.fields, spacing=10)),
            later,
            self.go,
        )
        later.clicked.connect(self.postponed)
        self.go.clicked.connect(self._check)
        self.fields[-1].submitted.connect(self._check)

    def _check(self) -> None:
        wrong = False
        for position, field in zip(self.positions, self.fields, strict=True):
            if field.text().strip().lower() != self._words[position]:
                field.show_error("This is not the word at this place.")
                wrong = True
        if not wrong:
            self.passed.emit()


def _bullet(text: str) -> QWidget:
    return boxed(row(IconLabel("info", "text3"), Label(text, "body", "text2", wrap=True), None))
