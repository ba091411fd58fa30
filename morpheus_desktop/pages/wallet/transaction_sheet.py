"""One transaction with all that is known about it."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.transactions import purpose, status_words
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.service.dto import TransactionView


class TransactionSheet(Sheet):
    """The explorer is offered for public networks only."""

    def __init__(self, host: QWidget, transaction: TransactionView, now: int) -> None:
        self._url = QUrl(transaction.explorer_url)
        facts = [
            ("Status", status_words(transaction)),
            ("Time", formats.when(transaction.created_at, now)),
            ("Block", f"{transaction.block:,}".replace(",", formats.THIN)),
            ("Network fee", formats.eth(transaction.fee_wei) if transaction.fee_wei else "–"),
        ]
        if not transaction.block:
            facts[2] = ("Block", "–")
        lines = column(spacing=6)
        for name, value in facts:
            lines.addLayout(row(Label(name, "body", "text2"), None, Label(value, "strong")))
        copy = CopyLabel(
            formats.short_address(transaction.hash),
            transaction.hash,
            name="wallet.transaction.copy",
        )
        done = Button("Done", "primary", name="wallet.transaction.done")
        self.explorer_button = Button(
            "Open in the explorer", "secondary", name="wallet.transaction.explorer"
        )
        self.explorer_button.setVisible(self._url.scheme() == "https")
        self.explorer_button.clicked.connect(self._open)
        super().__init__(
            host,
            column(
                Label(purpose(transaction), "h2", wrap=True),
                4,
                Label(transaction.summary, "body", "text2", wrap=True),
                14,
                Sunken(lines),
                12,
                row(Label("Id", "body", "text2"), copy),
                18,
                row(self.explorer_button, None, done),
            ),
            name="wallet.transaction",
        )
        done.clicked.connect(self.close_sheet)

    def _open(self) -> None:
        if self._url.scheme() == "https":
            QDesktopServices.openUrl(self._url)
