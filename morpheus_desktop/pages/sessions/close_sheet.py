"""The question before a session is closed: what returns now, what later."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.service.dto import SessionView, StopPreview


class CloseSheet(Sheet):
    """`confirmed()` when the user wants it; the sheet closes by itself."""

    confirmed = Signal()

    def __init__(self, host: QWidget, session: SessionView, preview: StopPreview, now: int) -> None:
        lines = column(Label("What happens to your MOR", "strong"), 8, spacing=4)
        self.words = effect_words(preview, now)
        for icon, role, text in self.words:
            item = row(IconLabel(icon, role, 16), spacing=8)
            item.addWidget(Label(text, "body", "text2", wrap=True), 1)
            lines.addLayout(item)
        if session.ends_at > now:
            left = formats.duration(session.ends_at - now)
            title, lead = f"Close {session.model_name} now?", f"It would run for {left} more."
        else:
            title, lead = f"Close {session.model_name}?", "Its time is over."
        self.cancel_button = Button("Keep it open", "ghost", name="close.cancel")
        self.confirm_button = Button(
            f"Close, {formats.mor(preview.returned_now)} back now",
            "primary",
            size="primary",
            name="close.confirm",
        )
        super().__init__(
            host,
            column(
                Label(title, "h2", wrap=True),
                4,
                Label(lead, "body", "text2", wrap=True),
                16,
                Sunken(lines),
                20,
                row(None, self.cancel_button, self.confirm_button),
            ),
            name="sessions.close",
        )
        self.cancel_button.clicked.connect(self.close_sheet)
        self.confirm_button.clicked.connect(self._confirm)

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.close_sheet()


def effect_words(preview: StopPreview, now: int) -> list[tuple[str, str, str]]:
    """Icon, colour role and sentence for each part of the result."""
    back = f"{formats.mor(preview.returned_now)} return to your wallet now"
    lines = [("arrow-counter-clockwise", "success", back)]
    if preview.held:
        until = formats.at_moment(preview.held_until, now)
        wait = formats.duration(preview.held_until - now)
        held = f"{formats.mor(preview.held)} are held back and free {until}, in {wait}"
        lines.append(("hourglass", "warning", held))
    if preview.paid_by_user:
        paid = f"{formats.mor(preview.paid_by_user)} go to the provider for the time used"
        lines.append(("coin", "text2", paid))
    return lines
