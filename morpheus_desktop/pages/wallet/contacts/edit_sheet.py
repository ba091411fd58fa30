"""Adding a contact, or changing its name and note."""

from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.pages.wallet.contacts.presenter import ContactsPresenter
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.guarded_field import GuardedField, is_address_secret
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import Item, boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import InvalidAddressError, NodeError, UserInputError
from node.core.ids import Address
from node.core.payment_uri import is_payment_uri, parse_payment_uri
from node.core.redaction import holds_secret_in_note, holds_wallet_secret
from node.service.dto import Contact

MAX_NAME, MAX_NOTE = 60, 500
_FORBIDDEN = "input.secret"
_FORBIDDEN_WORDS = (
    "That was a private key or a recovery phrase. It is removed from the field and was kept"
    " nowhere. Never share it; clear the clipboard too."
)


class EditSheet(Sheet):
    """`contact` None adds one; otherwise its address stays and the rest can be changed."""

    def __init__(
        self, host: QWidget, presenter: ContactsPresenter, contact: Contact | None = None
    ) -> None:
        self._presenter, self._contact = presenter, contact
        name = "wallet.contacts.edit"
        self.name = GuardedField(
            "For example Ada", name=f"{name}.name", is_secret=holds_wallet_secret
        )
        self.name.edit.setAccessibleName("Name")
        self.address = GuardedField("0x…", name=f"{name}.address", is_secret=is_address_secret)
        self.address.edit.setAccessibleName("Address")
        self.note = GuardedField("Optional", name=f"{name}.note", is_secret=holds_secret_in_note)
        self.note.edit.setAccessibleName("Note")
        self._secret = _secret_warning()
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.save_button = Button("Save", "primary", size="primary", name=f"{name}.save")
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        super().__init__(
            host,
            self._content(),
            name=name,
            footer=row(None, self.cancel_button, self.save_button),
        )
        self._connect()
        if contact is not None:
            self.name.set_text(contact.name)
            self.note.set_text(contact.note)
            self.note.edit.setCursorPosition(0)

    def _content(self) -> QLayout:
        return column(
            Label("Add contact" if self._contact is None else "Change contact", "h2"),
            14,
            *_titled("Name", self.name),
            12,
            *self._place(),
            12,
            *_titled("Note", self.note),
            self._secret,
            self._error,
            8,
        )

    def _place(self) -> tuple[Item, ...]:
        if self._contact is None:
            return _titled("Address", self.address)
        self.address.hide()
        hint = Label("Another address is another contact.", "small", "text3")
        shown = AddressGroups(self._contact.address)
        return (*_titled("Address", shown), 2, hint)

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.saved.connect(self._saved)
        presenter.save_failed.connect(self._refused)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.close_sheet)
        for field in (self.name, self.address, self.note):
            field.submitted.connect(self._save)
            field.changed.connect(lambda _text: self._secret.hide())
            field.secret_taken.connect(self._show_secret)

    # --- what the user does ---

    def _save(self) -> None:
        if not self.save_button.isEnabled():
            return
        self._say("")
        address = self._contact.address if self._contact is not None else self._new_address()
        name = self.name.text().strip()
        note = " ".join(self.note.text().split())
        problem = _name_problem(name)
        if problem:
            self.name.show_error(problem)
            self.name.setFocus()
        elif len(note) > MAX_NOTE:
            problem = f"A note has at most {MAX_NOTE} characters; this has {len(note)}."
            self.note.show_error(problem)
            self.note.setFocus()
        if address and not problem:
            self._busy(True)
            self._presenter.save(address, name, note)
        elif not address:
            self.address.setFocus()

    def _new_address(self) -> str:
        """What was entered, empty with the reason at the field when it is of no use."""
        text = self.address.text().strip()
        if not text:
            self.address.show_error("Enter the address.")
            return ""
        try:
            if is_payment_uri(text):
                text = parse_payment_uri(text).recipient.checksum
            Address.parse(text, strict=True)
        except UserInputError as error:
            self._refuse_address(error)
            return ""
        known = self._presenter.by_address(text)
        if known is not None:
            self.address.show_error(f"“{known.name}” already has this address.")
            return ""
        return text

    def _show_secret(self) -> None:
        """A secret must not stay readable until somebody clicks Save."""
        self._secret.show()
        self.bring_into_view(self._secret)

    # --- what comes of it ---

    def _saved(self, contact: Contact) -> None:
        del contact
        self._busy(False)
        self.close_sheet()

    def _refused(self, error: NodeError) -> None:
        self._busy(False)
        if error.code == "input.contact":
            self.name.show_error(f"{error.message} {error.hint}".strip())
            self.name.setFocus()
        elif isinstance(error, InvalidAddressError) and self._contact is None:
            self._refuse_address(error)
            self.address.setFocus()
        else:
            self._say(f"{error.message} {error.hint}".strip())

    def _refuse_address(self, error: NodeError) -> None:
        if error.code == _FORBIDDEN:
            self.address.set_text("")
            self._show_secret()
        else:
            self.address.show_error(f"{error.message} {error.hint}".strip())

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.save_button.set_busy(on)
        self.cancel_button.setEnabled(not on)

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))


def _name_problem(name: str) -> str:
    if not name:
        return "Give the contact a name."
    if len(name) > MAX_NAME:
        return f"A name has at most {MAX_NAME} characters; this has {len(name)}."
    return ""


def _titled(title: str, widget: QWidget) -> tuple[Item, ...]:
    return (Label(title, "small", "text2"), 4, widget)


def _secret_warning() -> QWidget:
    line = row(IconLabel("warning-circle", "danger", 18), spacing=10, margins=(14, 10, 14, 10))
    line.addWidget(Label(_FORBIDDEN_WORDS, "small", "text", wrap=True), 1)
    frame = Frame("banner-danger", line)
    frame.setAccessibleName(_FORBIDDEN_WORDS)
    box = boxed(column(12, frame), "wallet.contacts.edit.secret")
    box.hide()
    return box
