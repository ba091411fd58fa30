"""Buttons below a field with what a text may have meant."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.layouts import clear, row


class ChoiceLine(QWidget):
    """Tab reaches the buttons right after the field. Signals: `taken(text)`."""

    taken = Signal(str)

    def __init__(self, field: QWidget, name: str) -> None:
        super().__init__()
        self._field, self._name = field, name
        self._line = row(spacing=8, margins=(0, 6, 0, 0))
        self.setLayout(self._line)
        self.only = ""
        self.hide()

    def offer(self, texts: tuple[str, ...], unit: str) -> None:
        """Show one button for each; `only` is the text when there is just one."""
        self.show_buttons(
            [
                (Button(f"{text} {unit}", size="compact", name=f"{self._name}.{number}"), text)
                for number, text in enumerate(texts)
            ]
        )
        self.only = texts[0] if len(texts) == 1 else ""

    def show_buttons(self, buttons: list[tuple[Button, str]]) -> None:
        """Show these instead; a click emits the text."""
        clear(self._line)
        self.only = ""
        before = self._field
        for button, text in buttons:
            button.clicked.connect(lambda _checked=False, text=text: self.taken.emit(text))
            self._line.addWidget(button)
            QWidget.setTabOrder(before, button)
            before = button
        self._line.addStretch(1)
        self.setVisible(bool(buttons))
