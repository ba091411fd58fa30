"""A soft box with an icon, a sentence, what to do about it, and perhaps a button; all wrap."""

from PySide6.QtCore import Qt, Signal

from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row

_LONG = 40
"""Beside so long a sentence there is no room for a button."""
_ICONS = {"warning": "warning", "danger": "warning-circle", "info": "info", "demo": "info"}


class Notice(Frame):
    """`tone`: warning, danger, info or demo. Signals: `action()`."""

    action = Signal()

    def __init__(
        self,
        text: str,
        detail: str = "",
        *,
        tone: str = "warning",
        action: str = "",
        name: str = "",
    ) -> None:
        self.button: Button | None = None
        self.words = column(Label(text, "strong", wrap=True), spacing=2)
        if detail:
            self.words.addWidget(Label(detail, "small", "text2", wrap=True))
        line = row(IconLabel(_ICONS[tone], tone, 18), spacing=10, margins=(12, 9, 12, 9))
        icon = line.itemAt(0)
        if icon is not None:
            icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        line.addLayout(self.words, 1)
        super().__init__(f"banner-{tone}", line)
        self.setAccessibleName(f"{text} {detail}".strip())
        if name:
            self.setObjectName(name)
        if action:
            button = Button(action, "secondary", size="compact", name=f"{name}.action")
            button.clicked.connect(self.action)
            self.button = button
            if len(text) > _LONG:
                self.words.addSpacing(4)
                self.words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
