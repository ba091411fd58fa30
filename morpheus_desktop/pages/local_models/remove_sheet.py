"""The question before a model is taken off the list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.service.dto import LocalModel


class RemoveSheet(Sheet):
    """`confirmed()`; the file itself is never deleted."""

    confirmed = Signal()

    def __init__(self, host: QWidget, model: LocalModel) -> None:
        self.cancel_button = Button("Cancel", name="local.remove.cancel")
        self.confirm_button = Button("Take off the list", "danger", name="local.remove.confirm")
        text = "Its chats stay. The file stays on your disk; delete it there if you want the space."
        super().__init__(
            host,
            column(
                Label(f"Take {model.name} off the list?", "h2", wrap=True),
                6,
                Label(text, "body", "text2", wrap=True),
                8,
                ElidedLabel(model.path, "mono", "text3", mode=Qt.TextElideMode.ElideMiddle),
                20,
                row(None, self.cancel_button, self.confirm_button),
            ),
            name="local.remove",
        )
        self.cancel_button.clicked.connect(self.close_sheet)
        self.confirm_button.clicked.connect(self._confirm)

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.close_sheet()
