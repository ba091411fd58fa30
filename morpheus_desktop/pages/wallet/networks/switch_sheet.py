"""Choosing another network: what it means for money, sessions and the wallet."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.models.networks import money_kind, network_words, short_title
from morpheus_desktop.pages.wallet.networks.presenter import NetworksPresenter
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import NetworkView, NodeStatus

_KEPT = "Your wallet, contacts and chats stay. Balances and allowances are those of {}."


class SwitchSheet(Sheet):
    """`leaving` is the number of sessions open now, None when that is unknown."""

    def __init__(
        self,
        host: QWidget,
        presenter: NetworksPresenter,
        network: NetworkView,
        *,
        current: NetworkView | None,
        leaving: int | None,
    ) -> None:
        self._presenter, self._network = presenter, network
        name = "wallet.networks.switch"
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.use_button = Button(
            f"Use {short_title(network)}", "primary", size="primary", name=f"{name}.go"
        )
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        head = row(ElidedLabel(f"Use {network.title}?", "h2"), spacing=10)
        head.addWidget(Badge(*money_kind(network)))
        lines = column(spacing=10)
        texts = [("globe", network_words(network)), *_left_behind(current, leaving)]
        texts.append(("wallet", _KEPT.format(network.title)))
        for icon, text in texts:
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
        presenter.selected.connect(self._selected)
        presenter.select_failed.connect(self._failed)

    def _use(self) -> None:
        self._error.hide()
        self._busy(True)
        self._presenter.select(self._network.name)

    def _selected(self, status: NodeStatus) -> None:
        del status
        self._busy(False)
        self.close_sheet()

    def _failed(self, error: NodeError) -> None:
        self._busy(False)
        self._error.setText(f"{error.message} {error.hint}".strip())
        self._error.show()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.use_button.set_busy(on)
        self.cancel_button.setEnabled(not on)


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
