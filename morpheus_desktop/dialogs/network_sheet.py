"""Choosing another network: what it means for money, sessions and the wallet."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.models.networks import choice_words, money_kind, short_title
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import NetworkView

_KEPT = "Your wallet, contacts and chats stay. Balances and allowances are those of {}."
_KEPT_BY_DEMO = "The demo has a wallet of its own. Yours, your contacts and your chats stay."
_KEPT_AFTER_DEMO = "Contacts and chats stay. On {} your own wallet is used."


class NetworkSheet(Sheet):
    """Signals: `confirmed()`. `leaving` is the number of sessions open now, None when unknown."""

    confirmed = Signal()

    def __init__(
        self,
        host: QWidget,
        network: NetworkView,
        *,
        current: NetworkView | None,
        leaving: int | None,
    ) -> None:
        name = "network.switch"
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.use_button = Button(
            f"Use {short_title(network)}", "primary", size="primary", name=f"{name}.go"
        )
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        head = row(ElidedLabel(f"Use {network.title}?", "h2"), spacing=10)
        head.addWidget(Badge(*money_kind(network)))
        lines = column(spacing=10)
        for icon, text in _lines(network, current, leaving):
            item = row(IconLabel(icon, "text2", 16), spacing=10)
            item.addWidget(Label(text, "body", "text2", wrap=True), 1)
            lines.addLayout(item)
        super().__init__(
            host,
            column(head, 12, Sunken(lines), 8, self._error, 6),
            name=name,
            footer=row(None, self.cancel_button, self.use_button),
        )
        self.use_button.clicked.connect(self._use)
        self.cancel_button.clicked.connect(self.close_sheet)

    def finished(self) -> None:
        """The network is in use."""
        self._busy(False)
        self.close_sheet()

    def refused(self, error: NodeError) -> None:
        self._busy(False)
        self._error.setText(f"{error.message} {error.hint}".strip())
        self._error.show()
        self.use_button.setFocus()

    def _use(self) -> None:
        self._error.hide()
        self._busy(True)
        self.confirmed.emit()

    def _busy(self, on: bool) -> None:
        self.locked = on
        if on:
            # A button that is off would lose the focus to somewhere else.
            self.setFocus()
        self.use_button.set_busy(on)
        self.cancel_button.setEnabled(not on)


def _lines(
    network: NetworkView, current: NetworkView | None, leaving: int | None
) -> list[tuple[str, str]]:
    leaves_demo = current is not None and current.is_demo
    kept = _KEPT_BY_DEMO if network.is_demo else _KEPT_AFTER_DEMO if leaves_demo else _KEPT
    return [
        ("globe", choice_words(network)),
        *_left_behind(current, leaving),
        ("wallet", kept.format(network.title)),
    ]


def _left_behind(current: NetworkView | None, leaving: int | None) -> list[tuple[str, str]]:
    """What happens to what is open on the network that is left."""
    if current is None:
        return []
    if current.is_demo:
        return [("timer", "The demo ends: its play money and its sessions are gone.")]
    if leaving == 0:
        return []
    if leaving is None:
        many = f"Sessions that are open on {current.title} run on"
    elif leaving == 1:
        many = f"1 session is open on {current.title}. It runs on"
    else:
        many = f"{leaving} sessions are open on {current.title}. They run on"
    return [
        (
            "timer",
            f"{many}, and the stake stays locked: ended ones are closed, and their stake comes"
            f" back, when {current.title} is in use again.",
        )
    ]
