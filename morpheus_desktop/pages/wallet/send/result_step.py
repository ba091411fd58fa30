"""Last step: what became of the transfer, its hash, and the recipient's name to be kept."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.send.amounts import written
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.guarded_field import WAS_SECRET, GuardedField
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.errors import NodeError
from node.service.dto import Contact, SendDraft, TransactionView

_STATES = {
    "signed": ("hourglass", "warning", "Signed, not sent yet"),
    "sent": ("paper-plane-tilt", "info", "On its way"),
    "mined": ("check", "success", "Arrived"),
    "failed": ("x", "danger", "It failed"),
    "dropped": ("x", "danger", "It was not sent"),
    "replaced": ("arrows-left-right", "warning", "Another transaction took its place"),
}
_WAITING = "You may close this; it goes on, and the list of transactions shows how."
_WORDS = {
    "signed": _WAITING,
    "sent": _WAITING,
    "mined": "It stands in a block of the network.",
    "failed": "The amount stayed in your wallet; the network fee is spent.",
    "dropped": "Nothing left your wallet.",
    "replaced": "Look at the list of transactions for the one that counts.",
}


class ResultStep(QWidget):
    """Signals: `save_wanted(name)` to keep the recipient as a contact."""

    save_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._head = column()
        self._trouble = column()
        self._url = QUrl()
        self._amount = Label("", "number")
        self._to = ElidedLabel("", "body", "text2")
        self._address = column()
        self._hash_line = row(spacing=8)
        self.explorer_button = Button(
            "Open in the explorer",
            "secondary",
            icon="arrow-up-right",
            size="compact",
            name="wallet.send.explorer",
        )
        self.explorer_button.clicked.connect(self._open)
        self.explorer_button.hide()
        self.name_field = GuardedField(
            "Name, for example Ada", name="wallet.send.contact.name", words=WAS_SECRET
        )
        self.save_button = Button("Save as contact", "secondary", name="wallet.send.contact.save")
        self._saved = Label("", "small", "success")
        self._saved.setObjectName("wallet.send.contact.saved")
        self._saved.hide()
        self._contact = boxed(self._contact_part())
        facts = column(
            self._amount, 2, self._to, 6, self._address, 10, boxed(self._hash_line), spacing=0
        )
        self.setLayout(
            column(
                self._head, 14, self._trouble, Sunken(facts), 14, self._contact, self._saved, None
            )
        )
        self.save_button.clicked.connect(self._save)
        self.name_field.submitted.connect(self._save)

    def _contact_part(self) -> QVBoxLayout:
        line = row(spacing=8)
        line.addWidget(self.name_field, 1)
        line.addWidget(self.save_button)
        why = "Give this recipient a name: next time you see at once who it is."
        return column(Label(why, "small", "text2", wrap=True), 6, line)

    def begin(self, draft: SendDraft, name: str) -> None:
        """What was sent; `name` of the recipient, empty for one that can be kept as a contact."""
        self._amount.setText(written(draft.asset, draft.amount))
        self._to.set_text(f"to {name}" if name else "to this address")
        clear(self._address)
        self._address.addWidget(AddressGroups(draft.to))
        self._contact.setVisible(not name)
        self._saved.hide()
        clear(self._trouble)

    def show_transaction(self, transaction: TransactionView) -> None:
        status = transaction.status
        icon, role, title = _STATES.get(status, _STATES["sent"])
        self._show_head(icon, role, title, _WORDS.get(status, _WAITING))
        self._show_hash(transaction.hash)
        self._url = QUrl(transaction.explorer_url)
        self.explorer_button.setVisible(self._url.scheme() == "https")

    def show_trouble(self, error: NodeError) -> None:
        """It is signed, so nothing may be sent a second time."""
        clear(self._trouble)
        notice = Notice(error.message, error.hint, name="wallet.send.trouble")
        self._trouble.addWidget(notice)
        self._trouble.addSpacing(12)
        if self._head.count() == 0:
            self._show_head("hourglass", "warning", "Signed, not sent yet", _WAITING)
        known = error.details.get("tx_hash")
        if isinstance(known, str) and self._hash_line.count() == 0:
            self._show_hash(known)

    def show_saved(self, contact: Contact) -> None:
        self._contact.hide()
        self._to.set_text(f"to {contact.name}")
        self._saved.setText(f"{contact.name} is among your contacts now.")
        self._saved.show()

    def show_not_saved(self, error: NodeError) -> None:
        self.save_button.set_busy(False)
        self.name_field.show_error(f"{error.message} {error.hint}".strip())
        self.name_field.setFocus()

    def _show_head(self, icon: str, role: str, title: str, words: str) -> None:
        clear(self._head)
        name = Label(title, "h2")
        name.setObjectName("wallet.send.state")
        line = row(Tile(icon, role, 44), spacing=14)
        line.addLayout(column(name, Label(words, "small", "text2", wrap=True), spacing=2), 1)
        self._head.addWidget(boxed(line))

    def _show_hash(self, tx_hash: str) -> None:
        # The button is used again: only what stands left of it is made anew.
        self._hash_line.removeWidget(self.explorer_button)
        clear(self._hash_line)
        copy = CopyLabel(formats.short_address(tx_hash), tx_hash, name="wallet.send.hash.copy")
        self._hash_line.addWidget(Label("Transaction", "small", "text2"))
        self._hash_line.addWidget(copy, 1)
        self._hash_line.addWidget(self.explorer_button)

    def _save(self) -> None:
        name = self.name_field.text().strip()
        if not name:
            self.name_field.show_error("Give the contact a name.")
            return
        self.save_button.set_busy(True)
        self.save_wanted.emit(name)

    def _open(self) -> None:
        if self._url.scheme() == "https":
            QDesktopServices.openUrl(self._url)
