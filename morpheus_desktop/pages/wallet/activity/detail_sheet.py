"""One transaction with all that is known about it, and the user's own note."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.transactions import amount_words, purpose, status_words
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.guarded_field import GuardedField
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.redaction import holds_secret_in_note
from node.service.dto import TransactionView

MAX_LABEL = 200
_TAKEN_AWAY = (
    "That looks like a private key or recovery phrase: it is removed. Clear the clipboard too."
    " The id of a transaction needs a word beside it."
)
_OTHERS = ("received", "dust", "stake_returned", "session_pay")
"""What somebody else sent: no nonce and no fee of ours."""


class DetailSheet(Sheet):
    """`label_changed(TransactionView, text)`; `other_requested(hash)` for the row it was replaced
    by. The explorer is offered for public networks only.
    """

    label_changed = Signal(object, str)
    other_requested = Signal(str)

    def __init__(self, host: QWidget, transaction: TransactionView, now: int) -> None:
        self._transaction = transaction
        self._url = QUrl(transaction.explorer_url)
        name = "wallet.transaction"
        self.label = GuardedField(
            "Your own note",
            name=f"{name}.label",
            is_secret=holds_secret_in_note,
            words=_TAKEN_AWAY,
        )
        self.label.set_text(transaction.label)
        self._insists = False
        self.other_button = Button("Show the one that counts", "link", name=f"{name}.other")
        self.explorer_button = Button("Open in the explorer", "secondary", name=f"{name}.explorer")
        done = Button("Done", "primary", name=f"{name}.done")
        if self._url.scheme() != "https":
            self.explorer_button.hide()
        if not transaction.replaced_by:
            self.other_button.hide()
        super().__init__(
            host,
            column(
                Label(purpose(transaction), "h2", wrap=True),
                4,
                Label(transaction.purpose or transaction.summary, "body", "text2", wrap=True),
                14,
                Sunken(_facts(transaction, now)),
                12,
                self.label,
                8,
                row(self.other_button, None),
            ),
            name=name,
            footer=row(self.explorer_button, None, done),
        )
        self.explorer_button.clicked.connect(self._open)
        self.other_button.clicked.connect(self._show_other)
        self.label.changed.connect(self._edited)
        self.label.submitted.connect(self._done)
        done.clicked.connect(self._done)
        self.closed.connect(self._keep_label)

    def close_sheet(self) -> None:
        """A note that is too long is said first; whoever closes again leaves the old one."""
        if self._check_label() or self._insists:
            super().close_sheet()
        self._insists = True

    def _done(self) -> None:
        if self._check_label():
            self.close_sheet()

    def _note(self) -> str:
        return " ".join(self.label.text().split())

    def _edited(self) -> None:
        self._insists = False

    def _check_label(self) -> bool:
        length = len(self._note())
        if length <= MAX_LABEL:
            return True
        self.label.show_error(f"A note has at most {MAX_LABEL} characters; this has {length}.")
        self.label.setFocus()
        return False

    def _keep_label(self) -> None:
        text = self._note()
        if text != self._transaction.label and len(text) <= MAX_LABEL:
            self.label_changed.emit(self._transaction, text)

    def _show_other(self) -> None:
        if self._check_label():
            self.close_sheet()
            self.other_requested.emit(self._transaction.replaced_by)

    def _open(self) -> None:
        if self._url.scheme() == "https":
            QDesktopServices.openUrl(self._url)


def _facts(transaction: TransactionView, now: int) -> QVBoxLayout:
    lines = column(spacing=6)
    own = transaction.intent not in _OTHERS
    block = f"{transaction.block:,}".replace(",", formats.THIN) if transaction.block else "–"
    facts = [
        ("Status", status_words(transaction)),
        ("Amount", amount_words(transaction)),
        ("Time", formats.when(transaction.created_at, now)),
        ("Block", block),
    ]
    if own:
        fee = formats.eth(transaction.fee_wei) if transaction.fee_wei else "–"
        facts += [("Network fee", fee), ("Number (nonce)", str(transaction.nonce))]
    for title, value in facts:
        if value:
            lines.addLayout(row(Label(title, "body", "text2"), None, Label(value, "strong")))
    who = transaction.recipient if own else transaction.sender
    ids = (("To" if own else "From", who, "who"), ("Id", transaction.hash, "copy"))
    for title, value, place in ids:
        if value:
            shown = formats.short_address(value)
            copy = CopyLabel(shown, value, name=f"wallet.transaction.{place}")
            lines.addLayout(row(Label(title, "body", "text2"), None, copy))
    return lines
