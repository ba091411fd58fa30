"""What an allowance changes, before the yes: contract, amounts, fee, warnings."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.approvals.words import amount_words, name_of
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import ApprovalView, SendDraft, Warning_

_RIGHT = Qt.AlignmentFlag.AlignRight


class DraftReview(QWidget):
    """Empty until `show_draft`."""

    def __init__(self, approval: ApprovalView) -> None:
        super().__init__()
        self._approval = approval
        self._facts = column(spacing=6)
        self._warnings = column(spacing=8)
        self._expert = column(spacing=6)
        self._more = boxed(column(8, Sunken(self._expert)))
        self._more.hide()
        self.advanced_button = Button(
            "Advanced", "link", size="compact", name="wallet.approvals.sheet.advanced"
        )
        self.advanced_button.clicked.connect(self._toggle)
        self.setLayout(
            column(
                Sunken(self._facts),
                10,
                self._warnings,
                4,
                row(self.advanced_button, None),
                self._more,
            )
        )

    def show_draft(self, draft: SendDraft) -> None:
        for part in (self._facts, self._warnings, self._expert):
            clear(part)
        self._facts.addLayout(_fact("Contract", name_of(self._approval)))
        self._facts.addLayout(row(None, AddressGroups(draft.to)))
        self._facts.addLayout(_fact("May take now", amount_words(self._approval.amount)))
        self._facts.addLayout(_fact("May take afterwards", amount_words(draft.amount)))
        self._facts.addLayout(_fact("Your MOR", "stays where it is"))
        fee = f"about {formats.eth(draft.fee_wei)}"
        if draft.fee_max_wei > draft.fee_wei:
            fee = f"{fee}, at most {formats.eth(draft.fee_max_wei)}"
        self._facts.addLayout(_fact("Network fee", fee))
        for warning in draft.warnings:
            self._warnings.addLayout(_warning(warning))
        self._expert.addLayout(_fact("Number of the transaction (nonce)", str(draft.nonce)))
        self._expert.addLayout(_fact("Call", "approve(spender, amount) of the MOR token"))
        self._expert.addLayout(_fact("Exact amount", f"{formats.exact(draft.amount)} MOR"))

    def _toggle(self) -> None:
        shown = not self._more.isVisible()
        self._more.setVisible(shown)
        self.advanced_button.set_text("Less" if shown else "Advanced")


def _fact(name: str, value: str) -> QLayout:
    line = row(Label(name, "body", "text2"), spacing=12)
    line.addWidget(ElidedLabel(value, "strong", align=_RIGHT), 1)
    return line


def _warning(warning: Warning_) -> QLayout:
    icon = IconLabel("warning", "warning", 16)
    line = row(spacing=8)
    line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    texts = column(Label(warning.text, "body", "warning", wrap=True), spacing=2)
    if warning.hint:
        texts.addWidget(Label(warning.hint, "small", "text2", wrap=True))
    line.addLayout(texts, 1)
    return line
