"""Which word stands at this place? A row of choices for each question."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import BackupQuestion


class WordQuestions(QWidget):
    """`answers` has an empty text where nothing is chosen yet. Signals: `changed()`."""

    changed = Signal()

    def __init__(self, questions: tuple[BackupQuestion, ...]) -> None:
        super().__init__()
        self.questions = questions
        self._groups: list[QButtonGroup] = []
        self._errors: dict[int, Label] = {}
        rows = column(spacing=16)
        for question in questions:
            rows.addWidget(self._row(question))
        self.setLayout(rows)

    @property
    def answers(self) -> tuple[str, ...]:
        chosen = [group.checkedButton() for group in self._groups]
        return tuple(button.text() if button is not None else "" for button in chosen)

    @property
    def is_complete(self) -> bool:
        return all(self.answers)

    def show_wrong(self, position: int, text: str) -> None:
        """Say at its question what was wrong; the other answers stay."""
        for place, label in self._errors.items():
            label.setText(text if place == position else "")
            label.setVisible(place == position)

    def _row(self, question: BackupQuestion) -> QWidget:
        group = QButtonGroup(self)
        group.setExclusive(True)
        chips = row(spacing=6)
        for word in question.choices:
            chip = Chip(word, name=f"backup.word.{question.position}.{word}")
            chip.setCheckable(True)
            group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        error = Label("", "small", "danger")
        error.hide()
        self._errors[question.position] = error
        self._groups.append(group)
        group.buttonClicked.connect(self._chosen)
        return boxed(column(Label(f"Word {question.position}", "strong"), chips, error, spacing=6))

    def _chosen(self) -> None:
        for label in self._errors.values():
            label.hide()
        self.changed.emit()
