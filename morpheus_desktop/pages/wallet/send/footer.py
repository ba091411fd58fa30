"""What stands below each step: what the yes still needs, and the buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from morpheus_desktop.pages.wallet.send.amounts import written
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.confirm_fields import ConfirmFields
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import SendDraft


class Footer:
    """Confirmation, reason and buttons; `layout` goes into the sheet."""

    def __init__(self) -> None:
        self.guard = ConfirmFields("wallet.send")
        self._missing = ElidedLabel("", "small", "text2", align=Qt.AlignmentFlag.AlignRight)
        self._missing.setObjectName("wallet.send.missing")
        self.back_button = Button("Cancel", "ghost", size="primary", name="wallet.send.cancel")
        self.next_button = Button("Review", "primary", size="primary", name="wallet.send.review")
        self.done_button = Button("Done", "primary", size="primary", name="wallet.send.done")
        buttons = row(spacing=8)
        buttons.addWidget(self._missing, 1)
        for button in (self.back_button, self.next_button, self.done_button):
            buttons.addWidget(button)
        self.layout: QVBoxLayout = column(self.guard, buttons, spacing=10)

    def show_form(self, reason: str) -> None:
        """`reason`: why there is nothing to review; empty when there may be."""
        self._show("Cancel", "Review", reason)

    def show_review(self, draft: SendDraft, *, used_up: bool, reason: str) -> None:
        """The yes says what it does; a draft that cannot be sent any more is checked again."""
        if used_up:
            self._show("Back", "Check again", reason)
        else:
            go = f"Send {written(draft.asset, draft.amount)}"
            self._show("Back", go, reason or self.guard.problem)
        self.guard.setEnabled(not used_up)

    def show_result(self) -> None:
        self.forget()
        self._missing.set_text("")
        for button in (self.back_button, self.next_button):
            button.hide()
        self.done_button.show()

    def forget(self) -> None:
        """No password stays in a field that nobody sees."""
        self.guard.clear()
        self.guard.ask(password=False, typed="")

    def set_busy(self, on: bool) -> None:
        self.next_button.set_busy(on)
        self.back_button.setEnabled(not on)
        self.guard.setEnabled(not on)

    def _show(self, back: str, go: str, reason: str) -> None:
        self.done_button.hide()
        self.back_button.show()
        self.next_button.show()
        self.back_button.set_text(back)
        self.next_button.set_text(go)
        self._missing.set_text(reason)
        self.next_button.disable_with(reason)
