"""The address to send to, as text, as groups to compare and as QR code."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.qr import QrView
from morpheus_desktop.widgets.sheet import Sheet


class ReceiveSheet(Sheet):
    """`network` is the title of the only network on which this address may be used."""

    def __init__(self, host: QWidget, address: str, network: str) -> None:
        center = Qt.AlignmentFlag.AlignHCenter
        groups = Label(
            formats.grouped_address(address), "mono", "text2", align=center, selectable=True
        )
        groups.setAccessibleName(address)
        copy = CopyLabel(formats.short_address(address), address, name="wallet.receive.copy")
        done = Button("Done", "primary", name="wallet.receive.done")
        note = f"Send only MOR and ETH, and only on {network}. Anything else is lost."
        super().__init__(
            host,
            column(
                Label("Receive", "h2"),
                4,
                Label(note, "body", "text2", wrap=True),
                16,
                row(None, QrView(address), None),
                14,
                groups,
                6,
                row(None, copy, None),
                16,
                row(None, done),
            ),
            width=440,
            name="wallet.receive",
        )
        done.clicked.connect(self.close_sheet)
