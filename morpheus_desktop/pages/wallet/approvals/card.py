"""One allowance: who, how much, how long ago, and the two ways to change it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.approvals.words import (
    amount_words,
    hint_of,
    is_unlimited,
    name_of,
    used_words,
)
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import IconLabel, Tile
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import ApprovalView

_RIGHT = Qt.AlignmentFlag.AlignRight


class ApprovalCard(Card):
    """`change_clicked(ApprovalView)`, `revoke_clicked(ApprovalView)`."""

    change_clicked = Signal(object)
    revoke_clicked = Signal(object)

    def __init__(self, approval: ApprovalView, now: int, *, blocked: str = "") -> None:
        """`blocked` says why nothing can be changed, empty when it can."""
        self.approval, self.blocked = approval, blocked
        key = approval.spender[2:8].lower()
        hint = hint_of(approval)
        odd = not approval.spender_name or is_unlimited(approval.amount)
        role = "warning" if odd else "text2"
        self.change_button = Button(
            "Change…", size="compact", name=f"wallet.approvals.change.{key}"
        )
        self.revoke_button = Button("Revoke", size="compact", name=f"wallet.approvals.revoke.{key}")
        self.revoke_button.setAccessibleName(f"Revoke the allowance of {name_of(approval)}")
        # Amounts of several cards stand below each other.
        policy = self.change_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.change_button.setSizePolicy(policy)
        if not approval.spender_name:
            self.change_button.hide()
        for button in (self.change_button, self.revoke_button):
            button.disable_with(blocked)
        self._used = Label("", "caption", "text3", align=_RIGHT)
        line = row(Tile("warning" if odd else "shield-check", role, 36), spacing=12)
        line.addWidget(self._who(), 1)
        line.addWidget(self._amount())
        line.addSpacing(8)
        line.addWidget(self.change_button)
        line.addWidget(self.revoke_button)
        lines = column(line, spacing=10)
        if hint:
            lines.addLayout(_hint(hint, "warning" if odd else "text2"))
        super().__init__(lines, margins=(16, 14, 16, 14))
        self.setObjectName(f"wallet.approvals.card.{key}")
        self.setAccessibleName(f"{name_of(approval)}: {amount_words(approval.amount)}. {hint}")
        self.show_time(now)
        self.change_button.clicked.connect(lambda: self.change_clicked.emit(self.approval))
        self.revoke_button.clicked.connect(lambda: self.revoke_clicked.emit(self.approval))

    def show_time(self, now: int) -> None:
        self._used.setText(used_words(self.approval, now))

    def _who(self) -> QWidget:
        spender = self.approval.spender
        copy = CopyLabel(formats.short_address(spender), spender, name="wallet.approvals.copy")
        copy.setToolTip(spender)
        return boxed(column(ElidedLabel(name_of(self.approval), "strong"), copy))

    def _amount(self) -> QWidget:
        amount = self.approval.amount
        role = "warning" if is_unlimited(amount) else "text"
        text = Label(amount_words(amount), "strong", role, align=_RIGHT)
        text.setToolTip(f"{formats.exact(amount)} MOR")
        return boxed(column(text, self._used, spacing=2))


def _hint(text: str, role: str) -> QLayout:
    line = row(IconLabel("hourglass" if role == "text2" else "warning", role, 16), spacing=8)
    line.addWidget(Label(text, "small", role, wrap=True), 1)
    return line
