"""Servers in the order in which they are asked: moved and removed by hand."""

from pydantic import SecretStr
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Frame, line
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import RpcServer, RpcServers

_NAME = "wallet.networks.servers.edit"


class ServerList(QWidget):
    """`changed()`. Only hosts are shown: the rest of an address may be a key."""

    changed = Signal()

    def __init__(self, servers: RpcServers) -> None:
        super().__init__()
        self._public = {item.url.get_secret_value() for item in servers.public}
        self._needed = servers.quorum_from
        self._items: list[RpcServer] = []
        self._shown: list[QWidget] = []
        self._rows = column()
        self._icon = IconLabel("shield-check", "text2", 16)
        self.trust = Label("", "small", "text2", wrap=True)
        trust = row(self._icon, spacing=8)
        trust.addWidget(self.trust, 1)
        self.setLayout(column(Frame("sunken", self._rows), 8, trust))
        self.show_servers(servers.servers)

    def urls(self) -> tuple[str, ...]:
        return tuple(item.url.get_secret_value() for item in self._items)

    def has(self, url: str) -> bool:
        return url in self.urls()

    def show_servers(self, servers: tuple[RpcServer, ...]) -> None:
        self._items = list(servers)
        self._show()

    def put_first(self, url: str, host: str, operator: str) -> None:
        self._items.insert(0, RpcServer(url=SecretStr(url), host=host, operator=operator))
        self._show()

    def _move(self, number: int, step: int) -> None:
        other = number + step
        if 0 <= other < len(self._items):
            self._items[number], self._items[other] = self._items[other], self._items[number]
            self._show(focus=f"{_NAME}.{'up' if step < 0 else 'down'}.{other}")

    def _remove(self, number: int) -> None:
        del self._items[number]
        self._show(focus=f"{_NAME}.remove.{min(number, len(self._items) - 1)}")

    def _show(self, focus: str = "") -> None:
        """The focus stays on the same button of what was moved, so that it can be moved on."""
        clear(self._rows)
        self._shown = [self._row(number, item) for number, item in enumerate(self._items)]
        for number, widget in enumerate(self._shown):
            if number:
                self._rows.addWidget(line())
            self._rows.addWidget(widget)
        self._show_trust()
        self.changed.emit()
        if focus:
            self._take_focus(focus)

    def _take_focus(self, name: str) -> None:
        for row_of in self._shown:
            button = row_of.findChild(IconButton, name)
            if button is not None:
                row_of.show()
                target = button if button.isEnabled() else _neighbour(row_of)
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, number: int, item: RpcServer) -> QWidget:
        own = item.url.get_secret_value() not in self._public
        cells = row(spacing=4, margins=(14, 5, 8, 5))
        cells.addWidget(Label(f"{number + 1}", "small", "text3"))
        cells.addSpacing(8)
        cells.addWidget(ElidedLabel(item.host, "body", mode=Qt.TextElideMode.ElideMiddle), 1)
        cells.addWidget(Badge("yours", "accent") if own else Badge("public"))
        cells.addSpacing(6)
        last = number + 1 == len(self._items)
        for icon, words, key, off in (
            ("arrow-up", "Ask earlier", "up", number == 0),
            ("arrow-down", "Ask later", "down", last),
            ("x", "Remove", "remove", False),
        ):
            button = IconButton(
                icon,
                f"{words}: {item.host}",
                compact=True,
                role="disabled" if off else "text2",
                name=f"{_NAME}.{key}.{number}",
            )
            button.setEnabled(not off)
            cells.addWidget(button)
            if key == "remove":
                button.clicked.connect(lambda _on=False, at=number: self._remove(at))
            else:
                step = -1 if key == "up" else 1
                button.clicked.connect(lambda _on=False, at=number, step=step: self._move(at, step))
        return boxed(cells)

    def _show_trust(self) -> None:
        operators = len({item.operator for item in self._items})
        enough = operators >= self._needed
        word = "1 operator" if operators == 1 else f"{operators} operators"
        self.trust.setText(
            f"{word}: amounts are compared."
            if enough
            else f"{word}: amounts are believed as one server tells them."
        )
        role = "text2" if enough else "warning"
        self.trust.set_role(role)
        self._icon.set_icon("shield-check" if enough else "warning", role)


def _neighbour(row_of: QWidget) -> QWidget:
    """The first button of a row that can be pressed."""
    others = row_of.findChildren(IconButton)
    return next((item for item in others if item.isEnabled()), row_of)
