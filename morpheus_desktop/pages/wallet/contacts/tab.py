"""Address book: people and places by name."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from morpheus_desktop.pages.wallet.contacts.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.contacts.edit_sheet import EditSheet
from morpheus_desktop.pages.wallet.contacts.presenter import ContactsPresenter
from morpheus_desktop.pages.wallet.contacts.table import contact_table, matches
from morpheus_desktop.pages.wallet.tab import WalletTab
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.empty_state import EmptyState
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.load_view import LoadView
from node.service.dto import Contact

_WATCHED = "This account is watched only: sending needs its key."
_SEARCH_FROM = 6
"""Fewer contacts are seen at a glance."""


class ContactsTab(WalletTab):
    """`send_requested(address)` opens the way to send there."""

    send_requested = Signal(str)

    def __init__(self, presenter: ContactsPresenter) -> None:
        super().__init__()
        self.setObjectName("wallet.contacts")
        self._presenter = presenter
        self.search = SearchField("Find a contact", name="wallet.contacts.search")
        self.add_button = Button("Add contact", icon="plus", name="wallet.contacts.add")
        self._rows = contact_table()
        self.table = DataTable(
            self._rows.looks, name="wallet.contacts.table", title="Address book", header=False
        )
        self.table.setModel(self._rows)
        self._no_match = Label("", "body", "text3", wrap=True)
        self._no_match.hide()
        head = row(spacing=12)
        head.addWidget(self.search, 1)
        head.addStretch(1)
        head.addWidget(self.add_button)
        self.empty = EmptyState(
            "user",
            "No contacts yet",
            "Names for addresses: sending to one is quicker, and an address that only looks like"
            " it stands out.",
            button="Add contact",
        )
        self.empty.button.setObjectName("wallet.contacts.add.first")
        content = boxed(column(head, 10, self._no_match, self.table))
        self.view = LoadView(content, self.empty, name="wallet.contacts")
        self._follow(presenter, self.view, self._show)
        self._connect()

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.saved.connect(self._saved)
        presenter.removed.connect(self._removed)
        self.search.changed.connect(lambda _text: self._filter())
        self.search.submitted.connect(self._to_table)
        self.add_button.clicked.connect(lambda: self._edit(None))
        self.empty.action.connect(lambda: self._edit(None))
        self.table.row_activated.connect(self._open)
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Copy), self._copy_chosen),
            (QKeySequence(QKeySequence.StandardKey.Delete), self._remove_chosen),
        ):
            shortcut = QShortcut(keys, self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        found = state.contacts
        self.count_changed.emit(str(len(found)) if found else "")
        self.search.setVisible(len(found) >= _SEARCH_FROM or bool(self.search.text()))
        if found:
            self._filter()
            self.view.show_content()
        else:
            self.view.show_empty()

    def _filter(self) -> None:
        state, words = self._presenter.state, self.search.text()
        known = state.contacts if state is not None else ()
        found = [item for item in known if matches(item, words)]
        self._rows.set_rows(found)
        self.table.setFixedHeight(self.table.content_height())
        self.table.setVisible(bool(found))
        self._no_match.setText(f"No contact has “{words.strip()}” in name, note or address.")
        self._no_match.setVisible(not found)

    def _to_table(self) -> None:
        if self._rows.rows:
            self.table.setFocus()
            self.table.selectRow(0)

    # --- what the user does ---

    def _open(self, number: int) -> None:
        self._sheet_of(self._rows.rows[number]).open()

    def _sheet_of(self, contact: Contact) -> DetailSheet:
        state = self._presenter.state
        watched = state is not None and state.status.watch_only
        sheet = DetailSheet(
            self.window(), self._presenter, contact, blocked=_WATCHED if watched else ""
        )
        sheet.send_requested.connect(self.send_requested)
        sheet.edit_requested.connect(self._edit)
        sheet.told.connect(self.told)
        return sheet

    def _edit(self, contact: Contact | None) -> None:
        EditSheet(self.window(), self._presenter, contact).open()

    def _chosen(self) -> Contact | None:
        number = self.table.row
        return self._rows.rows[number] if 0 <= number < len(self._rows.rows) else None

    def _copy_chosen(self) -> None:
        contact = self._chosen()
        if contact is not None:
            QGuiApplication.clipboard().setText(contact.address)
            self.told.emit("The address is copied", "success")

    def _remove_chosen(self) -> None:
        contact = self._chosen()
        if contact is not None:
            sheet = self._sheet_of(contact)
            sheet.open()
            sheet.ask_to_remove()

    def _saved(self, contact: Contact) -> None:
        self.told.emit(f"{contact.name} is in the address book", "success")

    def _removed(self, contact: Contact) -> None:
        self.told.emit(f"{contact.name} is removed", "success")
