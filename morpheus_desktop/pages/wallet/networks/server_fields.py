"""Fields for the servers of a new network: one address in each, as many as are wanted."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.networks.words import masked_host
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.guarded_field import GuardedField
from morpheus_desktop.widgets.layouts import column
from node.core.network_rules import MAX_SERVERS
from node.core.redaction import holds_wallet_secret

_HINT = "https://…"


class ServerFields(QWidget):
    """`changed()`, `submitted()`; `secret_taken()` when a key or phrase was cleared. Several
    addresses pasted at once get a field each.
    """

    changed = Signal()
    submitted = Signal()
    secret_taken = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.fields: list[TextField] = []
        self._column = column(spacing=6)
        self._insert(0)
        self.more_button = Button(
            "Another server", icon="plus", size="compact", name=f"{name}.more"
        )
        lines = column(self._column, spacing=6)
        lines.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setLayout(lines)
        self.more_button.clicked.connect(self._more)
        self._number()

    def urls(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.fields)

    def show_error(self, text: str) -> TextField:
        """Show what is wrong at the server that the text names, otherwise at the first one."""
        hosts = [masked_host(item.text().strip()) for item in self.fields]
        named = (n for n, host in enumerate(hosts) if host and host in text)
        field = self.fields[next(named, 0)]
        field.show_error(text)
        return field

    def clear_errors(self) -> None:
        for item in self.fields:
            item.show_error("")

    def set_read_only(self, on: bool) -> None:
        for item in self.fields:
            item.edit.setReadOnly(on)
            for button in item.findChildren(IconButton):
                button.setEnabled(not on)
        self.more_button.setEnabled(not on)

    # --- inside ---

    def _insert(self, at: int, text: str = "") -> TextField:
        field = GuardedField(_HINT, is_secret=holds_wallet_secret)
        remove = IconButton("x", "Remove this server", compact=True)
        remove.clicked.connect(lambda: self._remove(field))
        field.add_widget(remove)
        field.set_text(text)
        field.changed.connect(lambda _text: self._typed(field))
        field.submitted.connect(self.submitted)
        field.secret_taken.connect(self.secret_taken)
        self.fields.insert(at, field)
        self._column.insertWidget(at, field)
        return field

    def _number(self) -> None:
        """Names follow the order; the only field cannot be removed."""
        many = len(self.fields) > 1
        for number, field in enumerate(self.fields):
            field.edit.setObjectName(f"{self._name}.{number}")
            words = f"Server {number + 1}" if many else "Server"
            field.edit.setAccessibleName(words)
            for button in field.findChildren(IconButton):
                button.setObjectName(f"{self._name}.remove.{number}")
                button.setAccessibleName(f"Remove {words.lower()}")
                button.setVisible(many)
        self.more_button.setVisible(len(self.fields) < MAX_SERVERS)
        self._order()

    def _order(self) -> None:
        """Tab goes from field to field and then to the button, whenever they were made."""
        stops: list[QWidget] = []
        for field in self.fields:
            stops += [field.edit, *field.findChildren(IconButton)]
        stops.append(self.more_button)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _more(self) -> None:
        added = self._insert(len(self.fields))
        self._number()
        added.setFocus()

    def _remove(self, field: TextField) -> None:
        at = self.fields.index(field)
        del self.fields[at]
        self._column.removeWidget(field)
        field.hide()
        field.deleteLater()
        self._number()
        self.fields[min(at, len(self.fields) - 1)].setFocus()
        self.changed.emit()

    def _typed(self, field: TextField) -> None:
        pieces = field.text().split()
        if len(pieces) > 1 and all("://" in piece for piece in pieces):
            self._spread(field, pieces)
        self.changed.emit()

    def _spread(self, field: TextField, pieces: list[str]) -> None:
        """A list that was pasted: one address per field, as many as there may be."""
        at = self.fields.index(field)
        room = MAX_SERVERS - len(self.fields)
        field.edit.setText(pieces[0])
        for number, piece in enumerate(pieces[1 : 1 + room], 1):
            self._insert(at + number, piece)
        self._number()
