"""Asks before a network of the user's own is removed: what goes, and what stays."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.networks.own_networks import OwnNetworks
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import clear, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import NetworkView

_TEXTS = (
    ("trash", "Its place in the list goes, with its contracts and its servers."),
    ("wallet", "Your wallet, your chats and the record of what happened there stay."),
    ("globe", "What you hold there stays on its chain. Add it again to reach that."),
)


class RemoveSheet(Sheet):
    def __init__(self, host: QWidget, own: OwnNetworks, network: NetworkView) -> None:
        self._own, self._network = own, network
        name = "wallet.networks.remove"
        self._refusal = column()
        self.cancel_button = Button("Cancel", "secondary", size="primary", name=f"{name}.cancel")
        self.remove_button = Button(
            "Remove", "danger", icon="trash", size="primary", name=f"{name}.confirm"
        )
        self.remove_button.setAccessibleName(f"Remove {network.title}")
        lines = column(spacing=10)
        for icon, text in _TEXTS:
            item = row(IconLabel(icon, "text2", 16), spacing=10)
            item.addWidget(Label(text, "body", "text2", wrap=True), 1)
            lines.addLayout(item)
        super().__init__(
            host,
            column(
                ElidedLabel(f"Remove {network.title}?", "h2"),
                12,
                Sunken(lines),
                self._refusal,
                6,
            ),
            name=name,
            footer=row(None, self.cancel_button, self.remove_button),
        )
        self.remove_button.clicked.connect(self._remove)
        self.cancel_button.clicked.connect(self.close_sheet)
        own.removed.connect(self._removed)
        own.remove_failed.connect(self._refused)

    def open(self) -> None:
        super().open()
        self.cancel_button.setFocus()

    def _remove(self) -> None:
        clear(self._refusal)
        self._busy(True)
        self._own.remove(self._network.name)

    def _removed(self, name: str) -> None:
        if name == self._network.name:
            self._busy(False)
            self.close_sheet()

    def _refused(self, error: NodeError) -> None:
        self._busy(False)
        notice = Notice(
            error.message, error.hint, tone="danger", name=f"{self.objectName()}.refused"
        )
        self._refusal.addSpacing(10)
        self._refusal.addWidget(notice)
        self.bring_into_view(notice)
        self.cancel_button.setFocus()

    def _busy(self, on: bool) -> None:
        self.locked = on
        if on:
            # A button that is off would lose the focus to somewhere else.
            self.setFocus()
        self.remove_button.set_busy(on)
        self.cancel_button.setEnabled(not on)
