"""Wallet files that cannot be used: where they are, what is wrong, what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout

from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import DamagedWallet

_LEAD = "They are left as they are; the other accounts are not affected."


class DamagedList(Card):
    def __init__(self, damaged: tuple[DamagedWallet, ...]) -> None:
        lines = column(Label("Damaged files", "h3"), Label(_LEAD, "small", "text2"), 8)
        for number, item in enumerate(damaged):
            if number:
                lines.addSpacing(12)
            lines.addLayout(_entry(item))
        head = row(spacing=12)
        head.addWidget(Tile("warning", "warning", 34), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(lines, 1)
        super().__init__(head, margins=(17, 13, 17, 15))
        self.setObjectName("wallet.accounts.damaged")


def _entry(damaged: DamagedWallet) -> QLayout:
    path = CopyLabel(damaged.path, damaged.path, name="wallet.accounts.damaged.copy")
    path.setToolTip(damaged.path)
    return column(
        path,
        Label(damaged.problem, "body", wrap=True),
        Label(damaged.hint, "small", "text2", wrap=True),
        spacing=1,
    )
