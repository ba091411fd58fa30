"""Fields for text, secrets, searches and amounts."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import InvalidAmountError
from node.core.units import Mor

# A comma before three digits is a decimal mark for one half of the world, a thousand for the other.
_TWO_READINGS = re.compile(r"[1-9]\d{0,2},\d{3}")
_GROUPED = re.compile(r"(?<=\d)[ '\u00a0\u2009\u202f](?=\d{3}\b)")


class _Edit(QLineEdit):
    """A line edit that tells its frame about focus."""

    focus_changed = Signal(bool)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)


class TextField(QWidget):
    """A framed line with an optional unit at the right and an error sentence below."""

    changed = Signal(str)
    submitted = Signal()

    def __init__(
        self, placeholder: str = "", *, unit: str = "", name: str = "", kind: str = "field"
    ) -> None:
        super().__init__()
        self.edit = _Edit()
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self.edit.setFont(font("body"))
        if name:
            self.edit.setObjectName(name)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(self.submitted)
        self.edit.focus_changed.connect(self._focus_changed)
        self._line = row(spacing=6, margins=(10, 0, 10, 0))
        self._line.addWidget(self.edit, 1)
        if unit:
            self._line.addWidget(Label(unit, "small", "text3"))
        self.frame = Frame(kind, self._line)
        self.frame.setFixedHeight(34)
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.setLayout(column(self.frame, self._error, spacing=4))
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        self.edit.setText(text)

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget at the right end inside the frame."""
        self._line.addWidget(widget)

    def show_error(self, text: str) -> None:
        """Show what is wrong below the field; an empty text removes it. The value is kept."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.frame.set_state("error" if text else "")
        self.edit.setAccessibleDescription(text)

    def _text_changed(self, text: str) -> None:
        self.show_error("")
        self.changed.emit(text)

    def _focus_changed(self, has_focus: bool) -> None:
        if not self._error.isVisible():
            self.frame.set_state("focus" if has_focus else "")


class PasswordField(TextField):
    """Hidden text with an eye to look at it."""

    def __init__(self, placeholder: str = "Password", *, name: str = "") -> None:
        super().__init__(placeholder, name=name)
        self._eye = IconButton("eye", "Show", compact=True, name=f"{name}.show" if name else "")
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._toggle)
        self.add_widget(self._eye)
        self._toggle(False)

    def _toggle(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        self._eye.set_icon("eye-slash" if shown else "eye")


class SearchField(TextField):
    """A sunken field with a magnifier and, perhaps, its shortcut."""

    def __init__(self, placeholder: str, *, hint: str = "", name: str = "") -> None:
        super().__init__(placeholder, name=name, kind="search")
        self._line.insertWidget(0, IconLabel("magnifying-glass", "text3", 16))
        self.frame.setFixedHeight(32)
        if hint:
            self.add_widget(Label(hint, "caption", "text3"))
        self.edit.setClearButtonEnabled(False)


class AmountEdit(TextField):
    """An amount with 18 decimals. Accepts point or comma; the value is exact base units."""

    amount_changed = Signal(object)

    def __init__(self, *, unit: str = "MOR", name: str = "") -> None:
        super().__init__("0", unit=unit, name=name)
        self._unit = unit
        self.edit.setAccessibleName(f"Amount in {unit}")
        self.edit.setFont(font("strong", tabular=True))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.changed.connect(self._parse)
        self._amount: Mor | None = None

    @property
    def amount(self) -> Mor | None:
        """The amount, None while the text is none."""
        return self._amount

    def set_amount(self, amount: Mor, *, decimals: int = 6) -> None:
        """Show an amount rounded down; the exact one stays the value until the text changes."""
        whole, point, fraction = amount.exact.partition(".")
        text = whole + point + fraction[:decimals] if fraction else whole
        self.edit.blockSignals(True)
        self.edit.setText(text)
        self.edit.blockSignals(False)
        self.show_error("")
        self._amount = amount
        self.edit.setToolTip(f"{amount.exact} {self._unit}")

    def _parse(self, text: str) -> None:
        self.edit.setToolTip("")
        plain = _GROUPED.sub("", text.strip())
        if _TWO_READINGS.fullmatch(plain):
            self._amount = None
            self.show_error(f"“{plain}” can be read in two ways. Write a point, or no comma.")
            return
        if plain.count(",") == 1 and "." not in plain:
            plain = plain.replace(",", ".")
        if not plain:
            self._amount = None
            return
        try:
            self._amount = Mor.parse(plain)
        except InvalidAmountError as error:
            self._amount = None
            self.show_error(error.message)
            return
        self.edit.setToolTip(f"{self._amount.exact} {self._unit}")
        self.amount_changed.emit(self._amount)
