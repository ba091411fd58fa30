"""The chat's small sheets: closing a session, renaming and deleting a chat."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.service.dto import ChatSummary, CloseResult, SessionView, StopPreview

_WIDTH = 480


class CloseSheet(Sheet):
    """What closing now brings back. Signals: `confirmed()`."""

    confirmed = Signal()

    def __init__(self, host: QWidget, session: SessionView, preview: StopPreview, now: int) -> None:
        left = formats.duration(session.ends_at - now)
        self.go = Button("Close session", "primary", size="primary", name="session.close.confirm")
        keep = Button("Keep it open", "ghost", size="primary", name="session.close.cancel")
        money = column(
            Label("What happens to your MOR", "strong"),
            *[
                row(Label(when, "body", "text2"), None, Label(amount, "strong"))
                for when, amount in returns(preview, now)
            ],
            spacing=8,
        )
        text = f"It would run for another {left}. A closed session cannot be opened again."
        super().__init__(
            host,
            column(
                Label(f"Close the session with {session.model_name}", "h2", wrap=True),
                Label(text, "body", "text2", wrap=True),
                14,
                Sunken(money),
                20,
                row(None, keep, self.go),
                spacing=4,
            ),
            width=_WIDTH,
            name="session.close",
        )
        keep.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._confirm)

    def _confirm(self) -> None:
        self.close_sheet()
        self.confirmed.emit()


class RenameSheet(Sheet):
    """Signals: `confirmed(title)`."""

    confirmed = Signal(str)

    def __init__(self, host: QWidget, chat: ChatSummary) -> None:
        self._field = TextField("Title", name="chat.rename.title")
        self._field.set_text(chat.title)
        go = Button("Rename", "primary", name="chat.rename.confirm")
        cancel = Button("Cancel", "ghost")
        super().__init__(
            host,
            column(Label("Rename chat", "h2"), 8, self._field, 16, row(None, cancel, go)),
            width=_WIDTH,
            name="chat.rename",
        )
        cancel.clicked.connect(self.close_sheet)
        go.clicked.connect(self._confirm)
        self._field.submitted.connect(self._confirm)

    def open(self) -> None:
        super().open()
        self._field.edit.setFocus()
        self._field.edit.selectAll()

    def _confirm(self) -> None:
        title = self._field.text().strip()
        if not title:
            self._field.show_error("A title has at least one character.")
            return
        self.close_sheet()
        self.confirmed.emit(title)


class DeleteSheet(Sheet):
    """Signals: `confirmed()`. Cancel has the focus."""

    confirmed = Signal()

    def __init__(self, host: QWidget, chat: ChatSummary) -> None:
        self._cancel = Button("Cancel", "secondary", name="chat.delete.cancel")
        go = Button("Delete", "danger", name="chat.delete.confirm")
        text = f"“{chat.title}” and its messages are removed from this computer."
        super().__init__(
            host,
            column(
                Label("Delete this chat?", "h2"),
                4,
                Label(text, "body", "text2", wrap=True),
                18,
                row(None, self._cancel, go),
            ),
            width=_WIDTH,
            name="chat.delete",
        )
        self._cancel.clicked.connect(self.close_sheet)
        go.clicked.connect(self._confirm)

    def open(self) -> None:
        super().open()
        self._cancel.setFocus()

    def _confirm(self) -> None:
        self.close_sheet()
        self.confirmed.emit()


def returns(preview: StopPreview, now: int) -> list[tuple[str, str]]:
    """Lines of when and how much, from the node's preview."""
    lines = [("returns now", formats.mor(preview.returned_now))]
    if preview.held:
        back = formats.when(preview.held_until, now)
        wait = formats.duration(preview.held_until - now)
        lines.append((f"comes back {back}, in {wait}", formats.mor(preview.held)))
    if preview.paid_by_user:
        lines.append(("paid to the provider", formats.mor(preview.paid_by_user)))
    return lines


def closed_text(result: CloseResult, now: int) -> str:
    """One sentence after closing."""
    text = f"{formats.mor(result.returned)} came back from {result.session.model_name}"
    if result.held:
        return f"{text}, {formats.mor(result.held)} follow {formats.when(result.held_until, now)}"
    return text
