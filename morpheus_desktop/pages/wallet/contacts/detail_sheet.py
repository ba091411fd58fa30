"""One contact: its whole address, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.pages.wallet.contacts.presenter import ContactsPresenter
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import Contact


class DetailSheet(Sheet):
    """Signals: `send_requested(address)`, `edit_requested(Contact)`, `told(text, tone)`."""

    send_requested = Signal(str)
    edit_requested = Signal(object)
    told = Signal(str, str)

    def __init__(
        self,
        host: QWidget,
        presenter: ContactsPresenter,
        contact: Contact,
        *,
        blocked: str = "",
    ) -> None:
        """`blocked` says why nothing can be sent, empty when it can."""
        self._presenter, self._contact = presenter, contact
        name = "wallet.contacts.detail"
        self.send_button = Button(
            f"Send to {_brief(contact.name)}",
            "primary",
            icon="paper-plane-tilt",
            size="primary",
            name=f"{name}.send",
        )
        self.send_button.disable_with(blocked)
        self.close_button = Button("Close", "ghost", size="primary", name=f"{name}.close")
        self.edit_button = Button("Change", icon="pencil-simple", name=f"{name}.edit")
        self.remove_button = Button("Remove…", icon="trash", name=f"{name}.remove")
        self.copy_button = IconButton("copy", "Copy the address", name=f"{name}.copy")
        self.keep_button = Button(
            "Keep", "secondary", size="primary", name="wallet.contacts.remove.cancel"
        )
        self.confirm_button = Button(
            "Remove", "danger", icon="trash", size="primary", name="wallet.contacts.remove.confirm"
        )
        self._ask = _RemoveQuestion(contact)
        self._acts = boxed(column(12, row(self.edit_button, self.remove_button, None)))
        super().__init__(
            host,
            self._content(),
            name=name,
            footer=row(
                None, self.close_button, self.send_button, self.keep_button, self.confirm_button
            ),
        )
        self._show_question(False)
        self._connect()

    def _content(self) -> QLayout:
        contact = self._contact
        head = row(Avatar(contact.name, contact.address, side=40, circle=True), spacing=12)
        head.addLayout(column(ElidedLabel(contact.name, "h2"), spacing=0), 1)
        place = row(AddressGroups(contact.address), None, self.copy_button)
        note = Label(contact.note, "body", "text2", wrap=True)
        if not contact.note:
            note.hide()
        return column(head, 14, Sunken(place), 10, note, self._acts, self._ask, 8)

    def _connect(self) -> None:
        self.send_button.clicked.connect(self._send)
        self.edit_button.clicked.connect(self._edit)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close_sheet)
        self.remove_button.clicked.connect(self.ask_to_remove)
        self.keep_button.clicked.connect(self._keep)
        self.confirm_button.clicked.connect(self._remove)
        self._presenter.removed.connect(self._removed)
        self._presenter.remove_failed.connect(self._not_removed)

    def ask_to_remove(self) -> None:
        """Name what goes before it goes; the focus is on the harmless answer."""
        self._show_question(True)
        self.keep_button.setFocus()
        self.bring_into_view(self._ask)

    def _show_question(self, asked: bool) -> None:
        question: tuple[QWidget, ...] = (self._ask, self.keep_button, self.confirm_button)
        acts: tuple[QWidget, ...] = (self._acts, self.close_button, self.send_button)
        for widget in question:
            widget.setVisible(asked)
        for widget in acts:
            widget.setVisible(not asked)

    def _keep(self) -> None:
        self._show_question(False)
        self.remove_button.setFocus()

    def _remove(self) -> None:
        self.confirm_button.set_busy(True)
        self._presenter.remove(self._contact)

    def _removed(self, contact: Contact) -> None:
        if contact.address == self._contact.address:
            self.close_sheet()

    def _not_removed(self, error: NodeError) -> None:
        self.confirm_button.set_busy(False)
        self._ask.say(f"{error.message} {error.hint}".strip())

    def _send(self) -> None:
        self.close_sheet()
        self.send_requested.emit(self._contact.address)

    def _edit(self) -> None:
        self.close_sheet()
        self.edit_requested.emit(self._contact)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._contact.address)
        self.copy_button.set_icon("check")
        self.told.emit(f"The address of {_brief(self._contact.name)} is copied", "success")


class _RemoveQuestion(QWidget):
    def __init__(self, contact: Contact) -> None:
        super().__init__()
        text = "Name and note are forgotten. Sending there warns as for a new address again."
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.setLayout(
            column(
                12,
                Label(f"Remove {_brief(contact.name)} from the address book?", "strong", wrap=True),
                2,
                Label(text, "small", "text2", wrap=True),
                self._error,
            )
        )

    def say(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()


def _brief(name: str) -> str:
    """Names may have 60 characters; a button has not."""
    return name if len(name) <= 24 else f"{name[:23]}…"
