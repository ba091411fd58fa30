"""One setting: title and help at the left, its control at the right, back to the default."""

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from morpheus_desktop import formats
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.choices import Segment, Toggle
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import SettingField

Value = str | int | float | bool
_NUMBER_WIDTH, _TEXT_WIDTH = 132, 252
_SEGMENTS = 4
_MINUTES_FROM = 300


class FieldRow(QWidget):
    """`changed(value)` as soon as the user has chosen; `reset_clicked()`."""

    changed = Signal(object)
    reset_clicked = Signal()

    def __init__(self, field: SettingField) -> None:
        super().__init__()
        self.field = field
        self.setObjectName(f"settings.row.{field.name}")
        self._note = Label("Takes effect at the next start", "small", "warning")
        self.reset_button = IconButton(
            "arrow-counter-clockwise",
            f"Back to the default: {default_words(field)}",
            compact=True,
            name=f"settings.reset.{field.name}",
        )
        keep_place = self.reset_button.sizePolicy()
        keep_place.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(keep_place)
        self.control, self._show_value = self._make(field)
        texts = column(Label(field.title))
        if field.help:
            texts.addWidget(Label(field.help, "small", "text3", wrap=True))
        texts.addWidget(self._note)
        line = row(spacing=12, margins=(18, 10, 12, 10))
        line.addLayout(texts, 1)
        line.addWidget(self.control, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.reset_button)
        self.setLayout(line)
        self.setMinimumHeight(50)
        self.reset_button.clicked.connect(self.reset_clicked)
        self.show_field(field, waiting=False)

    def show_field(self, field: SettingField, *, waiting: bool) -> None:
        """Show the value in force; `waiting` until the next start."""
        self.field = field
        self._show_value(field.value)
        self.reset_button.setVisible(field.value != field.default)
        self._note.setVisible(waiting)

    def show_error(self, text: str) -> None:
        """Say why the value was not taken. Choices go back to what is in force."""
        if isinstance(self.control, TextField):
            self.control.show_error(text)
        else:
            self._show_value(self.field.value)

    def matches(self, words: str) -> bool:
        field = self.field
        text = f"{field.group} {field.title} {field.help}".casefold()
        return all(word in text for word in words.casefold().split())

    # --- controls ---

    def _make(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        if field.kind == "switch":
            return self._switch(field)
        if field.kind == "choice":
            few = len(field.choices) <= _SEGMENTS
            return self._segment(field) if few else self._combo(field)
        if _is_length(field):
            return self._length(field)
        return self._text(field)

    def _switch(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        toggle = Toggle(field.title, object_name=f"settings.{field.name}")
        toggle.clicked.connect(lambda on: self.changed.emit(bool(on)))
        return toggle, lambda value: toggle.setChecked(bool(value))

    def _segment(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        words = tuple(choice.capitalize() for choice in field.choices)
        segment = Segment(words, name=f"settings.{field.name}")
        segment.chosen.connect(lambda index: self.changed.emit(field.choices[index]))

        def show(value: Value) -> None:
            if value in field.choices:
                segment.blockSignals(True)
                segment.choose(field.choices.index(str(value)))
                segment.blockSignals(False)

        return segment, show

    def _combo(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        combo = QComboBox()
        combo.setFont(font("body"))
        combo.setObjectName(f"settings.{field.name}")
        combo.setAccessibleName(field.title)
        combo.addItems(list(field.choices))
        combo.activated.connect(lambda index: self.changed.emit(field.choices[index]))
        return combo, lambda value: combo.setCurrentText(str(value))

    def _text(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        number = field.kind == "number"
        edit = TextField(str(field.default), unit=_unit(field.unit), name=f"settings.{field.name}")
        edit.edit.setAccessibleName(field.title)
        edit.setFixedWidth(_NUMBER_WIDTH if number or field.unit else _TEXT_WIDTH)
        edit.edit.editingFinished.connect(lambda: self._typed(edit, number=number))

        def show(value: Value) -> None:
            if not edit.edit.hasFocus() or not edit.edit.isModified():
                edit.set_text(str(value))
            edit.edit.setModified(False)

        return edit, show

    def _length(self, field: SettingField) -> tuple[QWidget, Callable[[Value], None]]:
        edit = TextField(length_words(field.default), name=f"settings.{field.name}")
        edit.edit.setAccessibleName(field.title)
        edit.setFixedWidth(_NUMBER_WIDTH)
        edit.edit.editingFinished.connect(lambda: self._length_typed(edit))

        def show(value: Value) -> None:
            if not edit.edit.hasFocus() or not edit.edit.isModified():
                edit.set_text(length_words(value))
            edit.edit.setModified(False)

        return edit, show

    def _length_typed(self, edit: TextField) -> None:
        if not edit.edit.isModified():
            return
        seconds = parse_length(edit.text())
        if seconds is None:
            edit.show_error("For example 15 min or 1:30.")
        else:
            self.changed.emit(seconds)

    def _typed(self, edit: TextField, *, number: bool) -> None:
        if not edit.edit.isModified():
            return
        text = edit.text().strip()
        if not number:
            self.changed.emit(text)
            return
        value = _number(text)
        if value is None:
            edit.show_error("Enter a number.")
        else:
            self.changed.emit(value)


def default_words(field: SettingField) -> str:
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    if _is_length(field):
        return length_words(field.default)
    return f"{field.default} {field.unit}".strip() or "empty"


def _is_length(field: SettingField) -> bool:
    """Whether it is a time that people count in minutes."""
    return field.unit == "s" and isinstance(field.default, int) and field.default >= _MINUTES_FROM


def length_words(value: Value) -> str:
    """`15 min`, `1 hour`, `90 s`; `never` for 0."""
    seconds = int(value)
    if not seconds:
        return "never"
    return formats.span(seconds) if seconds % 60 == 0 else f"{seconds}{formats.NBSP}s"


def parse_length(text: str) -> int | None:
    """Seconds of `15 min`, `1:30`, `90 s`, `never`; None for anything else."""
    plain = text.replace(formats.NBSP, " ").strip().lower()
    if plain in ("never", "0"):
        return 0
    if plain.endswith("s") and plain[:-1].strip().isdecimal():
        return int(plain[:-1])
    return formats.parse_span(plain)


def _number(text: str) -> int | float | None:
    plain = text.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _unit(unit: str) -> str:
    return {"s": "seconds"}.get(unit, unit)
