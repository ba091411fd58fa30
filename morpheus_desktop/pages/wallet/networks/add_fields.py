"""The fields of a network of the user's own, each with its error below it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.pages.wallet.networks.form import FIELDS, NetworkForm
from morpheus_desktop.pages.wallet.networks.server_fields import ServerFields
from morpheus_desktop.widgets.choices import Toggle
from morpheus_desktop.widgets.guarded_field import GuardedField, is_address_secret
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import Item, column, row
from node.core.redaction import holds_wallet_secret

_TEST = "Its MOR is worth nothing. It is marked as a test network wherever it is shown."
_REAL = "Off: its MOR and ETH are real money. What is spent there is gone."


class NetworkFields(QWidget):
    """`changed()`, `submitted()`; `secret_taken()` when a key or phrase was cleared."""

    changed = Signal()
    submitted = Signal()
    secret_taken = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.title = _field("For example Team network", f"{name}.title", "Name")
        self.chain_id = _field("84532", f"{name}.chain", "Chain id", is_address_secret)
        self.chain_id.setFixedWidth(150)
        self.marketplace = _field(
            "0x…", f"{name}.marketplace", "Marketplace contract", is_address_secret
        )
        self.token = _field("0x…", f"{name}.token", "MOR token", is_address_secret)
        self.servers = ServerFields(f"{name}.server")
        self.explorer = _field("Optional, https://…", f"{name}.explorer", "Block explorer")
        self.test = Toggle("This is a test network", object_name=f"{name}.test")
        self._worth = Label("", "small", "text2", wrap=True)
        self._test_error = Label("", "small", "danger", wrap=True)
        self._test_error.hide()
        self._fields = {
            "title": self.title,
            "chain_id": self.chain_id,
            "marketplace": self.marketplace,
            "token": self.token,
            "explorer": self.explorer,
        }
        self.setLayout(self._lines())
        self._connect()
        self._switched(False)

    def _lines(self) -> QLayout:
        head = row(spacing=12)
        head.addLayout(column(*_titled("Name", self.title), None), 1)
        head.addLayout(column(*_titled("Chain id", self.chain_id), None))
        test = row(spacing=16)
        words = column(Label("This is a test network"), self._worth, self._test_error)
        test.addLayout(words, 1)
        test.addWidget(self.test)
        return column(
            head,
            12,
            *_titled("Marketplace contract", self.marketplace),
            12,
            *_titled("MOR token", self.token),
            12,
            *_titled("Chain servers", self.servers),
            12,
            *_titled("Block explorer", self.explorer),
            14,
            test,
        )

    def _connect(self) -> None:
        for field in self._fields.values():
            field.changed.connect(lambda _text: self.changed.emit())
            field.secret_taken.connect(self.secret_taken)
            field.submitted.connect(self.submitted)
        self.servers.changed.connect(self.changed)
        self.servers.secret_taken.connect(self.secret_taken)
        self.servers.submitted.connect(self.submitted)
        self.test.toggled.connect(self._switched)

    # --- what the sheet asks and says ---

    def form(self) -> NetworkForm:
        return NetworkForm(
            title=self.title.text(),
            chain_id=self.chain_id.text(),
            marketplace=self.marketplace.text(),
            token=self.token.text(),
            servers=self.servers.urls(),
            explorer=self.explorer.text(),
            is_test=self.test.isChecked(),
        )

    def show_problems(self, problems: dict[str, str]) -> QWidget | None:
        """Show each at its field, by the names of the form. Returns the first place."""
        self._clear()
        shown = [self._show(name, problems[name]) for name in FIELDS if name in problems]
        if not shown:
            return None
        shown[0].setFocus()
        return shown[0]

    def set_read_only(self, on: bool) -> None:
        """While servers are asked, what was sent to them stays as it is."""
        for field in self._fields.values():
            field.edit.setReadOnly(on)
        self.servers.set_read_only(on)
        self.test.setEnabled(not on)

    # --- inside ---

    def _show(self, name: str, text: str) -> QWidget:
        if name == "rpc_urls":
            return self.servers.show_error(text)
        if name == "is_test":
            self._test_error.setText(text)
            self._test_error.show()
            self.test.setAccessibleDescription(f"{self._worth.text()} {text}")
            return self.test
        self._fields[name].show_error(text)
        return self._fields[name]

    def _clear(self) -> None:
        for field in self._fields.values():
            field.show_error("")
        self.servers.clear_errors()
        self._test_error.hide()

    def _switched(self, is_test: bool) -> None:
        self._worth.setText(_TEST if is_test else _REAL)
        self._worth.set_role("text2" if is_test else "warning")
        self._test_error.hide()
        self.test.setAccessibleDescription(self._worth.text())
        self.changed.emit()


def _field(
    placeholder: str,
    name: str,
    words: str,
    is_secret: Callable[[str], bool] = holds_wallet_secret,
) -> GuardedField:
    field = GuardedField(placeholder, name=name, is_secret=is_secret)
    field.edit.setAccessibleName(words)
    return field


def _titled(title: str, widget: QWidget) -> tuple[Item, ...]:
    return (Label(title, "small", "text2"), 4, widget)
